#pragma once

#include "EigenRivals.h"
#include "Workers.hpp"

#include <Eigen/Dense>

#include <algorithm>

using Eigen::Index;
using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Rows = Eigen::Map<const Matrix>;
using MutableRows = Eigen::Map<Matrix>;
using Vector = Eigen::Map<Eigen::VectorXf>;

/// Scratch of one worker. Eigen's resize does nothing when the size stays the same.
struct Scratch {
    Matrix kernel;
    Eigen::VectorXf norms;
};

struct eigen_rivals_context {
    explicit eigen_rivals_context(size_t threads) : workers(threads), scratch(threads) {}

    Workers workers;
    std::vector<Scratch> scratch;
    /// Rows of length 1 of the two operands of all pairs.
    Matrix a, b;

    /// Calls `body(scratch, first, count)` for blocks of `size` out of `total` rows.
    template <class Body>
    void forEachBlock(Index total, Index size, const Body &body) {
        workers.run((total + size - 1) / size, [&](size_t worker, size_t unit) {
            const Index first = (Index)unit * size;
            body(scratch[worker], first, std::min(size, total - first));
        });
    }
};

/// Rows of a block where rows are all that is worked on: as many as SphereKernels hands out at a time.
constexpr Index rowBlock = 1024;
