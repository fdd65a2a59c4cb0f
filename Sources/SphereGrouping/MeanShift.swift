public import SphereKernels
internal import SphereTheory

/// Grouping of points on the unit sphere by mean shift with the von Mises-Fisher kernel.
///
/// ```swift
/// let grouping = try MeanShift(concentration: 100).group(points)
/// grouping.labels     // one group number per row of points, 0 the largest group
/// ```
///
/// **Blurring** (the default; Carreira-Perpinan 2006, Kong and Fowlkes 2018): all points move to the kernel-weighted mean of
/// all, again and again; they collapse onto the modes with cubic order. **Seeds** (for large N): M points, spread over
/// the data farthest first, climb on the fixed points, and every point belongs to its nearest mode.
///
/// Rows are directions: their lengths are ignored. Labels are read off by ``ReadOut``.
public struct MeanShift: Sendable {
    /// The concentration kappa of the kernel exp(kappa (cos - 1)).
    public var concentration: ConcentrationChoice
    /// When to stop.
    public var iterations: Iterations
    /// eta in (0, 1]: how far a point moves towards the mean of its neighbours; 1 moves it there.
    public var stepSize: Float
    /// Number of seeds that climb on the fixed points; `nil` moves all points (blurring).
    public var seeds: Int?
    /// How far points may be from those of exact steps; with seeds, or a step size below 1, every step is exact.
    public var accuracy: Accuracy
    /// Makes the steps of many points where it can and the accuracy is not exact; `nil`: none.
    public var summation: (any KernelSummation.Type)?
    /// How groups are read off the shifted points.
    public var readOut: ReadOut
    /// Threads and instruction set.
    public var execution: Execution

    /// How far points may be from those of exact steps.
    public enum Accuracy: Sendable, Hashable {
        /// Every step evaluates all points.
        case exact
        /// No point is farther than this angle, in radians, after any step: points that have met become one, ``BlurringChain``.
        case within(Double)
        /// Within 1e-4, or four times ``BlurringChain/roundingAngle(concentration:)`` if that is more.
        case tight
    }

    /// When mean shift stops.
    public enum Iterations: Sendable, Hashable {
        /// After this many loops, 0 or more.
        case count(Int)
        /// When the groups have collapsed: the mean distance that the points moved in a loop is at most `tolerance` times
        /// the bandwidth 1 / sqrt(kappa) and no longer grows (Carreira-Perpinan 2006). At the latest after `maximum` loops.
        ///
        /// Blurring has two phases: groups collapse onto their modes within a few loops, then modes drift together and merge,
        /// at last into one. The mean distance tells the end of the first. Single points between modes may still be on
        /// their way; the read-out takes care of them.
        case untilConverged(tolerance: Double = 0.03, maximum: Int = 100)
    }

    /// Mean shift with the given kernel; the other settings have the documented defaults.
    ///
    /// Settings are checked by ``group(_:onIteration:)``: `stepSize` in (0, 1], `seeds` at least 1, no negative number of
    /// iterations, a quantile in (0, 1], a merge cosine in [-1, 1].
    public init(
        concentration: ConcentrationChoice, iterations: Iterations = .untilConverged(), stepSize: Float = 1,
        seeds: Int? = nil, accuracy: Accuracy = .exact, readOut: ReadOut = ReadOut(), execution: Execution = .default
    ) {
        self.concentration = concentration
        self.iterations = iterations
        self.stepSize = stepSize
        self.seeds = seeds
        self.accuracy = accuracy
        self.readOut = readOut
        self.execution = execution
    }

    /// What has happened after an iteration.
    public struct Progress: Sendable {
        /// Number of the iteration, 1 for the first.
        public let iteration: Int
        /// The most iterations there will be.
        public let maximum: Int
        /// Mean chord that the points moved in this iteration.
        public let meanMovement: Double
        /// The points that are still distinct, or the seeds, after this iteration: unit rows.
        ///
        /// With ``Accuracy/exact`` these are all points.
        public let shifted: Matrix
    }

