public import SphereKernels

/// One line of the accuracy table: an operation, an input, and the largest error that is allowed.
public struct AccuracyCheck: Sendable {
    /// The operation, by its name in SphereKernels.
    public let operation: String
    /// The input.
    public let input: String
    /// What is measured, with its unit.
    public let measure: String
    /// The largest allowed value of it.
    public let limit: Double
    private let evaluate: @Sendable (Execution) -> Double

    init(
        _ operation: String, input: String, measure: String, limit: Double,
        evaluate: @escaping @Sendable (Execution) -> Double
    ) {
        self.operation = operation
        self.input = input
        self.measure = measure
        self.limit = limit
        self.evaluate = evaluate
    }

    /// Evaluates the operation on this machine against its naive twin and returns the error.
    public func error(on execution: Execution = .default) -> Double {
        evaluate(execution)
    }
}

/// The accuracy table: what docs/accuracy.md states and `sphereshift verify` recomputes on the user's machine.
public enum AccuracyTable {
    /// All lines, in the order of the documentation.
    public static let checks: [AccuracyCheck] =
        exponentialChecks + rowChecks + cosineChecks + neighborChecks + vonMisesFisherChecks + meanShiftChecks
        + gradientChecks + productChecks

    // MARK: Exponential

    private static let exponentialChecks: [AccuracyCheck] = [
        AccuracyCheck(
            "VectorExponential.exponential", input: "every 61st float32 in [-87.33654, 88.72283]",
            measure: "largest error, ulp", limit: AccuracyLimits.exponential
        ) { execution in
            max(
                exponentialError(from: 0, to: 88.72283, execution),
                exponentialError(from: -0.0, to: -87.33654, execution))
        },
        AccuracyCheck(
            "VectorExponential.exponential", input: "every 61st float32 below -87.33654", measure: "largest result",
            limit: 0
        ) { execution in
            var worst: Float = 0
            forEachBlock(from: Float(-87.33654).nextDown, to: -.infinity) { block in
                worst = max(worst, VectorExponential.exponential(block, on: execution).max() ?? 0)
            }
            return Double(worst)
        },
    ]

    private static func exponentialError(from start: Float, to end: Float, _ execution: Execution) -> Double {
        var worst = 0.0
        forEachBlock(from: start, to: end) { block in
            let result = VectorExponential.exponential(block, on: execution)
            worst = max(worst, ErrorReport.unitsInLastPlace(result, Reference.exponential(block)).maximum)
        }
        return worst
    }

    /// Every 61st float32 from `start` away from zero to `end`, in blocks.
    private static func forEachBlock(from start: Float, to end: Float, _ body: ([Float]) -> Void) {
        var pattern = start.bitPattern
        while pattern <= end.bitPattern {
            let last = min(end.bitPattern, pattern + 61 * 65_535)
            let block = stride(from: pattern, through: last, by: 61).map(Float.init(bitPattern:))
            body(block)
            pattern += 61 * UInt32(block.count)
        }
    }

    // MARK: Rows and cosines

    private static let rowChecks: [AccuracyCheck] = [
        AccuracyCheck(
            "RowNorms.norms", input: "1000 normal rows, D = 64", measure: "largest relative error",
            limit: AccuracyLimits.norm(dimension: 64)
        ) { execution in
            let points = normalRows(1000, dimension: 64)
            return ErrorReport.relative(RowNorms.norms(points, on: execution), Reference.norms(points)).maximum
        },
        AccuracyCheck(
            "RowNorms.normalize", input: "1000 normal rows, D = 64", measure: "largest distance of a row",
            limit: AccuracyLimits.norm(dimension: 64)
        ) { execution in
            let points = normalRows(1000, dimension: 64)
            let result = RowNorms.normalized(points, on: execution)
            return ErrorReport.ofRows(result, Reference.normalized(points)).maximum
        },
    ]

