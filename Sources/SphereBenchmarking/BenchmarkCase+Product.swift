internal import SphereKernels
internal import SphereReference

extension BenchmarkCase {
    /// The product of a normal N x D matrix with the transpose of a normal M x D one, the latter packed beforehand or not.
    static func product(_ settings: BenchmarkSettings, isPacked: Bool) -> BenchmarkCase {
        let a = normalRows(settings.points, settings)
        let b = normalRows(settings.targets ?? settings.points, settings, seed: 2)
        let (n, m, d) = (a.rows, b.rows, a.columns)
        let input = BenchmarkInput(
            isPacked ? .packedProduct : .product, points: a, targets: b, threads: settings.threads, resultRows: n,
            resultColumns: m)
        let options = ProductOptions(transposesRight: true)
        // The limit is relative to the sum of |terms|, which is at most the product of the rows' lengths.
        let magnitude = (Reference.norms(a).max() ?? 0) * (Reference.norms(b).max() ?? 0)
        let twin = NaiveTwin(rows: n) { sample in
            Expectation(
                values: Reference.matrixProduct(sample.rows(of: a), b, options: options), measure: .absolute,
                limit: AccuracyLimits.matrixProduct(inner: d) * magnitude)
        }
        return BenchmarkCase(
            input: input,
            work: UsefulWork(flops: UsefulWork.multiplyAdds(n, m, d), bytes: UsefulWork.floats((n + m) * d + n * m)),
            twin: twin
        ) { execution in
            let workspace = ProductWorkspace()
            if isPacked {
                let packed = PackedMatrix(b.view, for: .right, isTransposed: true, on: execution)
                return {
                    input.output.update { matrix in
                        var result = matrix.mutableView
                        MatrixProduct.multiply(a.view, packed, into: &result, workspace: workspace, on: execution)
                    }
                }
            }
            return {
                input.output.update { matrix in
                    var result = matrix.mutableView
                    MatrixProduct.multiply(
                        a.view, b.view, into: &result, options: options, workspace: workspace, on: execution)
                }
            }
        }
    }
}
