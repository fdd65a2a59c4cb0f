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
/// unit in the last place. (On 16,384 points in 16 clusters with normal noise of length 0.3, at D = 16 and kappa = 100,
/// the bound leaves 15 % of the pairs in the order of ``ClusterOrder``.)
///
/// The maxima are N x N / 48^2 numbers and cost a hundredth of a step. Of many blocks they are not kept, but found part by part, and only
/// for pairs that are not negligible by
///
///     x . y <= m_A . m_B + |m_A| r_B + r_A |m_B| + r_A r_B
///
/// already.
struct BlockBounds: Sendable {
    /// The most blocks whose maxima are kept: 16 MiB, 98,304 points.
    private static let mostBlocks = 2048

    /// Largest dot products of points of blocks with means of others.
    struct Maxima {
        /// Element (i - firstRow) * width + (j - firstColumn) is that of a point of block i with the mean of block j.
        struct Table {
            fileprivate var elements: UnsafePointer<Float>?
            fileprivate var width = 0
            fileprivate var firstRow = 0
            fileprivate var firstColumn = 0

            fileprivate subscript(i: Int, j: Int) -> Float {
                elements.unsafelyUnwrapped[(i - firstRow) * width + (j - firstColumn)]
            }
        }
        /// Of the first part's points with the second part's means, and the other way round.
        fileprivate var first = Table()
        fileprivate var second = Table()

        static var none: Maxima { Maxima() }
    }

    /// D apart.
    private let means: AlignedBuffer<Float>
    /// The means once more, as panels.
    private let panels: AlignedBuffer<Float>
    /// Length of the mean, and largest distance from it; the latter is infinite for a block that is never negligible.
    private let lengths: AlignedBuffer<Float>
    private let radii: AlignedBuffer<Float>
    /// Of all blocks, or of two parts for each worker.
    private let maxima: AlignedBuffer<Float>
    private let workerMaxima: Int
    private let dimension: Int
    private let kernels: KernelTable

    /// Squared lengths below this are not taken as unit: such a point's own kernel value may be small.
    private static let smallestSquare: Float = 0.99
    /// Room for the rounding of dot products in float32.
    private static let slack: Float = 1e-5

    /// - Parameter largestPart: blocks of a part at most.
    init(blocks: Int, largestPart: Int, dimension: Int, workers: Int, _ kernels: KernelTable) {
        let columns = kernels.panelColumns
        let width = (blocks + columns - 1) / columns * columns
        means = AlignedBuffer(count: width * dimension)
        panels = AlignedBuffer(count: width * dimension)
        lengths = AlignedBuffer(count: width)
        radii = AlignedBuffer(count: width)
        // A part's means are in at most two panels that it does not fill.
        workerMaxima = blocks <= Self.mostBlocks ? 0 : 2 * largestPart * (largestPart + 2 * columns)
        let kept = min(blocks, Self.mostBlocks)
        maxima = AlignedBuffer(
            count: max(workers * workerMaxima, kept * ((kept + columns - 1) / columns * columns)))
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

    /// Whether the maxima of so many blocks are kept.
    func holdsAll(_ blocks: Int) -> Bool { blocks <= Self.mostBlocks }

    /// The maxima of all blocks.
    func maxima(_ blocks: Int) -> Maxima {
        let table = Maxima.Table(elements: UnsafePointer(maxima.start), width: width(blocks))
        return Maxima(first: table, second: table)
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

    /// Finds the largest dot products of the points of two parts' blocks with the means of each other's, where they can matter.
    ///
    /// - Parameters:
    ///   - groups: the packed points of a block.
    ///   - limit: dot products below do not matter.
    ///   - cosines: room for a number per block of a part.
    func findMaxima(
        of first: Range<Int>, and second: Range<Int>, groups: (_ block: Int) -> UnsafePointer<Float>,
        below limit: Float, _ worker: Int, scratch: UnsafeMutablePointer<Float>, cosines: UnsafeMutablePointer<Float>
    ) -> Maxima {
        let start = maxima.start + worker * workerMaxima
        func find(_ rows: Range<Int>, _ columns: Range<Int>, _ target: UnsafeMutablePointer<Float>) -> Maxima.Table {
            let size = kernels.panelColumns
            let panels = columns.lowerBound / size..<(columns.upperBound + size - 1) / size
            let width = panels.count * size
            for row in rows {
                meanCosines(columns, row, into: cosines)
                for panel in panels {
                    let result = target + (row - rows.lowerBound) * width + (panel - panels.lowerBound) * size
                    let members = max(columns.lowerBound, panel * size)..<min(columns.upperBound, (panel + 1) * size)
                    let matters = members.contains { column in
                        !isFar(row, column, meanCosine: cosines[column - columns.lowerBound], below: limit)
                    }
                    if matters {
                        kernels.dotMaxima(
                            groups(row), kernels.blockRows, panelStart(panel), 1, dimension, scratch, result)
                    } else {
                        result.update(repeating: -.infinity, count: size)
                    }
                }
            }
            return Maxima.Table(
                elements: UnsafePointer(target), width: width, firstRow: rows.lowerBound,
                firstColumn: panels.lowerBound * size)
        }
        let table = find(first, second, start)
        if first == second { return Maxima(first: table, second: table) }
        return Maxima(first: table, second: find(second, first, start + workerMaxima / 2))
    }

    private func panelStart(_ panel: Int) -> UnsafePointer<Float> {
        UnsafePointer(panels.start + panel * kernels.panelColumns * dimension)
    }

    /// Whether the means and radii alone tell that no dot product between two blocks reaches `limit`.
    private func isFar(_ a: Int, _ b: Int, meanCosine: Float, below limit: Float) -> Bool {
        let (lengthA, lengthB) = (lengths.start[a], lengths.start[b])
        let (radiusA, radiusB) = (radii.start[a], radii.start[b])
        let bound = meanCosine * lengthA * lengthB + lengthA * radiusB + radiusA * lengthB + radiusA * radiusB
        // False for NaN, which a mean of zero leaves.
        return bound + Self.slack < limit
    }

    /// The cosines of the means of a range of blocks with that of another.
    func meanCosines(_ columns: Range<Int>, _ row: Int, into cosines: UnsafeMutablePointer<Float>) {
        kernels.pairedCosines(
            means.start + columns.lowerBound * dimension, dimension, means.start + row * dimension, 0, columns.count,
            dimension, cosines)
    }

    /// Whether no dot product between block `a` of the first part and block `b` of the second reaches `limit`.
    func isNegligible(_ a: Int, _ b: Int, _ maxima: Maxima, meanCosine: Float, below limit: Float) -> Bool {
        let product = meanCosine * lengths.start[a] * lengths.start[b]
        let bound = maxima.first[a, b] + maxima.second[b, a] - product + radii.start[a] * radii.start[b]
        // False for NaN, which a mean of zero leaves.
        return bound + Self.slack < limit
    }
}
