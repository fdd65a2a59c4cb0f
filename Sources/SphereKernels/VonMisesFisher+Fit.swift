extension VonMisesFisher {
    /// What a maximum-likelihood fit found.
    public struct Fit: Sendable, Hashable {
        /// The distribution: D and the concentration of largest likelihood.
        public let distribution: VonMisesFisher
        /// The mean direction, a unit vector of D elements; zero where the directions have none.
        public let meanDirection: [Float]
        /// Length of the weighted mean of the directions, R in [0, 1].
        public let meanResultantLength: Double
        /// `1 - R`, without cancellation.
        public let circularVariance: Double
        /// Sum of the weights of the rows that took part.
        public let totalWeight: Double
    }

    /// Why directions have no maximum-likelihood fit.
    public enum FitError: Error, Equatable, CustomStringConvertible {
        /// Of `rows` rows none has a direction and a weight above 0.
        case noDirections(rows: Int)
        /// All directions agree within 2^-50: the likelihood grows with the concentration without bound.
        case identicalDirections(rows: Int)

        /// What is missing, in one line.
        public var description: String {
            switch self {
            case .noDirections(let rows): "none of \(rows) rows has a direction and a weight above 0"
            case .identicalDirections(let rows):
                "the directions of \(rows) rows are the same, which no finite concentration fits best"
            }
        }
    }

    /// The distribution under which the directions of `points` (N x D) are most likely.
    ///
    ///     S = sum over i of w_i x_i / |x_i|,  W = sum over i of w_i,  R = |S| / W
    ///     mu = S / |S|,  A_D(kappa) = R
    ///
    /// with w_i = 1 (Banerjee, Dhillon, Ghosh and Sra, JMLR 2005, equations 2.3 and 2.4). Rows need not be unit vectors. Zero
    /// rows and rows with NaN or infinity have no direction and take no part. Sums are in double, and `1 - R` is the mean of
    /// `|x - mu|^2 / 2`, so concentrated directions lose nothing. Where R is below 2^-50, the directions cancel: concentration
    /// 0 and a mean direction of zero. The same to the bit for any number of threads.
    ///
    /// - Precondition: D >= 2.
    /// - Throws: ``FitError``.
    /// - Complexity: O(N D) time, O(D N / 4096) memory.
    public static func fit(_ points: MatrixView, on execution: Execution = .default) throws(FitError) -> Fit {
        try fit(points, weightAt: nil, execution)
    }

    /// The fit of `points` (N x D) with a weight each (N, finite, 0 or more), see ``fit(_:on:)``.
    ///
    /// - Precondition: D >= 2 and `weights` has N elements, finite and 0 or more.
    /// - Throws: ``FitError``.
    /// - Complexity: as ``fit(_:on:)``.
    public static func fit(
        _ points: MatrixView, weights: Span<Float>, on execution: Execution = .default
    ) throws(FitError) -> Fit {
        require(weights.count == points.rows, "\(weights.count) weights for \(points.rows) points")
        for i in weights.indices {
            let weight = weights[i]
            require(weight >= 0 && weight < .infinity, "weight \(i) must be finite and 0 or more, found \(weight)")
        }
        return try weights.withUnsafeBufferPointer { buffer throws(FitError) in
            try fit(points, weightAt: buffer.baseAddress, execution)
        }
    }

    /// The fit of `points`, with `weights` or with weight 1 each.
    ///
    /// - Throws: ``FitError``.
    public static func fit(
        _ points: Matrix, weights: [Float]? = nil, on execution: Execution = .default
    ) throws(FitError) -> Fit {
        if let weights { return try fit(points.view, weights: weights.span, on: execution) }
        return try fit(points.view, on: execution)
    }

    /// Distances of unit vectors below this are rounding errors of double.
    private static let resolution = 0x1p-50

    private static func fit(
        _ points: MatrixView, weightAt givenWeights: UnsafePointer<Float>?, _ execution: Execution
    ) throws(FitError) -> Fit {
        let dimension = points.columns
        require(dimension >= 2, "dimension of a von Mises-Fisher distribution must be 2 or more, found \(dimension)")
        // The sum of the weights behind the sum of the directions.
        let sums = sumOverDirections(of: points, givenWeights, values: dimension + 1, execution) {
            x, weight, inverse, sum in
            for k in 0..<dimension { sum[k] += weight * (Double(x[k]) * inverse) }
            sum[dimension] += weight
        }
        let totalWeight = sums[dimension]
        guard totalWeight > 0 else { throw .noDirections(rows: points.rows) }
        let resultant = sums[..<dimension].reduce(0) { $0 + $1 * $1 }.squareRoot()
        let length = min(1, resultant / totalWeight)
        guard length > resolution else {
            return Fit(
                distribution: VonMisesFisher(dimension: dimension, concentration: 0),
                meanDirection: [Float](repeating: 0, count: dimension), meanResultantLength: 0, circularVariance: 1,
                totalWeight: totalWeight)
        }
        let mean = sums[..<dimension].map { $0 / resultant }
        let squares = sumOverDirections(of: points, givenWeights, values: 1, execution) { x, weight, inverse, sum in
            var square = 0.0
            for k in 0..<dimension {
                let difference = Double(x[k]) * inverse - mean[k]
                square += difference * difference
            }
            sum[0] += weight * square
        }
        let variance = min(1, squares[0] / (2 * totalWeight))
        guard variance > resolution * resolution / 2 else { throw .identicalDirections(rows: points.rows) }
        let kappa = concentration(length: length, variance: variance, dimension: dimension)
        return Fit(
            distribution: VonMisesFisher(dimension: dimension, concentration: kappa),
            meanDirection: mean.map(Float.init), meanResultantLength: length, circularVariance: variance,
            totalWeight: totalWeight)
    }

    /// Rows that one unit of work sums up.
    private static let unitRows = 4096

    /// Sums of `values` numbers over the rows that have a direction and a weight above 0.
    ///
    /// `add` is given a row, its weight, the inverse of its length and the sums. Every unit has sums of its own, added up
    /// in their order.
    private static func sumOverDirections(
        of points: MatrixView, _ givenWeights: UnsafePointer<Float>?, values: Int, _ execution: Execution,
        _ add:
            @Sendable (
                _ row: UnsafePointer<Float>, _ weight: Double, _ inverseLength: Double,
                _ sums: UnsafeMutablePointer<Double>
            ) -> Void
    ) -> [Double] {
        let kernels = execution.instructionSet.kernels
        let count = points.rows
        let units = (count + unitRows - 1) / unitRows
        let partial = AlignedBuffer<Double>(count: units * values)
        nonisolated(unsafe) let weights = givenWeights
        withRows(of: points) { rows in
            parallelFor(units: units, threads: execution.threads) { _, unit in
                let sums = partial.start + unit * values
                sums.update(repeating: 0, count: values)
                for i in unit * unitRows..<min((unit + 1) * unitRows, count) {
                    let weight = Double(weights?[i] ?? 1)
                    let length = kernels.length(of: rows, at: i)
                    if weight > 0 && length > 0 && length < .infinity {
                        add(rows.start + i * rows.stride, weight, 1 / length, sums)
                    }
                }
            }
        }
        return (0..<values).map { value in
            (0..<units).reduce(0) { $0 + partial.start[$1 * values + value] }
        }
    }
}
