# Types of the compiled loop.
from nvmeviz.engine.plan cimport Plan
from nvmeviz.engine.calendar cimport Calendar
from nvmeviz.engine.choices cimport *
from nvmeviz.engine.driver cimport decide_guest, rings, vcpu_next
from nvmeviz.engine.controller cimport decide_controller, decide_device, queues_with_news
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.reduce cimport EventRow, apply_event
from nvmeviz.model.state cimport MachineState

cdef int _resolve(Plan p, MachineState s, Calendar c) except -1 nogil
cdef int _decide(Plan p, MachineState s, Calendar c) except -1 nogil
cdef Py_ssize_t _loop(Plan p, MachineState s, Calendar c, EventRow[::1] rows, long long until_ns,
                      Py_ssize_t limit) except -1 nogil
cdef Py_ssize_t _run(Plan p, EventRow[::1] rows, long long until_ns, Py_ssize_t limit) except -1
