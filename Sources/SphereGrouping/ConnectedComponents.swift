public import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Connected components of the graph that joins points whose cosine is at least a threshold.
///
/// The partition does not depend on the order of the points.
public enum ConnectedComponents {
    /// Points looked at together: blocks of 256 x 256 cosines stay in the second-level cache.
    private static let blockSize = 256

    /// The component of every point, numbered from 0 in order of first appearance.
    ///
    /// i and j have the same number exactly if
    /// a chain of points with `cos >= minimumCosine` from one to the next leads from i to j.
    ///
    /// - Parameters:
    ///   - points: directions, N x D; lengths do not matter.
    ///   - minimumCosine: the threshold, in [-1, 1].
    /// - Complexity: O(N L D) time for L balls of half the threshold's angle that cover the points, at worst O(N^2 D), and
    ///   O(N D + 256 L) memory. Shifted points lie in few places, so L is small.
    public static func labels(
        of points: Matrix, minimumCosine: Float, on execution: Execution = .default
    ) -> [Int] {
        var search = BallSearch(points: RowNorms.normalized(points, on: execution), minimumCosine, execution)
        search.coverWithBalls(blockSize: blockSize)
        search.joinBalls(blockSize: blockSize)
        var sets = search.sets
        return sets.labels()
    }
}

/// Points in balls around some of them (the leaders), narrow enough that any two points of a ball are joined.
private struct BallSearch {
    let points: Matrix
    let threshold: Float
    let execution: Execution
    var sets: DisjointSets

    /// Points of each ball, the leader first.
    private var members: [[Int]] = []
    /// Largest angle between a leader and a point of its ball.
    private var radii: [Float] = []
    /// Below this angle from a leader a point belongs to its ball.
    private let ballCosine: Float
    private let thresholdAngle: Float

    /// Angles come from float32 cosines near 1, whose error of 2^-22 is an angle of 7e-4: bounds on angles keep this distance.
    private static let angleSlack: Float = 2e-3

    init(points: Matrix, _ minimumCosine: Float, _ execution: Execution) {
        self.points = points
        self.execution = execution
        threshold = minimumCosine
        thresholdAngle = acos(max(-1, min(1, minimumCosine)))
        // Two points of a ball are at most twice its radius apart. The slack keeps their computed cosine above the
        // threshold; a threshold within it of 1 gives balls of single points, which is slower but right.
        let radius = thresholdAngle / 2 - Self.angleSlack
        ballCosine = radius > 0 ? cos(radius) : 2
        sets = DisjointSets(count: points.rows)
    }

    mutating func coverWithBalls(blockSize: Int) {
        var start = 0
        while start < points.rows {
            let block = Array(start..<min(start + blockSize, points.rows))
            let rows = points.selectingRows(block)
            let known = members.count
            let toLeaders = CosineSimilarity.allPairs(rows, points.selectingRows(members.map { $0[0] }), on: execution)
            let among = CosineSimilarity.symmetric(rows, on: execution)
            for (i, point) in block.enumerated() {
                if let (ball, cosine) = nearest(toLeaders, i, count: known), cosine >= ballCosine {
                    add(point, to: ball, cosine: cosine)
                } else if let ball = (known..<members.count).first(where: {
                    among[i, members[$0][0] - start] >= ballCosine
                }) {
                    add(point, to: ball, cosine: among[i, members[ball][0] - start])
                } else {
                    members.append([point])
                    radii.append(0)
                }
            }
            start += block.count
        }
    }

    private func nearest(_ cosines: Matrix, _ row: Int, count: Int) -> (ball: Int, cosine: Float)? {
        var best: (ball: Int, cosine: Float)?
        for (ball, cosine) in cosines.row(row).enumerated() where cosine > best?.cosine ?? -2 { best = (ball, cosine) }
        return best
    }

    private mutating func add(_ point: Int, to ball: Int, cosine: Float) {
        sets.join(members[ball][0], point)
        members[ball].append(point)
        radii[ball] = max(radii[ball], acos(min(1, cosine)))
    }

    mutating func joinBalls(blockSize: Int) {
        let leaders = points.selectingRows(members.map { $0[0] })
        var start = 0
        while start < members.count {
            let block = Array(start..<min(start + blockSize, members.count))
            let cosines = CosineSimilarity.allPairs(leaders.selectingRows(block), leaders, on: execution)
            for (i, a) in block.enumerated() {
                for b in (a + 1)..<max(a + 1, members.count) {
                    if cosines[i, b] >= threshold {
                        sets.join(members[a][0], members[b][0])
                    } else if mayTouch(a, b, leaderCosine: cosines[i, b]) {
                        joinIfTouching(a, b, blockSize: blockSize)
                    }
                }
            }
            start += block.count
        }
    }

    /// Whether a point of one ball may be within the threshold of a point of the other, by the triangle inequality.
    private func mayTouch(_ a: Int, _ b: Int, leaderCosine: Float) -> Bool {
        let reach = thresholdAngle + radii[a] + radii[b] + 2 * Self.angleSlack
        return reach >= .pi || leaderCosine >= cos(reach)
    }

    private mutating func joinIfTouching(_ a: Int, _ b: Int, blockSize: Int) {
        if sets.representative(of: members[a][0]) == sets.representative(of: members[b][0]) { return }
        for aBlock in blocks(of: members[a], size: blockSize) {
            let rows = points.selectingRows(aBlock)
            for bBlock in blocks(of: members[b], size: blockSize) {
                let cosines = CosineSimilarity.allPairs(rows, points.selectingRows(bBlock), on: execution)
                if cosines.elements.contains(where: { $0 >= threshold }) {
                    sets.join(members[a][0], members[b][0])
                    return
                }
            }
        }
    }

    private func blocks(of indices: [Int], size: Int) -> [[Int]] {
        stride(from: 0, to: indices.count, by: size).map { Array(indices[$0..<min($0 + size, indices.count)]) }
    }
}
