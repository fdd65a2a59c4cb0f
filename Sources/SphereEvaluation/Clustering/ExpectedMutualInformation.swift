#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The mutual information to be expected of random partitions with given sizes of regions (Vinh, Epps and Bailey, JMLR
/// 2010, equation 24).
struct ExpectedMutualInformation {
    private let total: Int
    /// log k for small k.
    private var logarithms: [Double] = []

    /// `sum over a, b of E[k / n log(n k / (a b))]` in nats, k being hypergeometric: the pixels that regions of a and b
    /// pixels share by chance.
    ///
    /// Probabilities are not computed from factorials, whose logarithms lose digits with n; each comes from its neighbour by
    /// a ratio, from the most probable k outwards until they no longer count, and all are divided by their sum.
    ///
    /// - Complexity: O(u v w): u and v different sizes, w the width of the distributions, about 20 standard deviations.
    static func value(_ truthSizes: [Int], _ predictedSizes: [Int], total: Int) -> Double {
        var calculator = ExpectedMutualInformation(total: total, largest: truthSizes.max() ?? 0)
        let rows = counted(truthSizes)
        let columns = counted(predictedSizes)
        var sum = 0.0
        for row in rows {
            for column in columns {
                sum += Double(row.times * column.times) * calculator.expectation(row.size, column.size)
            }
        }
        return sum
    }

    private init(total: Int, largest: Int) {
        self.total = total
        logarithms = (0...min(largest, 1 << 16)).map { log(Double($0)) }
    }

    /// Sizes and how often each occurs, ascending.
    private static func counted(_ sizes: [Int]) -> [(size: Int, times: Int)] {
        var result: [(size: Int, times: Int)] = []
        for size in sizes.sorted() {
            if result.last?.size == size { result[result.count - 1].times += 1 } else { result.append((size, 1)) }
        }
        return result
    }

    private func logarithm(_ k: Int) -> Double {
        k < logarithms.count ? logarithms[k] : log(Double(k))
    }

    private mutating func expectation(_ a: Int, _ b: Int) -> Double {
        let (smallest, largest) = (max(0, a + b - total), min(a, b))
        // The mode of the hypergeometric distribution.
        let mode = min(largest, max(smallest, Int((Double(a) + 1) * (Double(b) + 1) / (Double(total) + 2))))
        let offset = log(Double(total)) - log(Double(a)) - log(Double(b))
        var (weights, sum) = (0.0, 0.0)
        func contribution(_ k: Int) -> Double { k == 0 ? 0 : Double(k) * (logarithm(k) + offset) }

        var weight = 1.0
        var k = mode
        while true {
            weights += weight
            sum += weight * contribution(k)
            // Weights fall faster than geometrically from here on: what is left is below the last bit.
            if k == largest || weight < 1e-20 { break }
            weight *=
                Double(a - k) * Double(b - k) / (Double(k + 1) * Double(total - a - b + k + 1))
            k += 1
        }
        weight = 1
        k = mode
        while k > smallest && weight >= 1e-20 {
            weight *= Double(k) * Double(total - a - b + k) / (Double(a - k + 1) * Double(b - k + 1))
            k -= 1
            weights += weight
            sum += weight * contribution(k)
        }
        return sum / weights / Double(total)
    }
}

extension JointHistogram {
    /// Adjusted mutual information: mutual information relative to its expectation for random partitions of the same sizes,
    /// about 0 by chance, 1 for equal partitions (Vinh, Epps and Bailey, JMLR 2010).
    ///
    /// 1 where both maps are one region, 0 where one of them is; undefined without pixels.
    ///
    /// - Complexity: O(u v w), see the source: milliseconds for hundreds of regions.
    public func adjustedMutualInformation(_ mean: InformationMean = .arithmetic) -> MetricValue {
        if total == 0 { return .undefined(.noPixels) }
        if truthLabels.count == 1 || predictedLabels.count == 1 {
            return .defined(truthLabels.count == predictedLabels.count ? 1 : 0)
        }
        // Equal partitions, those into single pixels above all, whose expectation leaves 0 / 0.
        if cells.count == truthLabels.count && cells.count == predictedLabels.count { return .defined(1) }
        let expected = ExpectedMutualInformation.value(truthSizes, predictedSizes, total: total)
        let scale = mean(Self.entropy(truthSizes, total), Self.entropy(predictedSizes, total)) - expected
        // The least that a difference of entropies can be told from 0, with its sign.
        func away(_ difference: Double) -> Double {
            difference < 0 ? min(difference, -Double.ulpOfOne) : max(difference, Double.ulpOfOne)
        }
        return .defined(away(mutualInformationInNats - expected) / away(scale))
    }
}