    private static let cosineChecks: [AccuracyCheck] = CosineSimilarity.Accumulation.allCases.flatMap { accumulation in
        [16, 64, 256].flatMap { dimension in
            let (measure, limit) =
                switch accumulation {
                case .float32: ("largest error", AccuracyLimits.cosine(dimension: dimension))
                case .float64: ("largest error, ulp", AccuracyLimits.cosineFloat64)
                }
            @Sendable func report(_ result: [Float], _ exact: [Double]) -> Double {
                switch accumulation {
                case .float32: ErrorReport.absolute(result, exact).maximum
                case .float64: ErrorReport.unitsInLastPlace(result, exact).maximum
                }
            }
            return [
                AccuracyCheck(
                    "CosineSimilarity.paired", input: "1000 pairs of normal rows, D = \(dimension), \(accumulation)",
                    measure: measure, limit: limit
                ) { execution in
                    let a = normalRows(1000, dimension: dimension)
                    let b = normalRows(1000, dimension: dimension, seed: 2)
                    return report(
                        CosineSimilarity.paired(a, b, accumulation: accumulation, on: execution),
                        Reference.cosineSimilarityPaired(a, b))
                },
                AccuracyCheck(
                    "CosineSimilarity.oneToMany", input: "1 and 1000 normal rows, D = \(dimension), \(accumulation)",
                    measure: measure, limit: limit
                ) { execution in
                    let query = Array(normalRows(1, dimension: dimension, seed: 2).row(0))
                    let points = normalRows(1000, dimension: dimension)
                    return report(
                        CosineSimilarity.oneToMany(query, points, accumulation: accumulation, on: execution),
                        Reference.cosineSimilarityOneToMany(query, points))
                },
                AccuracyCheck(
                    "CosineSimilarity.allPairs", input: "200 and 300 normal rows, D = \(dimension), \(accumulation)",
                    measure: measure, limit: limit
                ) { execution in
                    let a = normalRows(200, dimension: dimension)
                    let b = normalRows(300, dimension: dimension, seed: 2)
                    return report(
                        CosineSimilarity.allPairs(a, b, accumulation: accumulation, on: execution).elements,
                        Reference.cosineSimilarityAllPairs(a, b).elements)
                },
                AccuracyCheck(
                    "CosineSimilarity.symmetric", input: "300 normal rows, D = \(dimension), \(accumulation)",
                    measure: measure, limit: limit
                ) { execution in
                    let points = normalRows(300, dimension: dimension)
                    return report(
                        CosineSimilarity.symmetric(points, accumulation: accumulation, on: execution).elements,
                        Reference.cosineSimilarityAllPairs(points, points).elements)
                },
            ]
        }
    }

    private static let neighborChecks: [AccuracyCheck] = [16, 64, 256].map { dimension in
        AccuracyCheck(
            "CosineSimilarity.nearestNeighbors", input: "10 of 3000 normal rows for 100, D = \(dimension)",
            measure: "largest error of a cosine", limit: AccuracyLimits.cosine(dimension: dimension)
        ) { execution in
            let queries = normalRows(100, dimension: dimension)
            let points = normalRows(3000, dimension: dimension, seed: 2)
            let result = CosineSimilarity.nearestNeighbors(of: queries, among: points, count: 10, on: execution)
            let exact = Reference.nearestNeighbors(of: queries, among: points, count: 10)
            return ErrorReport.absolute(result.cosines.elements, exact.cosines.elements).maximum
        }
    }

    // MARK: von Mises-Fisher

