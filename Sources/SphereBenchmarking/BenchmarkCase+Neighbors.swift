internal import SphereKernels
internal import SphereReference

extension BenchmarkCase {
    /// Neighbours that are looked for.
    private static let neighborCount = 10

    /// The nearest of the rows of a normal matrix to one another, or to M rows of another.
    ///
    /// Credited with all products, although half would do for the rows among themselves.
    /// Points that do not exist (fewer than 10) have the cosine NaN, which would be an error here: N is 10 or more.
    static func nearestNeighbors(_ settings: BenchmarkSettings) -> BenchmarkCase {
        let points = normalRows(max(neighborCount, settings.points), settings)
        let queries = settings.targets.map { normalRows($0, settings, seed: 2) } ?? points
        let (n, m, d) = (points.rows, queries.rows, points.columns)
        let input = BenchmarkInput(
            .nearestNeighbors, points: points, targets: queries, threads: settings.threads, resultRows: m,
            resultColumns: neighborCount)
        return BenchmarkCase(
            input: input,
            work: UsefulWork(
                flops: UsefulWork.multiplyAdds(n, m, d), bytes: UsefulWork.floats((n + m) * d + 2 * m * neighborCount)),
            twin: NaiveTwin(rows: m) { sample in
                Expectation(
                    values: Reference.nearestNeighbors(
                        of: sample.rows(of: queries), among: points, count: neighborCount
                    ).cosines,
                    measure: .absolute, limit: AccuracyLimits.cosine(dimension: d))
            }
        ) { execution in
            var indices = [Int32](repeating: -1, count: m * neighborCount)
            return {
                input.output.update { matrix in
                    var span = indices.mutableSpan
                    var cosines = matrix.mutableView
                    CosineSimilarity.nearestNeighbors(
                        of: queries.view, among: points.view, count: neighborCount, indices: &span, cosines: &cosines,
                        on: execution)
                }
            }
        }
    }
}
