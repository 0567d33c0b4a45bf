# Types of the compiled reducer: actors.
from nvmeviz.model.ask cimport (
    controller_uses_shadow, guest_is_quiet, thread_has_news, vcpu_sees_work, waits_for_thread,
)
from nvmeviz.model.layout cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.model.state cimport MachineState

cdef int wake_thread(MachineState s, Py_ssize_t w, long long t) except -1 nogil
cdef int wake_vcpu(MachineState s, Py_ssize_t v, long long t) except -1 nogil
cdef int vcpu_does(MachineState s, Py_ssize_t v, long long act, long long t) except -1 nogil
cdef int thread_turns_to(MachineState s, Py_ssize_t w, Py_ssize_t q) except -1 nogil
cdef int thread_does(MachineState s, Py_ssize_t w, long long act, long long t) except -1 nogil
cdef int apply_vcpu(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                     long long a, long long b) except -1 nogil
cdef int apply_thread(MachineState s, long long t, int kind, Py_ssize_t w, Py_ssize_t q,
                       long long a, long long b) except -1 nogil
cdef int apply_interrupt(MachineState s, long long t, int kind, Py_ssize_t q) except -1 nogil
cdef int apply_lock(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                     long long a, long long b) except -1 nogil