    private static let vonMisesFisherChecks: [AccuracyCheck] =
        [
            AccuracyCheck(
                "VonMisesFisher.logNormalizer",
                input: "\(LogNormalizerGolden.values.count) values of mpmath, D in 2...2048, kappa in 0...1e6",
                measure: "largest error / max(1, kappa, |log C|)", limit: AccuracyLimits.logNormalizer
            ) { _ in
                LogNormalizerGolden.values.reduce(0) { worst, golden in
                    let distribution = VonMisesFisher(
                        dimension: golden.dimension, concentration: golden.concentration)
                    let scale = max(1, golden.concentration, abs(golden.logNormalizer))
                    return max(worst, abs(distribution.logNormalizer - golden.logNormalizer) / scale)
                }
            }
        ]
        + resultantChecks
        + [0.5, 100, 10_000].map { concentration in
            AccuracyCheck(
                "VonMisesFisher.logDensity", input: "1000 normal rows, D = 16, kappa = \(concentration)",
                measure: "largest error / max(1, |result|)",
                limit: AccuracyLimits.logDensity(concentration: concentration)
            ) { execution in
                let points = normalRows(1000, dimension: 16)
                let mean = Array(normalRows(1, dimension: 16, seed: 2).row(0))
                let distribution = VonMisesFisher(dimension: 16, concentration: concentration)
                let result = distribution.logDensity(of: points, around: mean, on: execution)
                let exact = Reference.logDensity(of: points, around: mean, concentration: concentration)
                return zip(result, exact).map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? 0
            }
        }

    private static let resultantChecks: [AccuracyCheck] =
        [
            resultantCheck("meanResultantLength", limit: AccuracyLimits.meanResultantLength) {
                ($0.meanResultantLength, $1.length)
            },
            resultantCheck("circularVariance", limit: AccuracyLimits.circularVariance(dimension: 2048)) {
                ($0.circularVariance, $1.variance)
            },
            resultantCheck("meanResultantLengthDerivative", limit: AccuracyLimits.circularVariance(dimension: 2048)) {
                ($0.meanResultantLengthDerivative, $1.derivative)
            },
            AccuracyCheck(
                "VonMisesFisher.concentration",
                input: "\(ConcentrationGolden.values.count) values of mpmath, D in 2...2048, R in 1e-12...1 - 2^-30",
                measure: "largest relative error", limit: AccuracyLimits.concentration(dimension: 2048)
            ) { _ in
                ConcentrationGolden.values.reduce(0) { worst, golden in
                    let found = VonMisesFisher.concentration(
                        meanResultantLength: golden.meanResultantLength, dimension: golden.dimension)
                    return max(worst, abs(found / golden.concentration - 1))
                }
            },
            AccuracyCheck(
                "VonMisesFisher.fit", input: "1000 draws, D = 16, kappa = 100",
                measure: "largest relative error of 1 - R and kappa",
                limit: AccuracyLimits.fit(dimension: 16, count: 1000) + AccuracyLimits.concentration(dimension: 16)
            ) { execution in
                var generator = SeededGenerator(seed: 1)
                let mean = generator.normalMatrix(rows: 1, columns: 16).elements
                let points = VonMisesFisher(dimension: 16, concentration: 100)
                    .sample(1000, around: mean, using: &generator)
                guard let found = try? VonMisesFisher.fit(points, on: execution) else { return .nan }
                let exact = Reference.fit(points)
                return max(
                    abs(found.circularVariance / exact.circularVariance - 1),
                    abs(found.distribution.concentration / exact.concentration - 1))
            },
        ]

    private static func resultantCheck(
        _ name: String, limit: Double,
        _ values:
            @escaping @Sendable (VonMisesFisher, MeanResultantLengthGolden.Value) -> (found: Double, exact: Double)
    ) -> AccuracyCheck {
        AccuracyCheck(
            "VonMisesFisher.\(name)",
            input: "\(MeanResultantLengthGolden.values.count) values of mpmath, D in 2...2048, kappa in 0...1e6",
            measure: "largest relative error", limit: limit
        ) { _ in
            MeanResultantLengthGolden.values.reduce(0) { worst, golden in
                let distribution = VonMisesFisher(dimension: golden.dimension, concentration: golden.concentration)
                let (found, exact) = values(distribution, golden)
                return max(worst, found == exact ? 0 : abs(found / exact - 1))
            }
        }
    }

