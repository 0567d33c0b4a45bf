# Types of the compiled controller and device decisions.
from nvmeviz.engine.plan cimport (
    Plan, completes_at_once, first_cq_eventidx, first_eventidx, media_ns, schedule,
    schedule_at,
)
from nvmeviz.engine.choices cimport *
from nvmeviz.engine.driver cimport wake_vcpu
from nvmeviz.engine.eventloop cimport pass_next, start_pass
from nvmeviz.engine.steps cimport fetch, first_not_done, poll, post, set_eventidx
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.ask cimport controller_uses_shadow, is_config, queue_has_work, thread_has_work
from nvmeviz.model.state cimport MachineState

cdef int thread_next(Plan p, MachineState s, Py_ssize_t w, long long t) except -1 nogil
cdef int _serve(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t) except -1 nogil
cdef int queues_with_news(Plan p, MachineState s, Py_ssize_t w) except -1 nogil
cdef int _arm_next(Plan p, MachineState s, Py_ssize_t w, long long t) except -1 nogil
cdef int _armed(Plan p, MachineState s, Py_ssize_t w, long long t, long long asleep) except -1 nogil
cdef int _fetched(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t) except -1 nogil
cdef long long _before(long long slot, long long size) noexcept nogil
cdef int _after_fetch(Plan p, MachineState s, long long t, Py_ssize_t w, Py_ssize_t q,
                      Py_ssize_t cid) except -1 nogil
cdef int _polled(Plan p, MachineState s, long long t, Py_ssize_t w, Py_ssize_t q, long long found) except -1 nogil
cdef bint _looks_everywhere(Plan p) except -1 nogil
cdef int _asleep(Plan p, MachineState s, long long t, Py_ssize_t w, Py_ssize_t q, long long timed,
                 long long released) except -1 nogil
cdef int thread_kicked(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t) except -1 nogil
cdef int decide_controller(Plan p, MachineState s, long long t, int kind, Py_ssize_t w, Py_ssize_t q,
                           Py_ssize_t cid, long long a, long long b) except -1 nogil
cdef int decide_device(Plan p, MachineState s, long long t, int kind, Py_ssize_t w, Py_ssize_t q,
                       Py_ssize_t cid, long long a, long long b) except -1 nogil
