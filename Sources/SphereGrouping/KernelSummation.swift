public import SphereKernels

/// A way to make steps of blurring mean shift in less than N x N kernel evaluations, with bounds of their error.
///
/// ``BlurringChain`` and ``MeanShift`` take one where their accuracy is not exact. The product SphereFastSummation has one, `FastSummation`, for at most
/// three dimensions; it is a product of its own because the library that it links, FFTW, is under the GNU General Public License.
public protocol KernelSummation: Sendable {
    /// Sums for chains of `count` points of `dimension` coordinates; `nil` where exact steps are the better choice.
    static func forChain(
        of count: Int, dimension: Int, concentration: Double, on execution: Execution
    ) -> (any KernelSummation)?

    /// One step: point i goes to the direction of the sum over j of w_j exp(kappa (x_i . x_j - 1)) x_j.
    ///
    /// - Parameters:
    ///   - points: N x D, unit rows.
    ///   - weights: N, finite and more than 0; `nil`: 1 each.
    ///   - angles: N bounds, in radians: each point of the exact chain is no farther than this from its row here; `nil`: all 0.
    func step(_ points: Matrix, weights: [Float]?, angles: [Double]?) -> CertifiedStep
}

/// A step that is not exact.
public struct CertifiedStep: Sendable {
    /// Where the points have gone, and their sums.
    public var moved: MeanShiftStep
    /// Bounds of the angles to the points of the exact chain, in radians, without rounding.
    public var angles: [Double]
    /// Kernel evaluations of ordered pairs that were made for it.
    public var kernelEvaluations: Double

    /// A step with the given results.
    public init(moved: MeanShiftStep, angles: [Double], kernelEvaluations: Double) {
        (self.moved, self.angles, self.kernelEvaluations) = (moved, angles, kernelEvaluations)
    }
}
