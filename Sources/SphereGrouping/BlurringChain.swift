public import SphereKernels

/// Steps of blurring mean shift on the same points, fewer and fewer of which are distinct.
///
/// A step moves every point x_i, with weights w_j, to the direction of
///
///     u_i = sum over j of w_j exp(kappa (x_i . x_j - 1)) x_j
///
/// (``MeanShiftPlan``, eta = 1). Blurring draws groups together with cubic order; after a few steps their points have met. With an accuracy to spend, points within a
/// small radius become one weighted point, which later steps evaluate once; every point remembers the one that stands for it.
///
/// ```swift
/// var chain = BlurringChain(points, concentration: 100, accuracy: .within(1e-4))
/// for _ in 0..<10 { chain.step() }
/// chain.shifted            // all N points after ten steps
/// chain.certifiedAngle     // no point is farther than this from the exact chain's, in radians; at most 1e-4
/// chain.evaluatedShare     // kernel evaluations in parts of the ten N x N that the exact chain has
/// ```
///
/// ``certifiedAngle`` bounds the distance to the chain of exact steps in exact arithmetic, point by point and step by step
/// (docs/math.md, "Coalescence"). It does not count rounding, of which ``roundingAngle(concentration:)`` is the scale, nor tiles that
/// are below half a unit in the last place of every sum (``MeanShiftPlan/negligibleTiles``). Where it would exceed the accuracy, the
/// chain goes back to the points before the first merge and merges with a smaller radius, in the end not at all.
///
/// Steps before points have met are exact, or, with a ``KernelSummation``, those of the summation as long as its bounds stay within the accuracy.
///
/// Source: Carreira-Perpinan, "Acceleration strategies for Gaussian mean-shift image segmentation", CVPR 2006, whose merging has no bound.
public struct BlurringChain: ~Copyable {
    /// How far points may be from those of the exact chain.
    public enum Accuracy: Sendable, Hashable {
        /// Every step evaluates all points.
        case exact
        /// No point is farther than this angle, in radians, after any step.
        case within(Double)
    }

    /// kappa.
    public let concentration: Float
    /// What was asked for.
    public let accuracy: Accuracy
    /// Threads and instruction set.
    public let execution: Execution
    /// Number of points N.
    public var pointCount: Int { state.representatives.count }
    /// Steps that have been made.
    public var stepCount: Int { state.steps }
    /// The points that are still distinct, unit rows, in the order of their first members.
    public var distinct: Matrix { state.points }
    /// The row of ``distinct`` that stands for every point.
    public var representatives: [Int32] { state.representatives }
    /// The number of points that each row of ``distinct`` stands for.
    public var multiplicities: [Int] { state.multiplicities }
    /// The mean chord that the points moved in the last step.
    public private(set) var meanMovement = 0.0
    /// Kernel evaluations so far, of ordered pairs, with those of steps that were made again.
    public private(set) var kernelEvaluations = 0.0

    private struct State {
        var points: Matrix
        /// Of the distinct points; all 1 at first, unless points have weights.
        var weights: [Float]
        var multiplicities: [Int]
        var representatives: [Int32]
        /// Bounds of the angles to the exact points, one for each distinct point.
        var angles: [Double]
        var steps = 0
        var isExact = true
    }

    private var state: State
    /// The last points before the first step or merge that is not exact.
    private var exactState: State?
    /// The last points before the first merge.
    private var unmergedState: State?
    private var next: MeanShiftStep
    private var plan: MeanShiftPlan
    private var radius: Double
    private var summation: (any KernelSummation)?
    /// Whether the summation makes steps before anything has been merged; it always makes those of many merged points, whose bounds it has at hand.
    private var summationIsFirst = true
    /// How often merging has cost more than the accuracy.
    private var failures = 0
    private let hasWeights: Bool
    /// Fewer points than this are not worth merging.
    private let fewestPoints: Int

