# Types of the compiled VMM decisions.
from nvmeviz.engine.plan cimport Plan, schedule
from nvmeviz.engine.choices cimport *
from nvmeviz.engine.driver cimport handler_end, vcpu_next
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.ask cimport driver_uses_shadow
from nvmeviz.model.state cimport MachineState

cdef int _left(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t, int reason,
               long long value) except -1 nogil
cdef int _handle(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t,
                 long long cost_ns) except -1 nogil
cdef bint _kicked(MachineState s, Py_ssize_t q) except -1 nogil
cdef int _go_back(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t,
                  long long cost_ns) except -1 nogil
cdef int _enter(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t,
                long long cost_ns) except -1 nogil
cdef int _doorbell(Plan p, MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                   int how) except -1 nogil
cdef int lock_released(Plan p, MachineState s, Py_ssize_t q, long long t) except -1 nogil
cdef int decide_vmm(Plan p, MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                    long long a, long long b) except -1 nogil
