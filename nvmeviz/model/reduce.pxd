# Types of the compiled reducer.
from nvmeviz.model.apply_actor cimport apply_interrupt, apply_lock, apply_thread, apply_vcpu
from nvmeviz.model.apply_command cimport apply_command
from nvmeviz.model.apply_queue cimport apply_controller, apply_doorbell, apply_shadow
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

cdef int apply_event(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                     Py_ssize_t cid, long long a, long long b) except -1 nogil
cdef int fold_rows(MachineState s, const EventRow[::1] rows, Py_ssize_t start, Py_ssize_t stop) except -1