    /// Radii in parts of the accuracy: errors grow by factors of up to some tens while stragglers are on their way.
    private static let radiusShare = 1.0 / 32
    /// What the radius is divided by after a failure.
    private static let radiusFactor = 8.0
    /// After as many there is no merging: points that drift for long cost more than they save.
    private static let mostFailures = 3
    /// Below this angle float32 points do not meet.
    private static let smallestRadius = 0x1p-22
    /// As many distinct points in a bound cost what the square of this many does in a step.
    private static let leastReduction = 5
    /// Fewer distinct points are evaluated pair by pair, and so are their bounds.
    private static let fewestSummedPoints = 3072

    /// The scale of rounding errors of a step, in radians: 2^-22 (1 + kappa / 4).
    ///
    /// A kernel value has kappa times the error of a float32 cosine. No accuracy below this is accepted.
    public static func roundingAngle(concentration: Double) -> Double { 0x1p-22 * (1 + concentration / 4) }

    /// A chain that begins at `points`.
    ///
    /// - Parameters:
    ///   - points: N x D finite unit rows.
    ///   - weights: N, finite and more than 0; `nil`: 1 each.
    ///   - concentration: kappa, more than 0, at most ``MeanShiftPlan/largestConcentration``.
    ///   - accuracy: at least ``roundingAngle(concentration:)`` where it is not exact.
    ///   - summation: makes the steps of many points where the accuracy is not exact; `nil`: none.
    /// - Precondition: the ranges above.
    /// - Complexity: O(N D) memory, twice that once points have been merged.
    public init(
        _ points: Matrix, weights: [Float]? = nil, concentration: Float, accuracy: Accuracy = .exact,
        summation: (any KernelSummation.Type)? = nil, on execution: Execution = .default
    ) {
        self.init(
            points, weights: weights, concentration: concentration, accuracy: accuracy, fewestPoints: 512, on: execution
        )
        if accuracy != .exact && points.rows >= Self.fewestSummedPoints {
            self.summation = summation?.forChain(
                of: points.rows, dimension: points.columns, concentration: Double(concentration), on: execution)
        }
    }

    /// A chain that merges as few as `fewestPoints` points.
    package init(
        _ points: Matrix, weights: [Float]?, concentration: Float, accuracy: Accuracy, fewestPoints: Int,
        on execution: Execution
    ) {
        require(
            concentration > 0 && concentration <= MeanShiftPlan.largestConcentration,
            "concentration must be in (0, \(MeanShiftPlan.largestConcentration)], found \(concentration)")
        if let weights {
            require(weights.count == points.rows, "\(weights.count) weights for \(points.rows) points")
            for (index, weight) in weights.enumerated() where !(weight > 0 && weight < .infinity) {
                require(false, "weight \(index) must be finite and more than 0, found \(weight)")
            }
        }
        radius = 0
        if case .within(let angle) = accuracy {
            let least = Self.roundingAngle(concentration: Double(concentration))
            require(
                angle >= least,
                "the accuracy must be at least \(least), the rounding of a step of concentration \(concentration), found \(angle)"
            )
            radius = angle * Self.radiusShare
        }
        self.concentration = concentration
        self.accuracy = accuracy
        self.execution = execution
        self.fewestPoints = fewestPoints
        hasWeights = weights != nil
        summation = nil
        state = State(
            points: points, weights: weights ?? [Float](repeating: 1, count: points.rows),
            multiplicities: [Int](repeating: 1, count: points.rows),
            representatives: (0..<Int32(points.rows)).map { $0 }, angles: [Double](repeating: 0, count: points.rows))
        next = MeanShiftStep(rows: points.rows, dimension: points.columns)
        plan = MeanShiftPlan(capacity: points.rows, dimension: points.columns, on: execution)
    }

    /// The largest angle between a point and that of the exact chain, in radians, without rounding.
    public var certifiedAngle: Double { state.isExact ? 0 : state.angles.max() ?? 0 }

    /// A bound for every point, see ``certifiedAngle``.
    public var certifiedAngles: [Double] { state.representatives.map { state.angles[Int($0)] } }

