# Types of the compiled forms of lines.
cimport cython
from nvmeviz.importers.records cimport *

cdef class LineForm:
    cdef public long long at, value, t
    @cython.locals(v=cython.longlong, n=cython.Py_ssize_t)
    cdef Py_ssize_t digits(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j) except -1 nogil
    @cython.locals(ns=cython.longlong, part=cython.longlong, n=cython.Py_ssize_t)
    cdef bint clock(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j) except -1 nogil
    @cython.locals(year=cython.longlong, month=cython.longlong, day=cython.longlong,
                   seconds=cython.longlong, micros=cython.longlong, y=cython.longlong,
                   shifted=cython.longlong, of_year=cython.longlong, days=cython.longlong)
    cdef bint iso_clock(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j) except -1 nogil
    @cython.locals(n=cython.Py_ssize_t, k=cython.Py_ssize_t, who=cython.longlong)
    cdef int qemu_prefix(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j,
                         long long[:, ::1] out, Py_ssize_t row) except -1 nogil
    @cython.locals(k=cython.Py_ssize_t, p=cython.Py_ssize_t, cpu=cython.longlong, who=cython.longlong, end=cython.Py_ssize_t)
    cdef int kernel_prefix(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j,
                           long long[:, ::1] out, Py_ssize_t row) except -1 nogil
    @cython.locals(end=cython.Py_ssize_t)
    cdef Py_ssize_t thread_before(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t k) except? -1 nogil
    @cython.locals(p=cython.Py_ssize_t)
    cdef Py_ssize_t vcpu_name(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t k) except? -1 nogil
    cdef bint kernel_time(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j) except -1 nogil
    @cython.locals(found=cython.bint, k=cython.Py_ssize_t, a=cython.int, b=cython.int, c=cython.int, d=cython.int, best=cython.longlong)
    cdef bint is_loss(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j) except -1 nogil
