#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension VonMisesFisher {
    /// Fills the rows of `points` (N x D) with independent draws around `mean`, unit rows.
    ///
    /// Exact, not approximate: the cosine to the mean direction by rejection (Ulrich, Applied Statistics 1984; Wood,
    /// Communications in Statistics 1994; about 1.5 trials a row at most), for D = 3 by the inverse of its distribution function;
    /// the rest uniform in the tangent directions. 1 - cos keeps its digits at any concentration; rows are rounded to float32 once. At
    /// concentration 0 the rows are uniform and `mean` does not matter.
    ///
    /// The generator alone decides the result: the same bits give the same rows, on any instruction set. Rows are drawn
    /// one after the other, so the first rows of a longer draw are those of a shorter one.
    ///
    /// - Precondition: `points` has D columns, `mean` D elements, not all zero and finite unless the concentration is 0. It
    ///   need not be a unit vector.
    /// - Complexity: O(N D).
    public func sample(
        around mean: Span<Float>, into points: inout MutableMatrixView,
        using generator: inout some RandomNumberGenerator
    ) {
        require(
            points.columns == dimension && mean.count == dimension,
            "sample in dimension \(dimension) into rows of \(points.columns) around a mean of \(mean.count)")
        let (rows, stride) = (points.rows, points.rowStride)
        let axis = unitAxis(mean)
        let cosines = CosineDistribution(self)
        var deviates = RandomDeviates()
        var row = [Double](repeating: 0, count: dimension)
        points.elements.withUnsafeMutableBufferPointer { buffer in
            for i in 0..<rows {
                let (cosine, sine) = cosines.next(&deviates, &generator)
                // A draw around the first axis ...
                var length = 0.0
                while length == 0 {
                    for k in 1..<dimension { row[k] = deviates.normal(&generator) }
                    length = row[1...].reduce(0) { $0 + $1 * $1 }.squareRoot()
                }
                row[0] = cosine
                for k in 1..<dimension { row[k] *= sine / length }
                axis.rotate(&row)
                for k in 0..<dimension { buffer[i * stride + k] = Float(row[k]) }
            }
        }
    }

    /// `count` independent draws around `mean`, a matrix of `count` x D; see ``sample(around:into:using:)``.
    ///
    /// - Precondition: `count` is 0 or more; `mean` as there.
    public func sample(
        _ count: Int, around mean: [Float], using generator: inout some RandomNumberGenerator
    ) -> Matrix {
        var result = Matrix(rows: count, columns: dimension)
        var view = result.mutableView
        sample(around: mean.span, into: &view, using: &generator)
        return result
    }

    /// The reflection that takes the first axis to the mean direction, up to its sign.
    private struct Axis {
        /// The unit mean plus or minus the first axis, whichever is longer.
        let normal: [Double]
        let sign: Double

        /// Householder's reflection `-sign (x - 2 u (u . x) / |u|^2)`, where |u|^2 = 2 (1 + |mu_0|) is never small.
        func rotate(_ x: inout [Double]) {
            var product = 0.0
            for k in x.indices { product += normal[k] * x[k] }
            // |mu_0| = |u_0| - 1.
            let factor = product / abs(normal[0])
            for k in x.indices { x[k] = sign * (factor * normal[k] - x[k]) }
        }
    }

    private func unitAxis(_ mean: Span<Float>) -> Axis {
        var unit = [Double](repeating: 0, count: dimension)
        if concentration == 0 {
            // Uniform around any axis.
            unit[0] = 1
        } else {
            for k in 0..<dimension { unit[k] = Double(mean[k]) }
            let length = unit.reduce(0) { $0 + $1 * $1 }.squareRoot()
            require(
                length > 0 && length < .infinity, "mean of a sample must have a finite length above 0, found \(length)")
            for k in 0..<dimension { unit[k] /= length }
        }
        let sign: Double = unit[0] < 0 ? -1 : 1
        unit[0] += sign
        return Axis(normal: unit, sign: sign)
    }

    /// The distribution of the cosine w to the mean direction: density proportional to
    /// `exp(kappa w) (1 - w^2)^((D - 3) / 2)`.
    private struct CosineDistribution {
        private let concentration: Double
        private let dimension: Double
        /// b of Wood's algorithm VM*: `(D - 1) / (2 kappa + sqrt(4 kappa^2 + (D - 1)^2))`.
        private let b: Double
        /// `s = 1 - x_0 = 2 b / (1 + b)`, the scale of 1 - w.
        private let scale: Double
        /// `kappa s`, without overflow and without infinity times zero.
        private let exponent: Double

        init(_ distribution: VonMisesFisher) {
            concentration = distribution.concentration
            dimension = Double(distribution.dimension)
            b = (dimension - 1) / (2 * concentration + hypot(2 * concentration, dimension - 1))
            scale = 2 * b / (1 + b)
            exponent = 2 * (dimension - 1) / (2 + hypot(2, (dimension - 1) / concentration)) / (1 + b)
        }

        /// A draw of the cosine and of the sine that belongs to it, from t = 1 - cos: `sin^2 = t (2 - t)`.
        func next(
            _ deviates: inout RandomDeviates, _ generator: inout some RandomNumberGenerator
        ) -> (cosine: Double, sine: Double) {
            let t = dimension == 3 ? inverse(deviates.uniform(&generator)) : rejection(&deviates, &generator)
            return (1 - t, (t * (2 - t)).squareRoot())
        }

        /// The inverse of the distribution function in three dimensions: `t = -log(1 - u (1 - e^(-2 kappa))) / kappa`.
        private func inverse(_ u: Double) -> Double {
            // Below 2^-60 the distribution is uniform to the last bit.
            if concentration < 0x1p-60 { return 2 * u }
            return min(2, -log1p(u * expm1(-2 * concentration)) / concentration)
        }

        /// Wood's algorithm in t = 1 - w.
        ///
        /// With g, h of the gamma distribution of shape (D - 1) / 2, z = g / (g + h) is his beta
        /// number, and his w makes `t = 2 b g / (h + b g)`, which has no differences. The proposal is accepted with probability
        /// `exp(kappa s (1 - t / s)) ((1 + (1 - s) t / s) / (2 - s))^(D - 1)`.
        private func rejection(
            _ deviates: inout RandomDeviates, _ generator: inout some RandomNumberGenerator
        ) -> Double {
            let shape = (dimension - 1) / 2
            while true {
                let g = deviates.gamma(shape: shape, &generator)
                let h = deviates.gamma(shape: shape, &generator)
                let ratio = (1 + b) * g / (h + b * g)
                let logProbability =
                    exponent * (1 - ratio)
                    + (dimension - 1) * log((1 + (1 - scale) * ratio) / (2 - scale))
                if log(deviates.uniform(&generator)) <= logProbability { return min(2, 2 * b * g / (h + b * g)) }
            }
        }
    }
}
