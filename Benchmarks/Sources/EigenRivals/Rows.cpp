#include "Context.hpp"

void eigen_rivals_norms(eigen_rivals_context *context, const float *points, size_t n, size_t d, float *norms) {
    const Rows x(points, n, d);
    Vector result(norms, n);
    context->forEachBlock(n, rowBlock, [&](Scratch &, Index first, Index count) {
        result.segment(first, count) = x.middleRows(first, count).rowwise().norm();
    });
}

void eigen_rivals_normalize(
    eigen_rivals_context *context, const float *points, size_t n, size_t d, float *normalized) {
    const Rows x(points, n, d);
    MutableRows result(normalized, n, d);
    context->forEachBlock(n, rowBlock, [&](Scratch &scratch, Index first, Index count) {
        scratch.norms.resize(rowBlock);
        auto norms = scratch.norms.head(count);
        norms = x.middleRows(first, count).rowwise().norm();
        result.middleRows(first, count) = x.middleRows(first, count).array().colwise() / norms.array();
    });
}

void eigen_rivals_exponential(eigen_rivals_context *context, const float *values, size_t count, float *result) {
    const Eigen::Map<const Eigen::ArrayXf> x(values, count);
    Eigen::Map<Eigen::ArrayXf> y(result, count);
    // As many as SphereKernels hands out at a time.
    context->forEachBlock(count, 16384, [&](Scratch &, Index first, Index size) {
        y.segment(first, size) = x.segment(first, size).exp();
    });
}
