internal import SphereKernels
internal import SphereReference

extension BenchmarkCase {
    /// Lengths of the rows of a normal matrix.
    static func norms(_ settings: BenchmarkSettings) -> BenchmarkCase {
        let points = normalRows(settings.points, settings)
        let (n, d) = (points.rows, points.columns)
        let input = BenchmarkInput(
            .norms, points: points, threads: settings.threads, resultRows: n, resultColumns: 1)
        return BenchmarkCase(
            input: input,
            work: UsefulWork(flops: UsefulWork.multiplyAdds(n, d), bytes: UsefulWork.floats(n * d + n)),
            twin: NaiveTwin(rows: n) { sample in
                Expectation(
                    values: column(Reference.norms(sample.rows(of: points))), measure: .relative,
                    limit: AccuracyLimits.norm(dimension: d))
            }
        ) { execution in
            {
                input.output.update { matrix in
                    var norms = matrix.mutableView
                    RowNorms.norms(points.view, into: &norms.elements, on: execution)
                }
            }
        }
    }

    /// The rows of a normal matrix divided by their lengths.
    static func normalize(_ settings: BenchmarkSettings) -> BenchmarkCase {
        let points = normalRows(settings.points, settings)
        let (n, d) = (points.rows, points.columns)
        let input = BenchmarkInput(
            .normalize, points: points, threads: settings.threads, resultRows: n, resultColumns: d)
        return BenchmarkCase(
            input: input,
            work: UsefulWork(flops: UsefulWork.multiplyAdds(n, d), bytes: UsefulWork.floats(2 * n * d)),
            twin: NaiveTwin(rows: n) { sample in
                Expectation(
                    values: Reference.normalized(sample.rows(of: points)), measure: .rowDistance,
                    limit: AccuracyLimits.norm(dimension: d))
            }
        ) { execution in
            {
                input.output.update { matrix in
                    var normalized = matrix.mutableView
                    RowNorms.normalize(points.view, into: &normalized, on: execution)
                }
            }
        }
    }

    /// Rows that are no unit vectors: independent normal numbers.
    static func normalRows(_ rows: Int, _ settings: BenchmarkSettings, seed: UInt64 = 1) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return generator.normalMatrix(rows: rows, columns: settings.dimension)
    }

    /// `values` as a matrix of one column.
    static func column(_ values: [Double]) -> ReferenceMatrix {
        var matrix = ReferenceMatrix(rows: values.count, columns: 1)
        matrix.elements = values
        return matrix
    }
}
