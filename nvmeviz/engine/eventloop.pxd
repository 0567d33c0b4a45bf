# Types of the compiled decisions of event loops.
from nvmeviz.engine.plan cimport Plan, completes_at_once, schedule
from nvmeviz.engine.choices cimport *
from nvmeviz.engine.steps cimport fetch, first_not_done, poll, post
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.ask cimport controller_uses_shadow, cq_may_have_room
from nvmeviz.model.state cimport MachineState

cdef int start_pass(Plan p, MachineState s, Py_ssize_t w, long long t, long long wait_ns) except -1 nogil
cdef int pass_begins(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t) except -1 nogil
cdef int pass_next(Plan p, MachineState s, Py_ssize_t w, long long t) except -1 nogil
cdef bint is_due(MachineState s, Py_ssize_t w, Py_ssize_t q) except -1 nogil
cdef int pass_over(Plan p, MachineState s, Py_ssize_t w, long long t) except -1 nogil
