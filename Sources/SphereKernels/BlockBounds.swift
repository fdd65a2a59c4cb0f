#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Proves pairs of blocks of points negligible.
///
/// With the means m_A, m_B of two blocks and the largest distances r_A, r_B of their points from them, for every x in A and
/// y in B
///
///     x . y = x . m_B + m_A . y - m_A . m_B + (x - m_A) . (y - m_B)
///          <= max over A of x . m_B + max over B of y . m_A - m_A . m_B + r_A r_B
///
/// The pair is negligible when even the kernel value of that bound, times the weight of all points, is below 2^-24 of the sum of
/// every row, which holds the row's own kernel value: all negligible pairs together change no row's sum by more than half a
/// unit in the last place. (On 16,384 points in 16 clusters at D = 16 and kappa = 100 the bound leaves 21 % of the
/// pairs; spherical caps around the blocks leave 56 %; 10 % hold a point pair that counts.)
///
/// The maxima are N x N / 48^2 numbers and cost a hundredth of a step.
struct BlockBounds: Sendable {
    /// The most blocks that bounds are found for: 16 MiB of maxima, 98,304 points.
    static let mostBlocks = 2048

    /// Blocks that fit.
    private let capacity: Int
    /// D apart.
    private let means: AlignedBuffer<Float>
    /// The means once more, as panels.
    private let panels: AlignedBuffer<Float>
    /// Length of the mean, and largest distance from it; the latter is infinite for a block that is never negligible.
    private let lengths: AlignedBuffer<Float>
    private let radii: AlignedBuffer<Float>
    /// Element i * width + j is the largest dot product of a point of block i with the mean of block j.
    private let maxima: AlignedBuffer<Float>
    private let dimension: Int
    private let kernels: KernelTable

    /// Squared lengths below this are not taken as unit: such a point's own kernel value may be small.
    private static let smallestSquare: Float = 0.99
    /// Room for the rounding of dot products in float32.
    private static let slack: Float = 1e-5

    init(blocks: Int, dimension: Int, _ kernels: KernelTable) {
        capacity = min(blocks, Self.mostBlocks)
        let width = (capacity + kernels.panelColumns - 1) / kernels.panelColumns * kernels.panelColumns
        means = AlignedBuffer(count: width * dimension)
        panels = AlignedBuffer(count: width * dimension)
        lengths = AlignedBuffer(count: width)
        radii = AlignedBuffer(count: width)
        maxima = AlignedBuffer(count: capacity * width)
        self.dimension = dimension
        self.kernels = kernels
    }

    /// Elements of scratch memory that finding a block's mean or maxima takes.
    static func scratch(_ kernels: KernelTable) -> Int {
        max(2 * kernels.blockRows, kernels.sourceGroup * kernels.panelColumns)
    }

    /// The largest dot product at which a pair of points is negligible, `nil` if none is.
    ///
    /// - Parameters:
    ///   - weight: of all points, over the smallest weight of a point.
    static func negligibleDot(concentration: Double, weight: Double) -> Float? {
        if concentration == 0 || !weight.isFinite { return nil }
        let exponent = log(0x1p24 * weight) + concentration * (1 - Double(smallestSquare))
        let dot = 1 - exponent / concentration
        return dot > -1 ? Float(dot) - slack : nil
    }

    /// Finds the mean and radius of a block.
    ///
    /// - Parameters:
    ///   - rows: the packed points, `stride` apart; those that take no part are zero and have the weight 0.
    ///   - count: points of the block.
    func findMean(
        of block: Int, _ rows: UnsafePointer<Float>, stride: Int, count: Int, weights: UnsafePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let mean = means.start + block * dimension
        mean.update(repeating: 0, count: dimension)
        var members = 0
        for r in 0..<count where weights[r] != 0 {
            let row = rows + r * stride
            for k in 0..<dimension { mean[k] += row[k] }
            members += 1
        }
        let factor = 1 / Float(max(1, members))
        var length: Float = 0
        for k in 0..<dimension {
            mean[k] *= factor
            length += mean[k] * mean[k]
        }
        kernels.squaredNorms(rows, stride, count, dimension, scratch)
        var largest: Float = 0
        for r in 0..<count where weights[r] != 0 {
            if !(scratch[r] >= Self.smallestSquare) { largest = .infinity }
            let row = rows + r * stride
            var square: Float = 0
            for k in 0..<dimension { square += (row[k] - mean[k]) * (row[k] - mean[k]) }
            largest = max(largest, square)
        }
        lengths.start[block] = length.squareRoot()
        radii.start[block] = largest.squareRoot() + Self.slack
    }

    /// Packs the means of `blocks` blocks.
    func packMeans(_ blocks: Int) {
        for first in stride(from: 0, to: blocks, by: kernels.panelColumns) {
            kernels.packPanel(
                means.start + first * dimension, dimension, min(kernels.panelColumns, blocks - first), dimension, nil,
                panels.start + first * dimension)
        }
    }

    private func width(_ blocks: Int) -> Int {
        (blocks + kernels.panelColumns - 1) / kernels.panelColumns * kernels.panelColumns
    }

    /// Finds the largest dot products of a block's points with all means.
    func findMaxima(
        of block: Int, groups: UnsafePointer<Float>, blocks: Int, scratch: UnsafeMutablePointer<Float>
    ) {
        let width = width(blocks)
        kernels.dotMaxima(
            groups, kernels.blockRows, panels.start, width / kernels.panelColumns, dimension, scratch,
            maxima.start + block * width)
    }

    /// The cosines of the means of a range of blocks with that of another.
    func meanCosines(_ columns: Range<Int>, _ row: Int, into cosines: UnsafeMutablePointer<Float>) {
        kernels.pairedCosines(
            means.start + columns.lowerBound * dimension, dimension, means.start + row * dimension, 0, columns.count,
            dimension, cosines)
    }

    /// Whether no dot product between two of `blocks` blocks reaches `limit`.
    func isNegligible(_ a: Int, _ b: Int, of blocks: Int, meanCosine: Float, below limit: Float) -> Bool {
        let width = width(blocks)
        let product = meanCosine * lengths.start[a] * lengths.start[b]
        let bound =
            maxima.start[a * width + b] + maxima.start[b * width + a] - product + radii.start[a] * radii.start[b]
        // False for NaN, which a mean of zero leaves.
        return bound + Self.slack < limit
    }
}
