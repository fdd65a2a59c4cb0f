#include "CEigen.h"

#include <Eigen/Dense>

using RowMajorFloats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Rows = Eigen::Map<const RowMajorFloats, 0, Eigen::OuterStride<>>;

extern "C" int sphereshift_principal_components(
    const float *rows, size_t count, size_t dimension, size_t row_stride, size_t components, double *mean,
    double *axes, double *variances) {
    const Eigen::Index n = (Eigen::Index)count, d = (Eigen::Index)dimension;
    const Rows input(rows, n, d, Eigen::OuterStride<>((Eigen::Index)row_stride));

    // Blocks of rows in double: memory O(block * d), and no cancellation of large means.
    const Eigen::Index block = 1024;
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(d);
    for (Eigen::Index i = 0; i < n; i += block)
        sum += input.middleRows(i, std::min(block, n - i)).cast<double>().colwise().sum();
    const Eigen::RowVectorXd centre = sum / (double)n;
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(d, d);
    for (Eigen::Index i = 0; i < n; i += block) {
        const Eigen::MatrixXd centred = input.middleRows(i, std::min(block, n - i)).cast<double>().rowwise() - centre;
        covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose(), 1.0 / (double)n);
    }
    if (!centre.allFinite() || !covariance.allFinite()) return 1;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    if (solver.info() != Eigen::Success) return 1;

    for (Eigen::Index k = 0; k < d; k++) mean[k] = centre[k];
    for (Eigen::Index c = 0; c < (Eigen::Index)components; c++) {
        // Eigen sorts by rising eigenvalue.
        const Eigen::Index column = d - 1 - c;
        variances[c] = std::max(0.0, solver.eigenvalues()[column]);
        Eigen::VectorXd axis = solver.eigenvectors().col(column);
        // An eigenvector's sign is arbitrary: the largest coordinate is made positive, so that pictures do not flip.
        Eigen::Index largest;
        axis.cwiseAbs().maxCoeff(&largest);
        if (axis[largest] < 0) axis = -axis;
        for (Eigen::Index k = 0; k < d; k++) axes[c * d + k] = axis[k];
    }
    return 0;
}
