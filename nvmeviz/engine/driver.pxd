# Types of the compiled guest decisions.
from nvmeviz.engine.plan cimport Plan, schedule
from nvmeviz.engine.choices cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.state cimport MachineState

cdef bint rings(Plan p, long long eventidx, long long new, long long old) except -1 nogil
cdef int vcpu_next(Plan p, MachineState s, Py_ssize_t v, long long t) except -1 nogil
cdef int _sq_post(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t) except -1 nogil
cdef int _sq_announce(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t) except -1 nogil
cdef int _sq_posted(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t) except -1 nogil
cdef int _cq_announce(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t) except -1 nogil
cdef int _cq_reap(Plan p, MachineState s, Py_ssize_t v, Py_ssize_t q, long long t) except -1 nogil
cdef int decide_guest(Plan p, MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                      long long a, long long b) except -1 nogil
