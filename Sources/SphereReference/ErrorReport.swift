public import SphereKernels

/// The errors of a result against the exact one: the worst, where it is, and the root mean square.
public struct ErrorReport: Sendable, Equatable {
    /// The largest error; NaN if any is.
    public let maximum: Double
    /// Square root of the mean of the squared errors.
    public let rootMeanSquare: Double
    /// Index of the element or row with the largest error (the first one), `nil` for an empty result.
    public let worstIndex: Int?

    /// Summarises `errors`, 0 or more each.
    public init(_ errors: some Sequence<Double>) {
        var worst: (index: Int, error: Double)?
        var squares = 0.0
        var count = 0
        for error in errors {
            // A NaN is the worst error there is.
            if worst.map({ error > $0.error || (error.isNaN && !$0.error.isNaN) }) ?? true { worst = (count, error) }
            squares += error * error
            count += 1
        }
        maximum = worst?.error ?? 0
        worstIndex = worst?.index
        rootMeanSquare = count == 0 ? 0 : (squares / Double(count)).squareRoot()
    }

    /// `|result - exact|` of every element.
    public static func absolute(_ result: [Float], _ exact: [Double]) -> ErrorReport {
        ErrorReport(zip(result, exact).map { difference($0, $1) })
    }

    /// `|result - exact| / |exact|` of every element; 0 where the two are the same.
    public static func relative(_ result: [Float], _ exact: [Double]) -> ErrorReport {
        ErrorReport(
            zip(result, exact).map {
                let difference = difference($0, $1)
                return difference == 0 ? 0 : difference / abs($1)
            })
    }

    /// `|result - exact| / magnitude` of every element; 0 where the result is exact, infinite magnitudes or not.
    public static func relative(_ result: [Float], _ exact: [Double], to magnitudes: [Double]) -> ErrorReport {
        ErrorReport(
            zip(zip(result, exact), magnitudes).map { pair, magnitude in
                let error = difference(pair.0, pair.1)
                return error == 0 ? 0 : error / magnitude
            })
    }

    /// Errors in units in the last place of float32: `|result - exact| / ulp(exact)`, see ``unitInLastPlace(of:)``.
    public static func unitsInLastPlace(_ result: [Float], _ exact: [Double]) -> ErrorReport {
        ErrorReport(zip(result, exact).map { difference($0, $1) / unitInLastPlace(of: $1) })
    }

    /// Euclidean distance of every row from the exact row: `|y_i - exact_i|`.
    public static func ofRows(_ result: Matrix, _ exact: ReferenceMatrix) -> ErrorReport {
        ErrorReport(rowErrors(result, exact))
    }

    /// Euclidean distance of every row from the exact row.
    public static func rowErrors(_ result: Matrix, _ exact: ReferenceMatrix) -> [Double] {
        (0..<result.rows).map { i in
            var sum = 0.0
            for k in 0..<result.columns {
                let error = difference(result[i, k], exact[i, k])
                sum += error * error
            }
            return sum.squareRoot()
        }
    }

    /// Distance of every row from the exact row, relative to the root mean square length of the exact rows.
    ///
    /// For results whose rows are sums of terms that cancel, where no error relative to a row of its own is to be had. The root
    /// mean square is the norm of the error over the norm of the exact matrix.
    public static func normwise(_ result: Matrix, _ exact: ReferenceMatrix) -> ErrorReport {
        let squares = exact.elements.reduce(0) { $0 + $1 * $1 }
        let scale = (squares / Double(max(1, exact.rows))).squareRoot()
        return ErrorReport(rowErrors(result, exact).map { $0 == 0 ? 0 : $0 / scale })
    }

    /// Distance between two float32 numbers next to `value`: 2^(e - 23) for 2^e <= |value| < 2^(e + 1), and never less
    /// than the smallest normal number's.
    public static func unitInLastPlace(of value: Double) -> Double {
        let exponent = value == 0 || !value.isFinite ? -126 : max(-126, Int(value.exponent))
        return Double(sign: .plus, exponent: exponent - 23, significand: 1)
    }

    /// Two NaNs agree, and so do two equal infinities.
    private static func difference(_ result: Float, _ exact: Double) -> Double {
        if result.isNaN && exact.isNaN { return 0 }
        return Double(result) == exact ? 0 : abs(Double(result) - exact)
    }
}
