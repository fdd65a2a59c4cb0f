#ifndef SPHERESHIFT_EIGEN_H
#define SPHERESHIFT_EIGEN_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Mean and principal axes of `count` rows of `dimension` floats, rows `row_stride` elements apart.
///
/// mean: dimension. axes: components x dimension, unit rows by falling variance. variances: components, the population
/// variance along each axis. 1 <= components <= dimension, count >= 1. Returns 0, or 1 if the decomposition failed (the
/// input holds NaN or infinity).
int sphereshift_principal_components(
    const float *rows, size_t count, size_t dimension, size_t row_stride, size_t components, double *mean,
    double *axes, double *variances);

#ifdef __cplusplus
}
#endif

#endif
