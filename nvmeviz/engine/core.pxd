# Types of the compiled loop.
from nvmeviz.engine.plan cimport Plan, cqe_word, schedule_at
from nvmeviz.engine.calendar cimport Calendar
from nvmeviz.engine.choices cimport *
from nvmeviz.engine.driver cimport decide_guest, decide_store, rings
from nvmeviz.engine.vmm cimport decide_vmm, lock_released
from nvmeviz.engine.eventloop cimport pass_begins, pass_over
from nvmeviz.engine.controller cimport decide_controller, decide_device, queues_with_news, thread_next
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.ask cimport waits_for_thread
from nvmeviz.model.reduce cimport EventRow, apply_event
from nvmeviz.model.state cimport MachineState

cdef int _resolve(Plan p, MachineState s, Calendar c) except -1 nogil
cdef int _resolve_sleep(MachineState s, Calendar c) except -1 nogil
cdef int _decide(Plan p, MachineState s, Calendar c) except -1 nogil
cdef Py_ssize_t _loop(Plan p, MachineState s, Calendar c, EventRow[::1] rows, long long until_ns,
                      Py_ssize_t limit) except -1 nogil
cdef Py_ssize_t _run(Plan p, EventRow[::1] rows, long long until_ns, Py_ssize_t limit) except -1
