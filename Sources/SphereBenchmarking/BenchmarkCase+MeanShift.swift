internal import SphereKernels
internal import SphereReference

extension BenchmarkCase {
    /// A blurring step of clustered points.
    ///
    /// Packing the points is part of it, as the points move in every loop. Every tile is evaluated; `-skipping` contestants
    /// leave out negligible ones, in an order by clusters, as a plan does unless told otherwise.
    static func step(_ settings: BenchmarkSettings) -> BenchmarkCase {
        let points = clusteredPoints(settings)
        let (n, d) = (points.rows, points.columns)
        let input = BenchmarkInput(
            .step, points: points, concentration: settings.concentration, threads: settings.threads, resultRows: n,
            resultColumns: d)
        func kernel(_ tiles: MeanShiftPlan.NegligibleTiles) -> (Execution) -> () -> Void {
            { execution in
                var plan = plan(input, on: execution)
                plan.negligibleTiles = tiles
                let result = StepResult(rows: n, dimension: d)
                return {
                    result.update(input.output) {
                        plan.blur(points.view, concentration: settings.concentration, into: &$0)
                    }
                }
            }
        }
        return BenchmarkCase(
            input: input, work: UsefulWork(flops: 2 * UsefulWork.multiplyAdds(n, n, d)),
            twin: shiftTwin(of: points, input), kernel: kernel(.evaluate),
            variants: [("-skipping", kernel(.skipInClusterOrder))])
    }

    /// A blurring step of clustered points and its gradient with respect to points, weights, concentration and step size.
    ///
    /// The gradient of the shifted points is normal numbers. Tiles as in ``step(_:)``.
    static func forwardBackward(_ settings: BenchmarkSettings) -> BenchmarkCase {
        let points = clusteredPoints(settings)
        let upstream = normalRows(settings.points, settings, seed: 4)
        let (n, d) = (points.rows, points.columns)
        let input = BenchmarkInput(
            .forwardBackward, points: points, targets: upstream, concentration: settings.concentration,
            threads: settings.threads, resultRows: n, resultColumns: d)
        let twin = NaiveTwin(rows: n, isWhole: true) { sample in
            // A row of the gradient needs every row's step: all rows are computed.
            let exact = Reference.meanShiftGradient(
                points, concentration: Double(settings.concentration), upstream: upstream)
            let values = sample.rows(of: exact.points)
            let scale = (exact.points.elements.reduce(0) { $0 + $1 * $1 } / Double(n)).squareRoot()
            return Expectation(
                values: values, measure: .rowDistance,
                limit: AccuracyLimits.worstRow * AccuracyLimits.meanShiftGradient(shifted: false) * scale)
        }
        func kernel(_ tiles: MeanShiftPlan.NegligibleTiles) -> (Execution) -> () -> Void {
            { execution in
                var plan = plan(input, on: execution)
                plan.negligibleTiles = tiles
                var step = MeanShiftStep(rows: n, dimension: d)
                var gradient = MeanShiftGradient(rows: n, dimension: d)
                return {
                    plan.blur(points.view, concentration: settings.concentration, into: &step)
                    input.output.update { matrix in
                        swap(&matrix, &gradient.points)
                        plan.gradient(
                            of: step, from: points.view, concentration: settings.concentration,
                            upstream: upstream.view, into: &gradient)
                        swap(&matrix, &gradient.points)
                    }
                }
            }
        }
        return BenchmarkCase(
            input: input, work: UsefulWork(flops: 2 * UsefulWork.multiplyAdds(n, n, d)), twin: twin,
            kernel: kernel(.evaluate), variants: [("-skipping", kernel(.skipInClusterOrder))])
    }

