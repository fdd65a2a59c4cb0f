#ifndef SPHERESHIFT_EIGEN_RIVALS_H
#define SPHERESHIFT_EIGEN_RIVALS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// The operations of SphereKernels as one would write them with Eigen. All matrices are row-major without gaps.
//
// A context holds threads and scratch memory. The memory grows when a function is first called with a size, so the
// second call with the same size allocates nothing (apart from what Eigen's products take from the heap for packing).

typedef struct eigen_rivals_context eigen_rivals_context;

/// A context of `threads` threads, the caller's among them.
eigen_rivals_context *eigen_rivals_create(size_t threads);
void eigen_rivals_destroy(eigen_rivals_context *context);

/// Versions of Eigen and the compiler, and the vector instructions that Eigen was compiled to use.
const char *eigen_rivals_description(void);

/// One mean-shift step of `targets` (m x d) towards `points` (n x d), kappa = `concentration`: `shifted` (m x d) and
/// kernel `sums` (m).
void eigen_rivals_mean_shift(
    eigen_rivals_context *context, const float *targets, size_t m, const float *points, size_t n, size_t d,
    float concentration, float *shifted, float *sums);

/// The same in blocks of 256 rows of the whole kernel matrix and without flushing subnormals: what one would write first.
void eigen_rivals_mean_shift_row_blocks(
    eigen_rivals_context *context, const float *targets, size_t m, const float *points, size_t n, size_t d,
    float concentration, float *shifted, float *sums);

/// Kernel `sums` (m) at `targets` (m x d) over `points` (n x d).
void eigen_rivals_kernel_sums(
    eigen_rivals_context *context, const float *targets, size_t m, const float *points, size_t n, size_t d,
    float concentration, float *sums);

/// Cosines (n) of corresponding rows of `a` and `b` (n x d each).
void eigen_rivals_paired_cosines(
    eigen_rivals_context *context, const float *a, const float *b, size_t n, size_t d, float *cosines);

/// Cosines (n) of `query` (d) with the rows of `points` (n x d).
void eigen_rivals_one_to_many_cosines(
    eigen_rivals_context *context, const float *query, const float *points, size_t n, size_t d, float *cosines);

/// Cosines (n x m) of every row of `a` (n x d) with every row of `b` (m x d).
void eigen_rivals_all_pairs_cosines(
    eigen_rivals_context *context, const float *a, size_t n, const float *b, size_t m, size_t d, float *cosines);

/// `a` (n x d) times the transpose of `b` (m x d): n x m.
void eigen_rivals_product(
    eigen_rivals_context *context, const float *a, size_t n, const float *b, size_t m, size_t d, float *result);

/// Lengths (n) of the rows of `points` (n x d).
void eigen_rivals_norms(eigen_rivals_context *context, const float *points, size_t n, size_t d, float *norms);

/// The rows of `points` (n x d) divided by their lengths (n x d).
void eigen_rivals_normalize(
    eigen_rivals_context *context, const float *points, size_t n, size_t d, float *normalized);

/// Exponentials of `values` (count).
void eigen_rivals_exponential(eigen_rivals_context *context, const float *values, size_t count, float *result);

#ifdef __cplusplus
}
#endif

#endif
