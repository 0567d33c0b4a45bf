# Types of the compiled random numbers.
from nvmeviz.engine.choices cimport *

cdef unsigned long long draw(unsigned long long seed, unsigned long long stream,
                             unsigned long long n) noexcept nogil
