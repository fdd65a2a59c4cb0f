internal import SphereKernels
internal import SphereNetworks
public import SphereReports

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What training through mean shift does, on a line: three heaps of numbers, of which the right two are one class.
///
/// 300 samples each (1,000 in the original) of N(3, 0.2), N(4, 0.3) and N(5, 0.1) (standard deviations). A number x is of class 2 if x >= 3.5, else of
/// class 1, and a fixed regressor r(x) = 0.5 x - 0.5 is to tell the class: heaps at 3 and 5 are right, the one at 4 is not. The numbers
/// themselves are moved by 30 steps of 0.1 N times the gradient of the mean squared error, either of the numbers (without loops) or
/// summed over five loops of Gaussian blurring mean shift with bandwidth 0.1. Afterwards five loops of half that bandwidth show which
/// heaps are one. Through the loops the middle heap has merged with the right one; without, it is left at 4.8 (released code of Kong and
/// Fowlkes, CVPR 2018, demo 5).
public struct LineDemonstration: Sendable {
    /// The numbers before the training, heap by heap.
    public let start: [Double]
    /// After the training without loops.
    public let withoutLoops: [Double]
    /// After the training through the loops.
    public let throughLoops: [Double]

    private static let loops = 5
    private static let steps = 30

    /// Runs both trainings.
    ///
    /// - Complexity: O(30 x 5 x N^2) for N = 900, about a second.
    public init(seed: UInt64 = 1) {
        var random = TrainingGenerator(seed: seed)
        start = [(3, 0.2), (4, 0.3), (5, 0.1)].flatMap { mean, deviation in
            (0..<300).map { _ in mean + deviation * random.normal() }
        }
        let targets = start.map { $0 >= 3.5 ? 2.0 : 1.0 }
        withoutLoops = Self.trained(start, targets: targets, loops: 0)
        throughLoops = Self.trained(start, targets: targets, loops: Self.loops)
    }

    private init(start: [Double], withoutLoops: [Double], throughLoops: [Double]) {
        self.start = start
        self.withoutLoops = withoutLoops
        self.throughLoops = throughLoops
    }

    /// All three after the five loops of bandwidth 0.05.
    public var grouped: LineDemonstration {
        func grouped(_ numbers: [Double]) -> [Double] {
            (0..<Self.loops).reduce(numbers) { shifted, _ in Self.blurred(shifted, bandwidth: 0.05).shifted }
        }
        return LineDemonstration(
            start: grouped(start), withoutLoops: grouped(withoutLoops), throughLoops: grouped(throughLoops))
    }

    private static func trained(_ start: [Double], targets: [Double], loops: Int) -> [Double] {
        var numbers = start
        for _ in 0..<steps {
            let gradient = gradient(of: numbers, targets: targets, loops: loops)
            for i in numbers.indices { numbers[i] -= 0.1 * Double(numbers.count) * gradient[i] }
        }
        return numbers
    }

    /// The gradient of the mean of (r(x) - target)^2, summed over the loops, or of the numbers themselves without loops.
    static func gradient(of numbers: [Double], targets: [Double], loops: Int) -> [Double] {
        func own(_ numbers: [Double]) -> [Double] {
            numbers.indices.map { (0.5 * numbers[$0] - 0.5 - targets[$0]) / Double(numbers.count) }
        }
        if loops == 0 { return own(numbers) }
        var states = [numbers]
        var sums: [[Double]] = []
        for _ in 0..<loops {
            let step = blurred(states.last!, bandwidth: 0.1)
            states.append(step.shifted)
            sums.append(step.sums)
        }
        var upstream = [Double](repeating: 0, count: numbers.count)
        for loop in (0..<loops).reversed() {
            let here = own(states[loop + 1])
            for i in upstream.indices { upstream[i] += here[i] }
            upstream = propagated(
                upstream, from: states[loop], to: states[loop + 1], sums: sums[loop], bandwidth: 0.1)
        }
        return upstream
    }

    /// x'_i = sum over j of K_ij x_j / d_i with K_ij = exp(-(x_i - x_j)^2 / (2 h^2)) and d_i = sum over j of K_ij.
    static func blurred(_ numbers: [Double], bandwidth: Double) -> (shifted: [Double], sums: [Double]) {
        let factor = -1 / (2 * bandwidth * bandwidth)
        var shifted = numbers
        var sums = numbers
        for i in numbers.indices {
            var (mean, sum) = (0.0, 0.0)
            for x in numbers {
                let difference = numbers[i] - x
                let kernel = exp(difference * difference * factor)
                mean += kernel * x
                sum += kernel
            }
            shifted[i] = mean / sum
            sums[i] = sum
        }
        return (shifted, sums)
    }

    /// dL/dx from g = dL/dx' of one loop: with c_ij = g_i K_ij / d_i,
    /// dL/dx_j = sum over i of c_ij (1 + (x_j - x'_i)(x_i - x_j) / h^2) - sum over i of c_ji (x_i - x'_j)(x_j - x_i) / h^2.
    static func propagated(
        _ upstream: [Double], from numbers: [Double], to shifted: [Double], sums: [Double], bandwidth: Double
    ) -> [Double] {
        let square = bandwidth * bandwidth
        var result = [Double](repeating: 0, count: numbers.count)
        for i in numbers.indices {
            let share = upstream[i] / sums[i]
            var own = 0.0
            for j in numbers.indices {
                let difference = numbers[i] - numbers[j]
                let weight = share * exp(-difference * difference / (2 * square))
                let slope = weight * (numbers[j] - shifted[i]) * difference / square
                result[j] += weight + slope
                own -= slope
            }
            result[i] += own
        }
        return result
    }

    /// The number of points in each twentieth of [2, 6]: before the training, after both.
    public var plot: LinePlot {
        func heap(_ numbers: [Double]) -> [LinePlot.Point] {
            var counts = [Double](repeating: 0, count: 80)
            for x in numbers where x >= 2 && x < 6 { counts[Int((x - 2) * 20)] += 1 }
            return counts.enumerated().map { .init(x: 2.025 + Double($0) / 20, y: $1) }
        }
        return LinePlot(
            title: "Three heaps, the right two of one class", x: .init("x"), y: .init("points in 1/20"),
            series: [
                .init("before training", points: heap(start)),
                .init("trained without loops", points: heap(withoutLoops)),
                .init("trained through five loops", points: heap(throughLoops)),
            ])
    }
}
