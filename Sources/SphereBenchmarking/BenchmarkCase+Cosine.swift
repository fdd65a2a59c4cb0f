internal import SphereKernels
internal import SphereReference

extension BenchmarkCase {
    typealias Accumulation = CosineSimilarity.Accumulation

    /// Cosines of corresponding rows of two normal matrices.
    static func paired(_ settings: BenchmarkSettings, _ accumulation: Accumulation) -> BenchmarkCase {
        let (a, b) = (normalRows(settings.points, settings), normalRows(settings.points, settings, seed: 2))
        let (n, d) = (a.rows, a.columns)
        let input = BenchmarkInput(
            .paired(accumulation), points: a, targets: b, threads: settings.threads, resultRows: n, resultColumns: 1)
        return BenchmarkCase(
            input: input,
            work: UsefulWork(flops: UsefulWork.multiplyAdds(n, d), bytes: UsefulWork.floats(2 * n * d + n)),
            twin: cosineTwin(input, accumulation) { sample in
                column(Reference.cosineSimilarityPaired(sample.rows(of: a), sample.rows(of: b)))
            }
        ) { execution in
            {
                input.output.update { matrix in
                    var cosines = matrix.mutableView
                    CosineSimilarity.paired(
                        a.view, b.view, into: &cosines.elements, accumulation: accumulation, on: execution)
                }
            }
        }
    }

    /// Cosines of one normal vector with the rows of a normal matrix.
    static func oneToMany(_ settings: BenchmarkSettings, _ accumulation: Accumulation) -> BenchmarkCase {
        let (points, query) = (normalRows(settings.points, settings), normalRows(1, settings, seed: 2))
        let (n, d) = (points.rows, points.columns)
        let input = BenchmarkInput(
            .oneToMany(accumulation), points: points, targets: query, threads: settings.threads, resultRows: n,
            resultColumns: 1)
        return BenchmarkCase(
            input: input,
            work: UsefulWork(flops: UsefulWork.multiplyAdds(n, d), bytes: UsefulWork.floats(n * d + d + n)),
            twin: cosineTwin(input, accumulation) { sample in
                column(Reference.cosineSimilarityOneToMany(query.elements, sample.rows(of: points)))
            }
        ) { execution in
            {
                input.output.update { matrix in
                    var cosines = matrix.mutableView
                    CosineSimilarity.oneToMany(
                        query.elements.span, points.view, into: &cosines.elements, accumulation: accumulation,
                        on: execution)
                }
            }
        }
    }

    /// Cosines of every row of a normal matrix with every row of another.
    static func allPairs(_ settings: BenchmarkSettings, _ accumulation: Accumulation) -> BenchmarkCase {
        let a = normalRows(settings.points, settings)
        let b = normalRows(settings.targets ?? settings.points, settings, seed: 2)
        let (n, m, d) = (a.rows, b.rows, a.columns)
        let input = BenchmarkInput(
            .allPairs(accumulation), points: a, targets: b, threads: settings.threads, resultRows: n, resultColumns: m)
        return BenchmarkCase(
            input: input,
            work: UsefulWork(
                flops: UsefulWork.multiplyAdds(n, m, d), bytes: UsefulWork.floats((n + m) * d + n * m)),
            twin: cosineTwin(input, accumulation) { sample in
                Reference.cosineSimilarityAllPairs(sample.rows(of: a), b)
            }
        ) { execution in
            {
                input.output.update { matrix in
                    var cosines = matrix.mutableView
                    CosineSimilarity.allPairs(a.view, b.view, into: &cosines, accumulation: accumulation, on: execution)
                }
            }
        }
    }

    /// Cosines of the rows of a normal matrix with one another.
    ///
    /// Credited with all N^2 products, although half would do.
    static func symmetric(_ settings: BenchmarkSettings, _ accumulation: Accumulation) -> BenchmarkCase {
        let points = normalRows(settings.points, settings)
        let (n, d) = (points.rows, points.columns)
        let input = BenchmarkInput(
            .symmetric(accumulation), points: points, threads: settings.threads, resultRows: n, resultColumns: n)
        return BenchmarkCase(
            input: input,
            work: UsefulWork(flops: UsefulWork.multiplyAdds(n, n, d), bytes: UsefulWork.floats(n * d + n * n)),
            twin: cosineTwin(input, accumulation) { sample in
                Reference.cosineSimilarityAllPairs(sample.rows(of: points), points)
            }
        ) { execution in
            {
                input.output.update { matrix in
                    var cosines = matrix.mutableView
                    CosineSimilarity.symmetric(points.view, into: &cosines, accumulation: accumulation, on: execution)
                }
            }
        }
    }

    private static func cosineTwin(
        _ input: BenchmarkInput, _ accumulation: Accumulation, _ cosines: @escaping (RowSample) -> ReferenceMatrix
    ) -> NaiveTwin {
        let dimension = input.points.columns
        let (measure, limit): (ErrorMeasure, Double) =
            switch accumulation {
            case .float32: (.absolute, AccuracyLimits.cosine(dimension: dimension))
            // Among millions of pairs some cosines are so tiny that the error of the sum in float64 shows.
            case .float64: (.unitsInLastPlace(floor: Double(dimension) * 0x1p-53), AccuracyLimits.cosineFloat64)
            }
        return NaiveTwin(rows: input.output.matrix.rows) { sample in
            Expectation(values: cosines(sample), measure: measure, limit: limit)
        }
    }
}