    /// Groups the rows of `points` (N x D).
    ///
    /// - Parameters:
    ///   - points: N >= 1 directions of D >= 1 coordinates; lengths are ignored.
    ///   - onIteration: called after every iteration.
    /// - Precondition: the settings are valid, see ``init(concentration:iterations:stepSize:seeds:accuracy:readOut:execution:)``.
    /// - Throws: ``GroupingError`` for an empty matrix, NaN, infinity or a zero row, or an accuracy below rounding.
    /// - Complexity: per iteration O(N^2 D) time (with M seeds O(M N D), with M points still distinct O(M^2 D)); O(N D) memory.
    public func group(
        _ points: Matrix, onIteration: ((Progress) -> Void)? = nil
    ) throws(GroupingError) -> Grouping {
        requireValid()
        let points = try Directions(points, on: execution).points
        let kappa =
            switch concentration {
            case .fixed(let value): value
            case .quantile(let quantile):
                ConcentrationEstimate.concentration(of: points, quantile: quantile, on: execution)
            }
        require(
            kappa.value <= Double(MeanShiftPlan.largestConcentration),
            "concentration must be at most \(MeanShiftPlan.largestConcentration), found \(kappa.value)")
        if let seeds { return group(points, seeds: seeds, kappa, onIteration) }
        let run = try blur(points, kappa, onIteration)
        var reader = GroupReader(
            shifted: run.shifted, multiplicities: run.multiplicities, coreCosine: readOut.coreCosine(kappa),
            on: execution)
        reader.apply(readOut, concentration: kappa)
        let labels = run.representatives.map { reader.labels[Int($0)] }
        return grouping(of: points, labels, reader, run, kappa)
    }

    /// Groups around seeds that climb on the fixed points.
    private func group(
        _ points: Matrix, seeds: Int, _ kappa: Concentration, _ onIteration: ((Progress) -> Void)?
    ) -> Grouping {
        let rows = SeedSelection.farthestFirst(seeds, of: points, on: execution)
        let run = climb(points.selectingRows(rows), on: points, kappa, onIteration)
        let nearest = ModeAssignment(of: points, to: run.shifted, on: execution).nearest
        var multiplicities = [Int](repeating: 0, count: run.shifted.rows)
        for seed in nearest { multiplicities[seed] += 1 }
        var reader = GroupReader(
            shifted: run.shifted, multiplicities: multiplicities, coreCosine: readOut.coreCosine(kappa),
            on: execution)
        reader.apply(readOut, concentration: kappa)
        return grouping(of: points, nearest.map { reader.labels[$0] }, reader, run, kappa)
    }

    /// Stops the program on settings that make no sense; the properties may have changed since `init`.
    private func requireValid() {
        require(stepSize > 0 && stepSize <= 1, "step size must be in (0, 1], found \(stepSize)")
        require(seeds ?? 1 >= 1, "seeds must be 1 or more, found \(seeds ?? 1)")
        let maximum =
            switch iterations {
            case .count(let count): count
            case .untilConverged(_, let maximum): maximum
            }
        require(maximum >= 0, "iterations must be 0 or more, found \(maximum)")
        if case .quantile(let quantile) = concentration {
            require(quantile > 0 && quantile <= 1, "the quantile of neighbours must be in (0, 1], found \(quantile)")
        }
        if let coarse = readOut.coarseConcentration {
            require(
                coarse.value <= Double(MeanShiftPlan.largestConcentration),
                "the coarse concentration must be at most \(MeanShiftPlan.largestConcentration), found \(coarse.value)")
        }
        if let cosine = readOut.mergeCosine {
            require(cosine >= -1 && cosine <= 1, "merge cosine must be in [-1, 1], found \(cosine)")
        }
    }

    private struct Run {
        /// The distinct points, or the seeds.
        var shifted: Matrix
        /// The row of `shifted` that stands for every point, and how many each stands for.
        var representatives: [Int32]
        var multiplicities: [Int]
        var certifiedAngle = 0.0
        var evaluatedShare = 1.0
        var iterations = 0
        var isConverged = false
        private var lastMovement = 0.0

        init(_ points: Matrix) {
            shifted = points
            representatives = (0..<Int32(points.rows)).map { $0 }
            multiplicities = [Int](repeating: 1, count: points.rows)
        }

        /// Counts an iteration, and decides whether it was the last one.
        mutating func count(movement: Double, tolerance: Double?) {
            iterations += 1
            // Sparse points start slowly: a small movement that grows is no end, unless it is next to nothing.
            if let tolerance { isConverged = movement <= min(tolerance, max(lastMovement, tolerance / 100)) }
            lastMovement = movement
        }
    }

    private func limits(_ kappa: Concentration) -> (maximum: Int, tolerance: Double?) {
        switch iterations {
        case .count(let count): (count, nil)
        case .untilConverged(let tolerance, let maximum): (maximum, tolerance * kappa.bandwidth)
        }
    }

    /// The accuracy of the chain.
    private func chainAccuracy(_ kappa: Concentration) throws(GroupingError) -> BlurringChain.Accuracy {
        let least = BlurringChain.roundingAngle(concentration: kappa.value)
        switch accuracy {
        case .exact: return .exact
        case .tight: return .within(max(1e-4, 4 * least))
        case .within(let angle):
            if angle >= least { return .within(angle) }
            throw .accuracyBelowRounding(angle: angle, least: least, concentration: kappa.value)
        }
    }

