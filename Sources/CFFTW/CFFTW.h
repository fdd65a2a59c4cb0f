// FFTW of the system, in double precision.
#include <fftw3.h>
