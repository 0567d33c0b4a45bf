# Types of the compiled reducer: commands.
from nvmeviz.model.apply_actor cimport thread_turns_to, vcpu_does, wake_thread, wake_vcpu
from nvmeviz.model.ask cimport is_config, wrapped
from nvmeviz.model.layout cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.model.state cimport MachineState

cdef int bind_channel(MachineState s, Py_ssize_t q, Py_ssize_t c, Py_ssize_t cid) except -1 nogil
cdef int leave_channel(MachineState s, Py_ssize_t c) except -1 nogil
cdef int apply_command(MachineState s, long long t, int kind, Py_ssize_t v, Py_ssize_t q,
                        Py_ssize_t cid, long long a, long long b) except -1 nogil
