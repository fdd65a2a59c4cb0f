#include "Context.hpp"

#include <string>

eigen_rivals_context *eigen_rivals_create(size_t threads) {
    return new eigen_rivals_context(std::max<size_t>(1, threads));
}

void eigen_rivals_destroy(eigen_rivals_context *context) { delete context; }

const char *eigen_rivals_description() {
    static const std::string text = "Eigen " + std::to_string(EIGEN_WORLD_VERSION) + "." +
        std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION) + " with " +
        Eigen::SimdInstructionSetsInUse() + ", compiler " + __VERSION__;
    return text.c_str();
}
