# Types of the compiled questions.
from nvmeviz.model.layout cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.model.state cimport MachineState

cdef bint driver_uses_shadow(MachineState s, Py_ssize_t q) except -1 nogil
cdef bint controller_uses_shadow(MachineState s, Py_ssize_t q) except -1 nogil
cdef bint is_config(long long what) noexcept nogil
cdef bint waits_for_thread(MachineState s, Py_ssize_t q) except -1 nogil
cdef bint guest_is_quiet(MachineState s, Py_ssize_t v) except -1 nogil
cdef bint cq_has_room(MachineState s, Py_ssize_t q) except -1 nogil
cdef bint cq_may_have_room(MachineState s, Py_ssize_t q) except -1 nogil
cdef bint cq_is_full(MachineState s, Py_ssize_t q) except -1 nogil
cdef bint queue_has_work(MachineState s, Py_ssize_t q) except -1 nogil
cdef bint thread_has_work(MachineState s, Py_ssize_t w) except -1 nogil
cdef bint thread_has_news(MachineState s, Py_ssize_t w) except -1 nogil
cdef bint may_submit(MachineState s, Py_ssize_t q) except -1 nogil
cdef bint vcpu_sees_work(MachineState s, Py_ssize_t v, bint polls) except -1 nogil
cdef long long wrapped(long long index, long long size) noexcept nogil
