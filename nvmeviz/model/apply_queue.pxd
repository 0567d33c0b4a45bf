# Types of the compiled reducer: queues.
from nvmeviz.model.apply_actor cimport thread_turns_to, wake_thread
from nvmeviz.model.ask cimport cq_has_room, wrapped
from nvmeviz.model.layout cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.model.state cimport MachineState

cdef int announced(MachineState s, Py_ssize_t q, long long tail) except -1 nogil
cdef int apply_shadow(MachineState s, int kind, Py_ssize_t v, Py_ssize_t q, long long a,
                       long long b) except -1 nogil
cdef int apply_doorbell(MachineState s, long long t, int kind, Py_ssize_t q, long long a,
                         long long b) except -1 nogil
cdef int apply_controller(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                           long long a, long long b) except -1 nogil
