# Types of the compiled lifter.
cimport cython
from nvmeviz.importers.records cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.importers.controller_side cimport ControllerSide

cdef class Lifter(ControllerSide):
    cpdef int begin(self, Py_ssize_t w) except -1
    @cython.locals(i=cython.Py_ssize_t, kind=cython.longlong)
    cpdef int lift(self, const long long[:, ::1] rows, Py_ssize_t start, Py_ssize_t stop) except -1
    @cython.locals(t=cython.longlong, who=cython.longlong, qid=cython.longlong,
                   q=cython.Py_ssize_t, cq=cython.Py_ssize_t, w=cython.Py_ssize_t, v=cython.Py_ssize_t)
    cdef int qemu_record(self, const long long[:, ::1] rows, Py_ssize_t i, long long kind) except -1
    @cython.locals(what=cython.longlong)
    cdef bint homeless(self, long long t, long long kind, Py_ssize_t q, Py_ssize_t cq, long long value) except -1
    @cython.locals(t=cython.longlong, qid=cython.longlong, cid=cython.longlong, v=cython.Py_ssize_t,
                   q=cython.Py_ssize_t, c=cython.Py_ssize_t, n=cython.Py_ssize_t)
    cdef int guest_record(self, const long long[:, ::1] rows, Py_ssize_t i, long long kind) except -1
    @cython.locals(c=cython.Py_ssize_t, n=cython.Py_ssize_t, slot=cython.Py_ssize_t,
                   blocks=cython.longlong, what=cython.longlong, event=cython.Py_ssize_t)
    cdef int setup_alone(self, long long t, Py_ssize_t v, Py_ssize_t q, Py_ssize_t cid,
                         long long opcode, long long length) except -1
    @cython.locals(size=cython.Py_ssize_t, waiting=cython.Py_ssize_t, at=cython.Py_ssize_t,
                   n=cython.Py_ssize_t)
    cdef int head_alone(self, long long t, Py_ssize_t q, Py_ssize_t head, Py_ssize_t tail) except -1
    @cython.locals(n=cython.Py_ssize_t, event=cython.Py_ssize_t, cid=cython.Py_ssize_t,
                   slot=cython.Py_ssize_t)
    cdef int fetch_alone(self, long long t, Py_ssize_t q) except -1
    @cython.locals(c=cython.Py_ssize_t, cq=cython.Py_ssize_t, w=cython.Py_ssize_t,
                   slot=cython.Py_ssize_t)
    cdef int complete_alone(self, long long t, Py_ssize_t v, Py_ssize_t q, Py_ssize_t cid,
                            long long status) except -1
    @cython.locals(t=cython.longlong, number=cython.longlong, v=cython.Py_ssize_t,
                   q=cython.Py_ssize_t, reason=cython.longlong, told=cython.longlong,
                   out_ns=cython.longlong, at=cython.longlong)
    cdef int host_record(self, const long long[:, ::1] rows, Py_ssize_t i, long long kind) except -1
    cdef Py_ssize_t first_queue(self, Py_ssize_t v) except? -1
    @cython.locals(q=cython.Py_ssize_t, out_ns=cython.longlong, reason=cython.longlong)
    cdef int doorbell_seen(self, long long t, Py_ssize_t v, Py_ssize_t qid, bint sq,
                           long long value) except -1
