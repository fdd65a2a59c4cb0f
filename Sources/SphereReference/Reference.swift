/// The naive twins of the kernels: plain loops in double precision, one line of mathematics each and no cleverness.
///
/// Every operation of SphereKernels has one here, with the same name and the same defined results for zero rows, NaN and
/// infinity. Use them in your own tests, with ``ErrorReport`` and the limits of ``AccuracyLimits``:
///
/// ```swift
/// let step = MeanShiftPlan.blurred(points, concentration: 100)
/// let exact = Reference.meanShiftStep(points, concentration: 100)
/// #expect(ErrorReport.ofRows(step.shifted, exact.shifted).maximum <= 2e-6)
/// ```
public enum Reference {
    /// `x . y`.
    static func dot(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Double {
        var sum = 0.0
        for (a, b) in zip(x, y) { sum += Double(a) * Double(b) }
        return sum
    }
}
