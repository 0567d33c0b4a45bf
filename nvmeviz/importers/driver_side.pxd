# Types of the compiled lifter: the guest.
cimport cython
from nvmeviz.importers.records cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.importers.board cimport Board

cdef class DriverSide(Board):
    @cython.locals(size=cython.Py_ssize_t, n=cython.Py_ssize_t, slot=cython.Py_ssize_t,
                   event=cython.Py_ssize_t)
    cdef int post(self, long long t, long long v, Py_ssize_t q, Py_ssize_t count, long long flags) except -1
    @cython.locals(size=cython.Py_ssize_t, n=cython.Py_ssize_t)
    cdef Py_ssize_t ahead(self, Py_ssize_t q, Py_ssize_t value) except? -2
    @cython.locals(v=cython.longlong, out_ns=cython.longlong, n=cython.Py_ssize_t, old=cython.longlong)
    cdef int sq_doorbell(self, long long t, long long who, Py_ssize_t q, Py_ssize_t value) except -1
    cdef int learnt(self, Py_ssize_t q) except -1
    @cython.locals(found=cython.longlong)
    cdef Py_ssize_t left_at(self, long long t, Py_ssize_t v, long long value) except? -1
    @cython.locals(flags=cython.longlong)
    cdef int leave(self, long long t, Py_ssize_t v, Py_ssize_t q, long long reason, long long value) except -1
    cdef int come_back(self, long long t, Py_ssize_t v, Py_ssize_t q, long long reason,
                       long long out_ns) except -1
    @cython.locals(v=cython.longlong, out_ns=cython.longlong, old=cython.longlong)
    cdef int cq_doorbell(self, long long t, long long who, Py_ssize_t q, Py_ssize_t value) except -1
    cdef int irq_over(self, long long t, Py_ssize_t v) except -1
    @cython.locals(size=cython.Py_ssize_t, n=cython.Py_ssize_t, waiting=cython.Py_ssize_t, ahead=cython.Py_ssize_t)
    cdef bint reap_to(self, long long t, Py_ssize_t v, Py_ssize_t q,
                      Py_ssize_t value) except -1
    cdef int take(self, long long t, Py_ssize_t v, Py_ssize_t q, Py_ssize_t n) except -1
    @cython.locals(cq=cython.Py_ssize_t, first=cython.longlong, mask=cython.longlong, n=cython.longlong,
                   place=cython.Py_ssize_t)
    cdef int serves_again(self, Py_ssize_t q, Py_ssize_t c, Py_ssize_t event) except -1
    @cython.locals(n=cython.longlong, t=cython.longlong)
    cdef bint put_before(self, long long[::1] events, Py_ssize_t place, Py_ssize_t event, bint reap) except -1
    @cython.locals(entry=cython.longlong, q=cython.Py_ssize_t, cid=cython.Py_ssize_t,
                   c=cython.Py_ssize_t, slot=cython.Py_ssize_t, flags=cython.longlong,
                   at=cython.longlong, t=cython.longlong, place=cython.Py_ssize_t, event=cython.Py_ssize_t)
    cdef int reap(self, long long last_ns, Py_ssize_t v, Py_ssize_t cq) except -1
