# Types of the compiled steps of a controller thread.
from nvmeviz.engine.plan cimport Plan, schedule
from nvmeviz.engine.choices cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.ask cimport controller_uses_shadow, cq_has_room
from nvmeviz.model.state cimport MachineState

cdef Py_ssize_t first_not_done(MachineState s, Py_ssize_t q) except -1 nogil
cdef int fetch(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t, int begins) except -1 nogil
cdef int post(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t) except -1 nogil
cdef bint sees_head(Plan p, MachineState s, Py_ssize_t q) except -1 nogil
cdef int set_eventidx(Plan p, MachineState s, Py_ssize_t w, Py_ssize_t q, long long t, long long value,
                      int arming) except -1 nogil
cdef int poll(Plan p, MachineState s, Py_ssize_t w, long long t) except -1 nogil
