# Types of the compiled lifter: the controller.
cimport cython
from nvmeviz.importers.records cimport *
from nvmeviz.log.kinds cimport *
from nvmeviz.importers.driver_side cimport DriverSide

cdef class ControllerSide(DriverSide):
    @cython.locals(w=cython.Py_ssize_t, looped=cython.bint, woken=cython.bint, n=cython.Py_ssize_t,
                   v=cython.longlong, old=cython.longlong, rings=cython.longlong)
    cdef Py_ssize_t tail_read(self, long long t, long long who, Py_ssize_t q, Py_ssize_t value) except? -1
    @cython.locals(w=cython.Py_ssize_t, v=cython.Py_ssize_t, old=cython.longlong)
    cdef Py_ssize_t head_read(self, long long t, long long who, Py_ssize_t q, Py_ssize_t value) except? -1
    @cython.locals(w=cython.Py_ssize_t, c=cython.Py_ssize_t, n=cython.Py_ssize_t,
                   event=cython.Py_ssize_t, at_ns=cython.longlong,
                   rest=cython.longlong, least=cython.longlong, slot=cython.longlong)
    cdef Py_ssize_t fetch(self, long long t, long long who, Py_ssize_t q, Py_ssize_t cid,
                          long long opcode) except? -1
    @cython.locals(w=cython.Py_ssize_t, q=cython.Py_ssize_t, i=cython.Py_ssize_t)
    cdef Py_ssize_t device_done(self, long long t, long long who, Py_ssize_t cq, Py_ssize_t cid,
                                long long status) except? -1
    @cython.locals(w=cython.Py_ssize_t, q=cython.Py_ssize_t)
    cdef Py_ssize_t interrupt(self, long long t, long long who, long long vector) except? -1
    cdef int raised(self, long long t, Py_ssize_t q, Py_ssize_t w, long long vector) except -1
    @cython.locals(w=cython.Py_ssize_t, c=cython.Py_ssize_t, blocks=cython.longlong)
    cdef int sized(self, const long long[:, ::1] rows, Py_ssize_t i) except -1