    /// ``kernelEvaluations`` in parts of the N x N of every step; 1 without a step.
    public var evaluatedShare: Double {
        let all = Double(stepCount) * Double(pointCount) * Double(pointCount)
        return all == 0 ? 1 : kernelEvaluations / all
    }

    /// All N points as they are now, unit rows.
    public var shifted: Matrix {
        var shifted = Matrix(rows: pointCount, columns: distinct.columns)
        for (row, representative) in representatives.enumerated() {
            for k in 0..<distinct.columns { shifted[row, k] = distinct[Int(representative), k] }
        }
        return shifted
    }

    /// Makes a step.
    ///
    /// - Complexity: O(M^2 D) for M distinct points; once there are merged ones, as much again for the bound.
    public mutating func step() {
        let target = state.steps + 1
        while state.steps < target {
            advance()
            guard case .within(let limit) = accuracy else { continue }
            if certifiedAngle <= limit {
                coalesce(limit)
            } else {
                goBack()
            }
        }
    }

    private mutating func advance() {
        let rows = state.points.rows
        let points = state.points
        let weights = rows == pointCount && !hasWeights ? nil : state.weights
        if let summation, rows >= Self.fewestSummedPoints, summationIsFirst || !state.isExact {
            keepExactState()
            let step = summation.step(points, weights: weights, angles: state.isExact ? nil : state.angles)
            kernelEvaluations += step.kernelEvaluations
            next = step.moved
            state.angles = step.angles
            state.isExact = false
        } else {
            if next.shifted.rows != rows { next = MeanShiftStep(rows: rows, dimension: points.columns) }
            plan.blur(points.view, weights: weights, concentration: concentration, into: &next)
            kernelEvaluations += plan.evaluatedShare * Double(rows) * Double(rows)
            if !state.isExact {
                state.angles = ChainCertificate.angles(
                    after: state.angles, from: points, to: next.shifted, weights: state.weights,
                    concentration: Double(concentration), on: execution)
            }
        }
        var total = 0.0
        for row in 0..<rows {
            var square: Float = 0
            for (x, y) in zip(points.row(row), next.shifted.row(row)) { square += (x - y) * (x - y) }
            total += Double(state.multiplicities[row]) * Double(square.squareRoot())
        }
        meanMovement = pointCount == 0 ? 0 : total / Double(pointCount)
        swap(&state.points, &next.shifted)
        state.steps += 1
    }

    /// Remembers the points before the first step or merge that is not exact.
    private mutating func keepExactState() {
        if state.isExact { exactState = state }
    }

    private mutating func coalesce(_ limit: Double) {
        let rows = state.points.rows
        if rows < fewestPoints || radius < Self.smallestRadius { return }
        // Steps that skip most tiles are cheap, bounds are of all pairs.
        let reduction = Double(Self.leastReduction) / plan.evaluatedShare.squareRoot()
        let most = state.isExact ? Int(Double(rows) / reduction) : rows / 2
        guard
            let merged = Coalescence(
                state.points, weights: state.weights, multiplicities: state.multiplicities, angles: state.angles,
                radius: Float(radius), limit: most),
            merged.angles.max()! <= limit
        else { return }
        keepExactState()
        if rows == pointCount { unmergedState = state }
        state.points = merged.points
        state.weights = merged.weights
        state.multiplicities = merged.multiplicities
        state.angles = merged.angles
        for index in state.representatives.indices {
            state.representatives[index] = merged.assignment[Int(state.representatives[index])]
        }
        state.isExact = false
    }

    /// Returns to the points before the first merge, to merge with a smaller radius, or where nothing is merged to the last exact points, to go
    /// on without a summation.
    private mutating func goBack() {
        if state.points.rows < pointCount {
            state = unmergedState!
            failures += 1
            radius = failures < Self.mostFailures ? radius / Self.radiusFactor : 0
        } else {
            state = exactState!
            summationIsFirst = false
        }
    }
}