    // MARK: Mean shift

    private static let meanShiftChecks: [AccuracyCheck] =
        [16, 64].map { dimension in
            AccuracyCheck(
                "MeanShiftPlan.blur", input: "4096 points in 16 clusters, D = \(dimension), kappa = 100",
                measure: "largest distance of a row", limit: AccuracyLimits.meanShiftRowOnClusters(dimension: dimension)
            ) { execution in
                let points = clusters(4096, dimension: dimension)
                let result = MeanShiftPlan.blurred(points, concentration: 100, on: execution).shifted
                let exact = Reference.meanShiftStep(points, concentration: 100).shifted
                return ErrorReport.ofRows(result, exact).maximum
            }
        } + [
            AccuracyCheck(
                "MeanShiftPlan.blur", input: "1000 weighted points in 16 clusters, D = 16, kappa = 25, step size 0.5",
                measure: "largest distance of a row", limit: AccuracyLimits.meanShiftRowOnClusters(dimension: 16)
            ) { execution in
                let points = clusters(1000, dimension: 16)
                var generator = SeededGenerator(seed: 3)
                let weights = (0..<points.rows).map { _ in Float(10 * generator.uniform()) }
                let result = MeanShiftPlan.blurred(
                    points, weights: weights, concentration: 25, stepSize: 0.5, on: execution
                ).shifted
                let exact = Reference.meanShiftStep(points, weights: weights, concentration: 25, stepSize: 0.5).shifted
                return ErrorReport.ofRows(result, exact).maximum
            },
            AccuracyCheck(
                "MeanShiftPlan.shift", input: "500 seeds on 1000 points in 16 clusters, D = 16, kappa = 100",
                measure: "largest distance of a row", limit: AccuracyLimits.meanShiftRowOnClusters(dimension: 16)
            ) { execution in
                let points = clusters(1500, dimension: 16)
                let seeds = points.selectingRows(Array(1000..<1500))
                let sources = points.selectingRows(Array(0..<1000))
                var plan = MeanShiftPlan(capacity: sources.rows, dimension: sources.columns, on: execution)
                plan.setPoints(sources.view)
                let result = plan.shifted(seeds, concentration: 100).shifted
                let exact = Reference.meanShiftStep(of: seeds, towards: sources, concentration: 100).shifted
                return ErrorReport.ofRows(result, exact).maximum
            },
            AccuracyCheck(
                "MeanShiftPlan.kernelSums", input: "500 targets, 1000 points in 16 clusters, D = 16, kappa = 100",
                measure: "largest relative error",
                limit: AccuracyLimits.kernelSum(dimension: 16, concentration: 100, count: 1000)
            ) { execution in
                let points = clusters(1500, dimension: 16)
                let targets = points.selectingRows(Array(1000..<1500))
                let sources = points.selectingRows(Array(0..<1000))
                var plan = MeanShiftPlan(capacity: sources.rows, dimension: sources.columns, on: execution)
                plan.setPoints(sources.view)
                let result = plan.kernelSums(at: targets, concentration: 100)
                let exact = Reference.kernelSums(at: targets, of: sources, concentration: 100)
                return ErrorReport.relative(result, exact).maximum
            },
            AccuracyCheck(
                "MeanShiftPlan.logDensity", input: "500 targets, 1000 points in 16 clusters, D = 16, kappa = 100",
                measure: "largest error / max(1, |result|)",
                limit: AccuracyLimits.logDensityEstimate(dimension: 16, concentration: 100, count: 1000)
            ) { execution in
                let points = clusters(1500, dimension: 16)
                let targets = points.selectingRows(Array(1000..<1500))
                let sources = points.selectingRows(Array(0..<1000))
                var plan = MeanShiftPlan(capacity: sources.rows, dimension: sources.columns, on: execution)
                plan.setPoints(sources.view)
                let result = plan.logDensity(at: targets, concentration: 100)
                let exact = Reference.logDensityEstimate(at: targets, of: sources, concentration: 100)
                return zip(result, exact).map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? 0
            },
        ]

