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
    cdef public bint spec_rule, cq_reads_shadow, loops, timers, barging, vcpu_works
    cdef public bint posted, irq_traps, guest_polls, guest_barrier, controller_barrier, forgets
    cdef public bint has_urgent, irq_each
    cdef public int announce, way, worker, rearm, cq_rearm, sleep, opcode, device
    cdef public Py_ssize_t batch, batch_submit, coalesce
    cdef public long long batch_limit_ns, poll_window_ns, coalesce_ns, halt_poll_ns, reset_at_ns
    cdef public long long submit_ns, shadow_ns, barrier_ns, drain_ns, mmio_ns, irq_ns, irq_kick_ns
    cdef public long long irq_exit_ns
    cdef public long long forward_ns, reap_ns, guest_poll_ns, block_ns, halt_wake_ns, poll_wake_ns, resched_ns
    cdef public long long reset_ns, doorbell_exit_ns, ioeventfd_exit_ns, trap_work_ns, kick_ns
    cdef public long long handover_ns, wake_ns, loop_locked_ns, loop_ns, iothread_pass_ns, timer_ns
    cdef public long long bh_ns, poll_ns, fetch_ns, shared_ns, post_ns, msi_ns, copy_ns
    cdef public long long read_ns, write_ns, transfer_1024, write_1024
    cdef public long long[::1] thr_kind, g_plain, turn, cq_batch, jitter, media, exponential
    cdef public long long[::1] work, gap_ns, burst, replay_first, replay_count, replay_gap, replay_what
    cdef public long long[::1] limit, blocks

cdef int schedule(Plan p, long long t, long long cost_ns, int kind, Py_ssize_t v, Py_ssize_t q,
                  Py_ssize_t cid, long long a, long long b) except -1 nogil
cdef int schedule_at(Plan p, long long t, int kind, Py_ssize_t v, Py_ssize_t q, long long a,
                     long long b) except -1 nogil
cdef long long media_ns(Plan p, MachineState s, Py_ssize_t q, Py_ssize_t c) except? -2 nogil
cdef long long what_next(Plan p, Py_ssize_t q) except? -2 nogil
cdef long long gap_to_request(Plan p, Py_ssize_t q, long long n) except? -2 nogil
cdef bint is_open(Plan p, Py_ssize_t q) except -1 nogil
cdef long long first_eventidx(Plan p, Py_ssize_t q) except? -2 nogil
cdef long long first_cq_eventidx(Plan p, Py_ssize_t q) except? -2 nogil
cdef bint completes_at_once(Plan p, Py_ssize_t q) except -1 nogil
cdef long long cqe_word(Plan p, MachineState s, Py_ssize_t q) except? -2 nogil
