package import SphereKernels
package import SphereReference

/// How the error of a result is measured, in the units of AccuracyLimits.
package enum ErrorMeasure {
    /// Euclidean distance of a row from the exact one.
    case rowDistance
    /// `|result - exact|`.
    case absolute
    /// `|result - exact| / |exact|`.
    case relative
    /// `|result - exact| / ulp(exact)`, where differences up to `floor` count as none.
    case unitsInLastPlace(floor: Double)

    /// The largest error, and the row that has it.
    package func worst(_ result: Matrix, _ exact: ReferenceMatrix) -> (row: Int, error: Double) {
        let report =
            switch self {
            case .rowDistance: ErrorReport.ofRows(result, exact)
            case .absolute: ErrorReport.absolute(result.elements, exact.elements)
            case .relative: ErrorReport.relative(result.elements, exact.elements)
            case .unitsInLastPlace(let floor):
                ErrorReport(
                    zip(result.elements, exact.elements).map { result, exact in
                        let difference = abs(Double(result) - exact)
                        return difference <= floor ? 0 : difference / ErrorReport.unitInLastPlace(of: exact)
                    })
            }
        let index = report.worstIndex ?? 0
        if case .rowDistance = self { return (index, report.maximum) }
        return (index / max(1, result.columns), report.maximum)
    }
}
