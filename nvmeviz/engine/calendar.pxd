# Types of the compiled calendar.
cimport cython
from nvmeviz.engine.choices cimport *
from nvmeviz.log.kinds cimport *

@cython.final
cdef class Heap:
    cdef public Py_ssize_t n
    cdef long long[::1] key_t, key_seq, slot
    cdef int put(self, long long t, long long seq, long long s) except -1 nogil
    cdef Py_ssize_t take(self) except -1 nogil

cdef class Calendar:
    cdef public long long seq
    cdef public object heap
    cdef public Py_ssize_t n
    # The entry that pop() took out.
    cdef public long long t, cause, a, b
    cdef public int kind
    cdef public Py_ssize_t v, q, cid
    cdef Heap near, far
    cdef long long[::1] e_cause, e_a, e_b, e_kind, e_v, e_q, e_cid
    cdef long long[::1] free
    cdef Py_ssize_t n_free
    cdef int push(self, long long t, int kind, Py_ssize_t v, Py_ssize_t q, Py_ssize_t cid,
                  long long a, long long b, long long cause) except -1 nogil
    cdef int pop(self) except -1 nogil
    cdef int _copy(self, long long[::1] found, Heap heap, Py_ssize_t first) except -1
    cdef bint _far_is_first(self) except -1 nogil
    cdef long long next_t(self) except? -2 nogil
