# Types of the compiled scanner.
cimport cython
from nvmeviz.importers.line_form cimport LineForm
from nvmeviz.importers.records cimport *

cdef long long mixed(long long h, long long c) noexcept nogil

@cython.final
cdef class Scanner(LineForm):
    cdef long long[::1] keys, values, wants, needs
    cdef long long[::1] counts
    cdef public long long first_t, last_t, controller_key
    @cython.locals(i=cython.Py_ssize_t, j=cython.Py_ssize_t, rows=cython.Py_ssize_t)
    cpdef Py_ssize_t scan(self, const unsigned char[::1] text, Py_ssize_t start, Py_ssize_t end,
                          long long[:, ::1] out) except -1
    cdef int first(self, Py_ssize_t count, Py_ssize_t first) except -1 nogil
    @cython.locals(form=cython.int, kind=cython.int, c=cython.Py_ssize_t)
    cdef bint line(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j,
                   long long[:, ::1] out, Py_ssize_t row) except -1 nogil
    @cython.locals(h=cython.longlong, c=cython.int)
    cdef int event(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j) except -1 nogil
    @cython.locals(slot=cython.Py_ssize_t)
    cdef int look_up(self, long long h) except -1 nogil
    @cython.locals(base=cython.Py_ssize_t, place=cython.longlong, key=cython.longlong, last=cython.longlong,
                   word_class=cython.int, word_column=cython.Py_ssize_t, vcpu=cython.longlong,
                   device_queue=cython.longlong, c=cython.int, v=cython.longlong, n=cython.Py_ssize_t,
                   want=cython.longlong, other=cython.longlong, start=cython.Py_ssize_t, h=cython.longlong, value=cython.int,
                   negative=cython.bint, need=cython.longlong)
    cdef bint arguments(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j,
                        long long[:, ::1] out, Py_ssize_t row, int kind) except -1 nogil
    @cython.locals(number=cython.longlong, k=cython.Py_ssize_t)
    cdef Py_ssize_t device(self, const unsigned char[::1] text, Py_ssize_t start, Py_ssize_t end,
                          long long[:, ::1] out, Py_ssize_t row) except? -1 nogil
    @cython.locals(v=cython.longlong, c=cython.int, d=cython.int)
    cdef Py_ssize_t number(self, const unsigned char[::1] text, Py_ssize_t i, Py_ssize_t j) except? -1 nogil
