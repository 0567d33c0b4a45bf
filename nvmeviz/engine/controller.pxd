# Types of the compiled controller and device decisions.
from nvmeviz.engine.plan cimport Plan, media_ns, schedule
from nvmeviz.engine.choices cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.reduce cimport thread_has_work
from nvmeviz.model.state cimport MachineState

cdef Py_ssize_t _cid_at_head(Plan p, MachineState s, Py_ssize_t q) except -1 nogil
cdef int thread_next(Plan p, MachineState s, Py_ssize_t w, long long t) except -1 nogil
cdef int _serve(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t) except -1 nogil
cdef int _fetched(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t) except -1 nogil
cdef int _arm_next(Plan p, MachineState s, Py_ssize_t w, long long t) except -1 nogil
cdef int queues_with_news(Plan p, MachineState s, Py_ssize_t w) except -1 nogil
cdef int decide_controller(Plan p, MachineState s, long long t, int kind, Py_ssize_t w, Py_ssize_t q,
                           Py_ssize_t cid, long long a, long long b) except -1 nogil
cdef int decide_device(Plan p, MachineState s, long long t, int kind, Py_ssize_t w, Py_ssize_t q,
                       Py_ssize_t cid, long long a, long long b) except -1 nogil