    /// A step of some of the points as seeds, the points set beforehand: seeds climb many steps on the same points.
    static func seeds(_ settings: BenchmarkSettings) -> BenchmarkCase {
        let points = clusteredPoints(settings)
        let seeds = targets(among: points, settings)
        let (n, m, d) = (points.rows, seeds.rows, points.columns)
        let input = BenchmarkInput(
            .seeds, points: points, targets: seeds, concentration: settings.concentration, threads: settings.threads,
            resultRows: m, resultColumns: d)
        return BenchmarkCase(
            input: input, work: UsefulWork(flops: 2 * UsefulWork.multiplyAdds(m, n, d)),
            twin: shiftTwin(of: seeds, input)
        ) { execution in
            let plan = plan(input, on: execution)
            let result = StepResult(rows: m, dimension: d)
            return {
                result.update(input.output) {
                    plan.shift(seeds.view, concentration: settings.concentration, into: &$0)
                }
            }
        }
    }

    /// Kernel sums at some of the points, the points set beforehand.
    static func sums(_ settings: BenchmarkSettings) -> BenchmarkCase {
        let points = clusteredPoints(settings)
        let targets = targets(among: points, settings)
        let (n, m, d) = (points.rows, targets.rows, points.columns)
        let concentration = Double(settings.concentration)
        let input = BenchmarkInput(
            .sums, points: points, targets: targets, concentration: settings.concentration, threads: settings.threads,
            resultRows: m, resultColumns: 1)
        let twin = NaiveTwin(rows: m) { sample in
            let sums = Reference.kernelSums(
                at: sample.rows(of: targets), of: points, concentration: concentration)
            return Expectation(
                values: column(sums), measure: .relative,
                limit: AccuracyLimits.kernelSum(dimension: d, concentration: concentration, count: n))
        }
        return BenchmarkCase(
            input: input, work: UsefulWork(flops: UsefulWork.multiplyAdds(m, n, d)), twin: twin
        ) { execution in
            let plan = plan(input, on: execution)
            return {
                input.output.update { matrix in
                    var sums = matrix.mutableView
                    plan.kernelSums(at: targets.view, concentration: settings.concentration, into: &sums.elements)
                }
            }
        }
    }

    /// A plan with the input's points set: packed operands and scratch, so that nothing is allocated in a call.
    private static func plan(_ input: BenchmarkInput, on execution: Execution) -> MeanShiftPlan {
        var plan = MeanShiftPlan(capacity: input.points.rows, dimension: input.points.columns, on: execution)
        plan.setPoints(input.points.view)
        return plan
    }

    private static func clusteredPoints(_ settings: BenchmarkSettings) -> Matrix {
        var generator = SeededGenerator(seed: 1)
        return generator.clusteredRows(settings.points, dimension: settings.dimension)
    }

    /// Targets spread over the points.
    ///
    /// Each is a point, so that no kernel sum is a sum of next to nothing.
    private static func targets(among points: Matrix, _ settings: BenchmarkSettings) -> Matrix {
        let count = settings.targets ?? max(1, settings.points / 4)
        return points.selectingRows((0..<count).map { $0 * points.rows / count })
    }

    private static func shiftTwin(of targets: Matrix, _ input: BenchmarkInput) -> NaiveTwin {
        let concentration = Double(input.concentration!)
        return NaiveTwin(rows: targets.rows) { sample in
            let step = Reference.meanShiftStep(
                of: sample.rows(of: targets), towards: input.points, concentration: concentration)
            return Expectation(
                values: step.shifted, measure: .rowDistance,
                limit: AccuracyLimits.meanShiftRow(
                    dimension: targets.columns, concentration: concentration, count: input.points.rows,
                    length: step.lengths.min()!))
        }
    }
}

/// The result of a step whose shifted points are the output of a benchmark.
private final class StepResult {
    private var step: MeanShiftStep

    init(rows: Int, dimension: Int) {
        step = MeanShiftStep(rows: rows, dimension: dimension)
    }

    /// Calls `body` with the output's memory as that of the shifted points; nothing is copied.
    func update(_ output: BenchmarkOutput, _ body: (inout MeanShiftStep) -> Void) {
        output.update { matrix in
            swap(&matrix, &step.shifted)
            body(&step)
            swap(&matrix, &step.shifted)
        }
    }
}
