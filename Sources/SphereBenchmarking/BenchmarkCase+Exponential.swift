internal import SphereKernels
internal import SphereReference

extension BenchmarkCase {
    /// Exponentials of what a kernel evaluates: at kappa = 100 more than half of them count as 0.
    static func exponential(_ settings: BenchmarkSettings) -> BenchmarkCase {
        var generator = SeededGenerator(seed: 1)
        let n = settings.points
        let values = (0..<n).map { _ in Float(-2 * Double(settings.concentration) * generator.uniform()) }
        let input = BenchmarkInput(
            .exponential, points: Matrix(rows: n, columns: 1, elements: values), concentration: settings.concentration,
            threads: settings.threads, resultRows: n, resultColumns: 1)
        return BenchmarkCase(
            input: input, work: UsefulWork(bytes: UsefulWork.floats(2 * n), elements: Double(n)),
            twin: NaiveTwin(rows: n) { sample in
                Expectation(
                    values: column(Reference.exponential(sample.rows(of: input.points).elements)),
                    // A rival may return a subnormal number where the kernels return 0.
                    measure: .unitsInLastPlace(floor: Double(Float.leastNormalMagnitude)),
                    limit: AccuracyLimits.exponential)
            }
        ) { execution in
            {
                input.output.update { matrix in
                    var result = matrix.mutableView
                    VectorExponential.exponential(input.points.elements.span, into: &result.elements, on: execution)
                }
            }
        }
    }
}
