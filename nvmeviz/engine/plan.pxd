# Types of the compiled plan.
from nvmeviz.engine.calendar cimport Calendar
from nvmeviz.engine.choices cimport *
from nvmeviz.engine.draw cimport draw
from nvmeviz.log.kinds cimport *
from nvmeviz.model.layout cimport *
from nvmeviz.model.state cimport MachineState

cdef class Plan:
    cdef public MachineState state
    cdef public Calendar calendar
    cdef public unsigned long long seed
    cdef public bint uses_shadow, spec_rule, cq_reads_shadow, cq_rearms, null_device, vcpu_handles
    cdef public int announce, rearm, sleep
    cdef public Py_ssize_t batch, cq_batch, depth, batch_submit, burst
    cdef public long long batch_limit_ns, poll_window_ns
    cdef public long long submit_ns, shadow_ns, barrier_ns, doorbell_exit_ns, kick_ns, irq_ns, reap_ns
    cdef public long long halt_wake_ns, wake_ns, poll_ns, process_ns, backend_ns, shared_ns
    cdef public long long post_ns, msi_ns, latency_ns
    cdef public long long[::1] jitter, media

cdef int schedule(Plan p, long long t, long long cost_ns, int kind, Py_ssize_t v, Py_ssize_t q,
                  Py_ssize_t cid, long long a, long long b) except -1 nogil
cdef long long media_ns(Plan p, Py_ssize_t q, Py_ssize_t cid) except? -2 nogil
