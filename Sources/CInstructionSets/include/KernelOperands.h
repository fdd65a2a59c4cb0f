#ifndef SPHERESHIFT_KERNEL_OPERANDS_H
#define SPHERESHIFT_KERNEL_OPERANDS_H

// The operands of kernels that take more than an argument list can name. C, because it is the only language whose types the
// instruction-set targets and SphereKernels can share without generic or resilient code. Sizes in elements.

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// A block of 48 points (the rows) against a run of blocks (the columns), see KernelSource/SymmetricMeanShift.swift.
///
/// x: unit rows, w: weights. Panels hold points column by column (dimension x panelColumns each), groups likewise
/// (dimension x sourceGroup each); `stride` is the distance of points in row-major operands, padded with zeros.
struct sphereshift_symmetric_run {
    long dimension;
    long stride;
    /// kappa / ln 2.
    float scale;

    /// Blocks of the run.
    long blocks;
    const float *panels;
    const float *column_points;
    /// Null: all weights of the run and of the block are 1.
    const float *_Nullable column_weights;
    /// Receive what the rows add to the columns, as panels.
    float *panel_sums;
    float *panel_totals;

    const float *groups;
    const float *row_points;
    const float *_Nullable row_weights;
    /// Receive what the columns add to the rows, row-major.
    float *row_sums;
    float *row_totals;

    /// symmetricScratch elements.
    float *scratch;
};

/// The same for the gradient of a step, with h and b that go with the points, see KernelSource/MeanShiftGradient.swift.
struct sphereshift_gradient_run {
    long dimension;
    long stride;
    /// kappa / ln 2.
    float scale;
    float concentration;

    /// Blocks of the run.
    long blocks;
    const float *panels;
    const float *h_panels;
    const float *column_points;
    const float *column_h;
    const float *column_offsets;
    /// Null: all weights of the run and of the block are 1.
    const float *_Nullable column_weights;
    float *panel_sums;
    float *panel_totals;

    const float *groups;
    const float *h_groups;
    const float *row_points;
    const float *row_h;
    const float *row_offsets;
    const float *_Nullable row_weights;
    float *row_sums;
    float *row_totals;

    /// One per lane.
    float *exponent_sums;

    /// gradientScratch elements.
    float *scratch;
};

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