    /// Moves all points on themselves.
    private func blur(
        _ points: Matrix, _ kappa: Concentration, _ onIteration: ((Progress) -> Void)?
    ) throws(GroupingError) -> Run {
        let accuracy = try chainAccuracy(kappa)
        if stepSize < 1 { return climb(points, on: nil, kappa, onIteration) }
        let (maximum, tolerance) = limits(kappa)
        var chain = BlurringChain(
            points, concentration: Float(kappa.value), accuracy: accuracy, summation: summation, on: execution)
        var run = Run(points)
        while run.iterations < maximum && !run.isConverged {
            chain.step()
            run.count(movement: chain.meanMovement, tolerance: tolerance)
            onIteration?(
                Progress(
                    iteration: run.iterations, maximum: maximum, meanMovement: chain.meanMovement,
                    shifted: chain.distinct))
        }
        run.shifted = chain.distinct
        run.representatives = chain.representatives
        run.multiplicities = chain.multiplicities
        run.certifiedAngle = chain.certifiedAngle
        run.evaluatedShare = chain.evaluatedShare
        return run
    }

    /// Moves `start` on `fixedPoints`, or on themselves.
    private func climb(
        _ start: Matrix, on fixedPoints: Matrix?, _ kappa: Concentration, _ onIteration: ((Progress) -> Void)?
    ) -> Run {
        let (maximum, tolerance) = limits(kappa)
        var plan = MeanShiftPlan(
            capacity: (fixedPoints ?? start).rows, dimension: start.columns, on: execution)
        if let fixedPoints { plan.setPoints(fixedPoints.view) }
        var run = Run(start)
        // Two sets of points that take turns: a loop reads one and writes the other.
        var next = MeanShiftStep(rows: start.rows, dimension: start.columns)
        while run.iterations < maximum && !run.isConverged {
            if fixedPoints == nil {
                plan.blur(run.shifted.view, concentration: Float(kappa.value), stepSize: stepSize, into: &next)
            } else {
                plan.shift(run.shifted.view, concentration: Float(kappa.value), stepSize: stepSize, into: &next)
            }
            let movement = meanDistance(run.shifted, next.shifted)
            swap(&run.shifted, &next.shifted)
            run.count(movement: movement, tolerance: tolerance)
            onIteration?(
                Progress(iteration: run.iterations, maximum: maximum, meanMovement: movement, shifted: run.shifted))
        }
        return run
    }

    /// Mean chord between corresponding rows.
    private func meanDistance(_ a: Matrix, _ b: Matrix) -> Double {
        var total = 0.0
        for i in 0..<a.rows {
            var square: Float = 0
            for (x, y) in zip(a.row(i), b.row(i)) { square += (x - y) * (x - y) }
            total += Double(square.squareRoot())
        }
        return a.rows == 0 ? 0 : total / Double(a.rows)
    }

    /// Numbers the groups by falling size, leaves out empty and unlabelled ones, and scores them.
    private func grouping(
        of points: Matrix, _ labels: [Int], _ reader: GroupReader, _ run: Run, _ kappa: Concentration
    ) -> Grouping {
        var minimum = 1
        if case .unlabelled(let fewerThan) = readOut.smallGroups { minimum = max(1, fewerThan) }
        // Groups are numbered by first appearance, so equal sizes keep that order.
        let order = reader.sizes.indices.filter { reader.sizes[$0] >= minimum }
            .sorted { (-reader.sizes[$0], $0) < (-reader.sizes[$1], $1) }
        var numbers = [Int](repeating: -1, count: reader.sizes.count)
        for (number, group) in order.enumerated() { numbers[group] = number }
        let modes = reader.modes.selectingRows(order)
        let numbered = labels.map { numbers[$0] }
        return Grouping(
            labels: numbered.map(Int32.init), modes: modes, sizes: order.map { reader.sizes[$0] },
            scores: scores(of: points, numbered, modes),
            shifted: seeds == nil && run.shifted.rows < points.rows
                ? run.shifted.selectingRows(run.representatives.map(Int.init)) : run.shifted,
            iterations: run.iterations, isConverged: run.isConverged, concentration: kappa,
            certifiedAngle: run.certifiedAngle, evaluatedShare: run.evaluatedShare)
    }

    /// See ``Grouping/scores``.
    private func scores(of points: Matrix, _ labels: [Int], _ modes: Matrix) -> [Float] {
        if modes.rows == 0 { return [] }
        let assignment = ModeAssignment(
            of: points, to: modes, owners: labels.map { max(0, $0) }, on: execution)
        var sums = [Double](repeating: 0, count: modes.rows)
        var counts = [Int](repeating: 0, count: modes.rows)
        for (point, label) in labels.enumerated() where label >= 0 {
            let own = 1 - Double(assignment.ownCosines[point])
            let other = min(1, 1 - Double(assignment.otherCosines[point]))
            sums[label] += own == other ? 0 : (other - own) / max(own, other)
            counts[label] += 1
        }
        return zip(sums, counts).map { Float($0 / Double($1)) }
    }
}
