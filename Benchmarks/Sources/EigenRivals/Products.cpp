#include "Context.hpp"

void eigen_rivals_product(
    eigen_rivals_context *context, const float *a, size_t n, const float *b, size_t m, size_t d, float *result) {
    const Rows x(a, n, d), y(b, m, d);
    MutableRows z(result, n, m);
    // As few blocks as there are threads: Eigen packs `b` once for each.
    const Index block = (n + context->workers.count() - 1) / context->workers.count();
    context->forEachBlock(n, block, [&](Scratch &, Index first, Index count) {
        z.middleRows(first, count).noalias() = x.middleRows(first, count) * y.transpose();
    });
}
