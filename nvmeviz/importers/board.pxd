# Types of the compiled board.
cimport cython
from nvmeviz.importers.records cimport *
from nvmeviz.log.kinds cimport *

cdef class Board:
    cdef public object plan
    cdef long long[::1] sq_size, cq_size, owner, q_vcpu, q_thread, interrupts
    cdef long long[::1] tail, head, told, posted, fetched, known, slot0, cslot0, started, cstarted
    cdef long long[::1] done, completed, reaped, unsignalled, pending, foreseen
    cdef long long[::1] sq_eventidx, cq_eventidx, verdict, verdict_tail
    cdef long long[::1] post_mask, cqe_mask, post_base, cqe_base, post_event
    cdef long long[::1] done_entry, cqe_entry, cqe_ns, cqe_event, reap_event, handled_ns, handled, matched, owed, reap_ns, post_ns
    cdef signed char[::1] cmd_state
    cdef short[::1] low_state
    cdef long long[::1] cmd_event, cmd_time, cmd_reaps, setup_ns, free_ns, highest, highest_low, collided
    cdef long long[::1] write_ns, write_value, exit_ns, exit_reason, exit_told, exit_queue, irq_queue
    cdef long long[::1] thread_ns, thread_work, last_kind, last_queue, last_cmd, q_of, cq_of
    cdef public Py_ssize_t n_queues, admin
    cdef bint qemu, guest, eventfd, exits, dbbuf, enabled, guest_seen
    cdef long long device_number, bar, origin, lost
    cdef public Py_ssize_t kept, dropped, most, room
    cdef list earlier
    cdef Py_ssize_t before
    cdef long long[:, ::1] out
    cdef int grow(self) except -1
    @cython.locals(n=cython.Py_ssize_t)
    cdef Py_ssize_t emit(self, long long t, long long kind, long long v, long long q, long long cid,
                         long long a, long long b, long long flags) except -1
    cdef int stray(self, long long t, long long kind, long long v, Py_ssize_t q, long long cid,
                   long long value) except -1
    cdef Py_ssize_t time_of(self, Py_ssize_t event) except? -1
    cdef Py_ssize_t vcpu_of(self, long long who, Py_ssize_t q) except? -1
    @cython.locals(w=cython.Py_ssize_t, last=cython.longlong)
    cdef Py_ssize_t thread_at(self, long long who, Py_ssize_t q, long long t) except? -1
    cdef bint uses_dbbuf(self, Py_ssize_t q) except -1
    @cython.locals(c=cython.Py_ssize_t, low=cython.Py_ssize_t)
    cdef int set_state(self, Py_ssize_t q, Py_ssize_t cid, int state) except -1
    @cython.locals(n=cython.Py_ssize_t, entry=cython.longlong, q=cython.Py_ssize_t,
                   cid=cython.Py_ssize_t, number=cython.longlong, size=cython.longlong,
                   phase=cython.longlong, head=cython.longlong, event=cython.Py_ssize_t)
    cdef int complete(self, long long t, Py_ssize_t cq, Py_ssize_t w, long long flags) except -1
