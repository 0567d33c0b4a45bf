# Types of the compiled reducer.
from nvmeviz.model.layout cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.model.state cimport MachineState

cdef packed struct EventRow:
    long long t
    long long cause
    unsigned int a
    unsigned int b
    unsigned short qid
    unsigned short cid
    unsigned char kind
    unsigned char vcpu
    unsigned short flags

cdef bint thread_has_work(MachineState s, Py_ssize_t w) except -1 nogil
cdef long long _wrapped(long long index, long long size) noexcept nogil
cdef int _wake_thread(MachineState s, Py_ssize_t w, long long t) except -1 nogil
cdef int _wake_vcpu(MachineState s, Py_ssize_t v, long long t) except -1 nogil
cdef int _vcpu_does(MachineState s, Py_ssize_t v, long long act, long long t) except -1 nogil
cdef int _bind_channel(MachineState s, Py_ssize_t c) except -1 nogil
cdef int _leave_channel(MachineState s, Py_ssize_t c) except -1 nogil
cdef int _apply_command(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                        Py_ssize_t cid, long long a, long long b) except -1 nogil
cdef int _apply_doorbell(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                         long long a, long long b) except -1 nogil
cdef int _apply_vcpu(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                     long long a, long long b) except -1 nogil
cdef int _apply_thread(MachineState s, long long t, int kind, Py_ssize_t w, Py_ssize_t q,
                       long long a, long long b) except -1 nogil
cdef int apply_event(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                     Py_ssize_t cid, long long a, long long b) except -1 nogil
cdef int fold_rows(MachineState s, const EventRow[::1] rows, Py_ssize_t start, Py_ssize_t stop) except -1
