internal import SphereKernels
internal import SphereTheory

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A partition of shifted points while small groups are being joined, by the rules of ``ReadOut``.
struct GroupReader {
    /// The group of every shifted point.
    private(set) var labels: [Int]
    /// The mode of each group, unit rows.
    private(set) var modes: Matrix
    /// Weight of each group: its number of original points.
    private(set) var sizes: [Int]

    private let shifted: Matrix
    /// Number of original points that each shifted point stands for.
    private let multiplicities: [Int]
    private let execution: Execution

    /// The cores of `shifted` (unit rows), where row i stands for `multiplicities[i]` points.
    init(shifted: Matrix, multiplicities: [Int], coreCosine: Float, on execution: Execution) {
        self.shifted = shifted
        self.multiplicities = multiplicities
        self.execution = execution
        labels = ConnectedComponents.labels(of: shifted, minimumCosine: coreCosine, on: execution)
        (modes, sizes) = Self.summary(shifted, labels, multiplicities)
    }

    /// Joins groups by the rules of `readOut` that come after the cores.
    mutating func apply(_ readOut: ReadOut, concentration: Concentration) {
        if let coarse = readOut.coarseConcentration { coarsen(coarse) }
        switch readOut.smallGroups {
        case .keep, .unlabelled: break
        case .join(let minimum): join(fewerThan: Double(minimum), withinExponent: .infinity, concentration)
        case .joinFragments:
            let effective = Double(sizes.reduce(0, +)) / effectiveGroupCount
            join(fewerThan: effective / 15, withinExponent: 10, concentration)
            join(fewerThan: effective / 50, withinExponent: 50, concentration)
        }
    }

    /// Steps at a coarser concentration.
    private static let coarseSteps = 10

    /// Groups whose modes meet under mean shift at `kappa`, weighted by their sizes, become one.
    private mutating func coarsen(_ kappa: Concentration) {
        if sizes.count < 2 { return }
        // A seed that no point belongs to still has a place.
        var chain = BlurringChain(
            modes, weights: sizes.map { Float(max(1, $0)) }, concentration: Float(kappa.value), on: execution)
        for _ in 0..<Self.coarseSteps { chain.step() }
        let coarse = ConnectedComponents.labels(
            of: chain.distinct, minimumCosine: ReadOut().coreCosine(kappa), on: execution)
        let representatives = chain.representatives
        labels = labels.map { coarse[Int(representatives[$0])] }
        (modes, sizes) = Self.summary(shifted, labels, multiplicities)
    }

    /// e to the entropy of the groups' shares: the number of equal groups that would be as hard to guess.
    private var effectiveGroupCount: Double {
        let total = Double(sizes.reduce(0, +))
        let entropy = sizes.reduce(0.0) { sum, size in
            let share = Double(size) / total
            return share > 0 ? sum - share * log(share) : sum
        }
        return exp(entropy)
    }

    /// Every group of fewer than `minimum` points joins the nearest larger group, if kappa (1 - cos) <= `exponent`.
    ///
    /// All at once, so that the result does not depend on an order.
    private mutating func join(fewerThan minimum: Double, withinExponent exponent: Double, _ kappa: Concentration) {
        let small = sizes.indices.filter { Double(sizes[$0]) < minimum }
        if small.isEmpty { return }
        let smallestCosine = Float(max(-1, 1 - exponent / kappa.value))
        var sets = DisjointSets(count: sizes.count)
        let blockSize = 256
        for start in stride(from: 0, to: small.count, by: blockSize) {
            let block = Array(small[start..<min(start + blockSize, small.count)])
            let cosines = CosineSimilarity.allPairs(modes.selectingRows(block), modes, on: execution)
            for (i, group) in block.enumerated() {
                var best: (group: Int, cosine: Float)?
                for (other, cosine) in cosines.row(i).enumerated()
                where sizes[other] > sizes[group] && cosine > best?.cosine ?? -2 {
                    best = (other, cosine)
                }
                if let best, best.cosine >= smallestCosine { sets.join(group, best.group) }
            }
        }
        let joined = sets.labels()
        labels = labels.map { joined[$0] }
        (modes, sizes) = Self.summary(shifted, labels, multiplicities)
    }

    /// Normalised mean and number of points of each group.
    ///
    /// A mean of zero, of points all around, is replaced by the first
    /// point of the group.
    private static func summary(
        _ shifted: Matrix, _ labels: [Int], _ multiplicities: [Int]
    ) -> (modes: Matrix, sizes: [Int]) {
        let groups = (labels.max() ?? -1) + 1
        let dimension = shifted.columns
        var sums = [Double](repeating: 0, count: groups * dimension)
        var sizes = [Int](repeating: 0, count: groups)
        var first = [Int](repeating: -1, count: groups)
        for (point, group) in labels.enumerated() {
            if first[group] < 0 { first[group] = point }
            sizes[group] += multiplicities[point]
            // A seed that no point belongs to still has a place.
            let weight = Double(max(1, multiplicities[point]))
            for (k, x) in shifted.row(point).enumerated() { sums[group * dimension + k] += weight * Double(x) }
        }
        var modes = Matrix(rows: groups, columns: dimension)
        for group in 0..<groups {
            let sum = sums[group * dimension..<(group + 1) * dimension]
            let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
            for (k, x) in sum.enumerated() {
                modes[group, k] = length > 1e-6 ? Float(x / length) : shifted[first[group], k]
            }
        }
        return (modes, sizes)
    }
}
