/// The exponential function over whole arrays.
public enum VectorExponential {
    /// Elements that one unit of work covers: 16 Ki floats read and written fit a second-level cache.
    private static let unitSize = 16_384

    /// `result[i] = e^values[i]`.
    ///
    /// Exactly 0 for arguments below -87.33654, where the result would be subnormal; infinity above 88.72283; NaN for NaN.
    /// Error at most 1 ulp between (docs/accuracy.md).
    ///
    /// - Precondition: `values` and `result` have the same count.
    /// - Complexity: O(n).
    public static func exponential(
        _ values: Span<Float>, into result: inout MutableSpan<Float>, on execution: Execution = .default
    ) {
        require(
            values.count == result.count, "exponentials of \(values.count) values into \(result.count) elements")
        let kernel = execution.instructionSet.kernels.exponential
        let count = values.count
        values.withUnsafeBufferPointer { x in
            result.withUnsafeMutableBufferPointer { y in
                guard let xStart = x.baseAddress, let yStart = y.baseAddress else { return }
                nonisolated(unsafe) let (x, y) = (xStart, yStart)
                parallelFor(units: (count + unitSize - 1) / unitSize, threads: execution.threads) { _, unit in
                    let start = unit * unitSize
                    kernel(x + start, y + start, min(unitSize, count - start))
                }
            }
        }
    }

    /// The exponentials of `values`, as ``exponential(_:into:on:)``.
    public static func exponential(_ values: [Float], on execution: Execution = .default) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        var span = result.mutableSpan
        exponential(values.span, into: &span, on: execution)
        return result
    }
}