    // MARK: Gradients

    /// On the points as they are, and after 1 to 3 loops: norm-wise, and the worst row.
    private static let gradientChecks: [AccuracyCheck] =
        [Float(20), 100].flatMap { concentration in
            (0...3).flatMap { loops in
                normwiseChecks(
                    "MeanShiftPlan.gradient",
                    input: "1000 points in 16 clusters, D = 16, kappa = \(Int(concentration)), after \(loops) loops",
                    limit: AccuracyLimits.meanShiftGradient(shifted: loops > 0)
                ) { execution in
                    var points = clusters(1000, dimension: 16)
                    for _ in 0..<loops {
                        points = MeanShiftPlan.blurred(points, concentration: concentration, on: execution).shifted
                    }
                    let upstream = normalRows(1000, dimension: 16, seed: 4)
                    let result = MeanShiftPlan.gradient(
                        ofBlurring: points, concentration: concentration, upstream: upstream, on: execution)
                    let exact = Reference.meanShiftGradient(
                        points, concentration: Double(concentration), upstream: upstream)
                    return ErrorReport.normwise(result.points, exact.points)
                }
            }
        }
        + normwiseChecks(
            "MeanShiftPlan.kernelSumsGradient",
            input: "500 targets, 1000 points in 16 clusters, D = 16, kappa = 100",
            limit: AccuracyLimits.meanShiftGradient(shifted: false)
        ) { execution in
            let points = clusters(1500, dimension: 16)
            let sources = points.selectingRows(Array(0..<1000))
            let upstream = normalRows(500, dimension: 1, seed: 4).elements
            let targets = points.selectingRows(Array(1000..<1500))
            let result = MeanShiftPlan.kernelSumsGradient(
                at: targets, of: sources, concentration: 100, upstream: upstream, on: execution)
            let exact = Reference.kernelSumsGradient(at: targets, of: sources, concentration: 100, upstream: upstream)
            return ErrorReport.normwise(result.points, exact.points)
        }

    /// A line for the error of the whole gradient, and one for its worst row.
    private static func normwiseChecks(
        _ operation: String, input: String, limit: Double, report: @escaping @Sendable (Execution) -> ErrorReport
    ) -> [AccuracyCheck] {
        [
            AccuracyCheck(operation, input: input, measure: "norm of the error / norm", limit: limit) {
                report($0).rootMeanSquare
            },
            AccuracyCheck(
                operation, input: input, measure: "largest error of a row / root mean square of rows",
                limit: AccuracyLimits.worstRow * limit
            ) { report($0).maximum },
        ]
    }

    // MARK: Matrix products

    private static let productChecks: [AccuracyCheck] = [27, 576, 4096].map { inner in
        AccuracyCheck(
            "MatrixProduct.multiply", input: "100 x \(inner) and \(inner) x 70, normal",
            measure: "largest error / sum of |terms|",
            limit: AccuracyLimits.matrixProduct(inner: inner)
        ) { execution in
            let a = normalRows(100, dimension: inner)
            let b = normalRows(70, dimension: inner, seed: 2)
            let options = ProductOptions(transposesRight: true)
            let exact = Reference.matrixProduct(a, b, options: options)
            let magnitudes = Reference.matrixProductMagnitudes(a, b, options: options)
            return ErrorReport.relative(
                MatrixProduct.product(a, b, options: options, on: execution).elements, exact.elements,
                to: magnitudes.elements
            ).maximum
        }
    }

    // MARK: Inputs

    private static func normalRows(_ rows: Int, dimension: Int, seed: UInt64 = 1) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return generator.normalMatrix(rows: rows, columns: dimension)
    }

    private static func clusters(_ rows: Int, dimension: Int) -> Matrix {
        var generator = SeededGenerator(seed: 1)
        return generator.clusteredRows(rows, dimension: dimension)
    }
}
