#include "Context.hpp"

namespace {

/// Rows of the result that one product computes: of 32 to 4096 the best compromise for D = 3 to 64.
constexpr Index productBlock = 128;

/// Row by row: for D = 3, 8 and 64 faster than whole-matrix expressions, which read the operands three times.
template <class A, class B>
float cosine(const A &a, const B &b) {
    return a.dot(b) / std::sqrt(a.squaredNorm() * b.squaredNorm());
}

void normalizeRows(eigen_rivals_context *context, const Rows &points, Matrix &result) {
    result.resize(points.rows(), points.cols());
    eigen_rivals_normalize(context, points.data(), points.rows(), points.cols(), result.data());
}

} // namespace

void eigen_rivals_paired_cosines(
    eigen_rivals_context *context, const float *a, const float *b, size_t n, size_t d, float *cosines) {
    const Rows x(a, n, d), y(b, n, d);
    context->forEachBlock(n, rowBlock, [&](Scratch &, Index first, Index count) {
        for (Index i = first; i < first + count; i++) cosines[i] = cosine(x.row(i), y.row(i));
    });
}

void eigen_rivals_one_to_many_cosines(
    eigen_rivals_context *context, const float *query, const float *points, size_t n, size_t d, float *cosines) {
    const Rows one(query, 1, d), x(points, n, d);
    const float norm = one.norm();
    context->forEachBlock(n, rowBlock, [&](Scratch &, Index first, Index count) {
        for (Index i = first; i < first + count; i++)
            cosines[i] = x.row(i).dot(one.row(0)) / (x.row(i).norm() * norm);
    });
}

void eigen_rivals_all_pairs_cosines(
    eigen_rivals_context *context, const float *a, size_t n, const float *b, size_t m, size_t d, float *cosines) {
    const bool isSymmetric = a == b && n == m;
    normalizeRows(context, Rows(a, n, d), context->a);
    if (!isSymmetric) normalizeRows(context, Rows(b, m, d), context->b);
    const Matrix &x = context->a, &y = isSymmetric ? context->a : context->b;
    MutableRows result(cosines, n, m);
    context->forEachBlock(n, productBlock, [&](Scratch &, Index first, Index count) {
        result.middleRows(first, count).noalias() = x.middleRows(first, count) * y.transpose();
    });
}
