import SphereGrouping
import SphereKernels
import SphereReference
import SphereTheory
import TestSupport
import Testing

@Suite struct MeanShiftTests {
    /// Ten clusters that do not touch: centres at + and - the axes of R^5.
    private func separateClusters(_ count: Int, seed: UInt64) -> (points: Matrix, labels: [Int]) {
        var generator = SeededGenerator(seed: seed)
        var points = Matrix(rows: count, columns: 5)
        var labels: [Int] = []
        for i in 0..<count {
            // Shares fall from cluster to cluster, so that sizes differ.
            let label = min(Int(10 * generator.uniform() * generator.uniform()), 9)
            labels.append(label)
            for k in 0..<5 {
                let centre = k == label / 2 ? (label % 2 == 0 ? 1.0 : -1.0) : 0
                points[i, k] = Float(centre + 0.05 * generator.normal())
            }
        }
        return (points, labels)
    }

    private static let count = keepsToSmallSizes ? 150 : 1200

    @Test("finds separate clusters, with all points or with seeds", arguments: [nil, 40] as [Int?])
    func clusters(seeds: Int?) throws {
        let (points, labels) = separateClusters(Self.count, seed: 1)
        let grouping = try MeanShift(concentration: 50, seeds: seeds).group(points)
        #expect(samePartition(grouping.labels, labels))
        #expect(grouping.isConverged)
        #expect(grouping.concentration.value == 50)
        #expect(grouping.certifiedAngle == 0)
    }

    @Test("chooses a concentration that finds separate clusters by itself")
    func automatic() throws {
        let (points, labels) = separateClusters(Self.count, seed: 2)
        let grouping = try MeanShift(concentration: .automatic).group(points)
        #expect(samePartition(grouping.labels, labels))
        #expect(grouping.concentration.value > 10 && grouping.concentration.value < 1000)
    }

    @Test("numbers groups by size and describes each")
    func description() throws {
        let (points, _) = separateClusters(Self.count, seed: 3)
        let grouping = try MeanShift(concentration: 50).group(points)
        #expect(grouping.sizes == grouping.sizes.sorted(by: >))
        #expect(grouping.sizes.reduce(0, +) == Self.count)
        #expect(grouping.sizes == (0..<grouping.count).map { g in grouping.labels.filter { $0 == g }.count })
        #expect(grouping.modes.rows == grouping.count && grouping.scores.count == grouping.count)
        #expect(Reference.norms(grouping.modes).allSatisfy { abs($0 - 1) < AccuracyLimits.norm(dimension: 5) })
        // Compact clusters a right angle apart.
        #expect(grouping.scores.allSatisfy { $0 > 0.9 && $0 <= 1 })
        #expect(grouping.shifted.rows == Self.count)
    }

    @Test("groups a permutation of the points alike")
    func permutation() throws {
        var generator = SeededGenerator(seed: 4)
        let points = generator.clusteredRows(Self.count, dimension: 3, clusters: 12, noise: 0.2)
        let labels = try MeanShift(concentration: 80).group(points).labels
        let order = Array(0..<Self.count).shuffled(using: &generator)
        let permuted = try MeanShift(concentration: 80).group(points.selectingRows(order)).labels
        #expect(samePartition(order.map { labels[$0] }, permuted))
    }

    @Test("is the same to the bit for any number of threads", arguments: [nil, 30] as [Int?])
    func threads(seeds: Int?) throws {
        var generator = SeededGenerator(seed: 5)
        let points = generator.clusteredRows(Self.count, dimension: 4, clusters: 8, noise: 0.3)
        var meanShift = MeanShift(concentration: .automatic, seeds: seeds)
        meanShift.execution.threads = 1
        let one = try meanShift.group(points)
        meanShift.execution.threads = 3
        let three = try meanShift.group(points)
        #expect(one.labels == three.labels && one.modes == three.modes && one.scores == three.scores)
        #expect(one.concentration == three.concentration && one.shifted == three.shifted)
    }

    @Test("ignores the lengths of the rows")
    func lengths() throws {
        let (points, _) = separateClusters(200, seed: 6)
        var scaled = points
        for i in 0..<200 {
            for k in 0..<5 { scaled[i, k] *= Float(i % 7 + 1) * 1e-3 }
        }
        #expect(
            try MeanShift(concentration: 50).group(points).labels
                == MeanShift(concentration: 50).group(scaled).labels)
    }

    @Test("agrees with the reference step by step", arguments: InstructionSet.available)
    func iterations(set: InstructionSet) throws {
        var generator = SeededGenerator(seed: 7)
        let points = generator.clusteredRows(120, dimension: 4, clusters: 3, noise: 0.4)
        var meanShift = MeanShift(concentration: 20, iterations: .count(3), stepSize: 0.7)
        meanShift.execution = Execution(for: set)
        var seen: [MeanShift.Progress] = []
        let grouping = try meanShift.group(points) { seen.append($0) }
        #expect(seen.map(\.iteration) == [1, 2, 3] && seen.allSatisfy { $0.maximum == 3 })
        #expect(grouping.iterations == 3 && !grouping.isConverged)
        var before = RowNorms.normalized(points)
        for progress in seen {
            let exact = Reference.meanShiftStep(before, concentration: 20, stepSize: 0.7)
            let limit = AccuracyLimits.meanShiftRow(dimension: 4, concentration: 20, count: 120, length: 0.5)
            #expect(ErrorReport.ofRows(progress.shifted, exact.shifted).maximum <= limit)
            let moved = ErrorReport.rowErrors(progress.shifted, ReferenceMatrix(before)).reduce(0, +) / 120
            #expect(abs(moved - progress.meanMovement) < 1e-6)
            before = progress.shifted
        }
        #expect(grouping.shifted == before)
    }

    @Test("makes no iteration when asked for none")
    func noIteration() throws {
        let (points, _) = separateClusters(100, seed: 8)
        let readOut = ReadOut(mergeCosine: 0.5, smallGroups: .keep)
        let grouping = try MeanShift(concentration: 50, iterations: .count(0), readOut: readOut).group(points)
        #expect(grouping.iterations == 0)
        #expect(samePartition(grouping.labels, ConnectedComponents.labels(of: points, minimumCosine: 0.5)))
    }

    @Test("stops at the maximum when points do not come to rest")
    func maximum() throws {
        var generator = SeededGenerator(seed: 9)
        let points = generator.unitRows(200, dimension: 3)
        let grouping = try MeanShift(
            concentration: 30, iterations: .untilConverged(tolerance: 0, maximum: 4)
        ).group(points)
        #expect(grouping.iterations == 4 && !grouping.isConverged)
    }

    // MARK: Small groups

    /// A cluster of 50, one of 30 and 3 single points, none near another.
    private var withOutliers: Matrix {
        var rows: [[Float]] = []
        for i in 0..<50 { rows.append([1, 0.001 * Float(i), 0, 0]) }
        for i in 0..<30 { rows.append([0, 1, 0.001 * Float(i), 0]) }
        return Matrix(rows + [[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0.1, -1]])
    }

    @Test("keeps, joins or leaves out small groups as it is told")
    func smallGroups() throws {
        func sizes(_ rule: ReadOut.SmallGroups) throws -> (sizes: [Int], unlabelled: Int) {
            let meanShift = MeanShift(concentration: 100, readOut: ReadOut(smallGroups: rule))
            let grouping = try meanShift.group(withOutliers)
            #expect(grouping.modes.rows == grouping.sizes.count && grouping.scores.count == grouping.sizes.count)
            return (grouping.sizes, grouping.labels.filter { $0 == -1 }.count)
        }
        #expect(try sizes(.keep) == ([50, 30, 1, 1, 1], 0))
        #expect(try sizes(.join(fewerThan: 2)).sizes.reduce(0, +) == 83)
        #expect(try sizes(.join(fewerThan: 2)).sizes.count == 2)
        #expect(try sizes(.join(fewerThan: 1)) == ([50, 30, 1, 1, 1], 0))
        #expect(try sizes(.unlabelled(fewerThan: 2)) == ([50, 30], 3))
        #expect(try sizes(.unlabelled(fewerThan: 1000)) == ([], 83))
        // All are far smaller than 1000, but none can join a larger one than the largest.
        #expect(try sizes(.join(fewerThan: 1000)).sizes == [83])
        // Outliers a right angle away are not fragments of anything.
        #expect(try sizes(.joinFragments) == ([50, 30, 1, 1, 1], 0))
    }

    @Test("joins groups that meet at a coarser concentration, weighted by their sizes")
    func coarserGroups() throws {
        // Two heaps of 100 points 60 degrees apart, and 5 points 20 degrees from the first.
        var rows = [[Float]](repeating: [1, 0, 0], count: 100)
        rows += [[Float]](repeating: [0.5, 0.8660254, 0], count: 100)
        rows += [[Float]](repeating: [0.9396926, -0.3420201, 0], count: 5)
        let points = Matrix(rows)
        func sizes(_ coarse: Concentration?) throws -> [Int] {
            let readOut = ReadOut(coarseConcentration: coarse, smallGroups: .keep)
            return try MeanShift(concentration: 300, iterations: .count(3), readOut: readOut).group(points).sizes
        }
        #expect(try sizes(nil) == [100, 100, 5])
        #expect(try sizes(Concentration(30)) == [105, 100])
        // A kernel this wide holds all of them together.
        #expect(try sizes(Concentration(1)) == [205])
        // The few follow the many and not the other way round: the mode stays where most points are.
        let readOut = ReadOut(coarseConcentration: Concentration(30), smallGroups: .keep)
        let grouping = try MeanShift(concentration: 300, iterations: .count(3), readOut: readOut).group(points)
        #expect(grouping.labels[204] == grouping.labels[0] && grouping.modes[0, 0] > 0.999)
    }

    @Test("joins a fragment on its way to a group, and never groups of equal size")
    func fragments() throws {
        var rows: [[Float]] = []
        for _ in 0..<200 { rows.append([1, 0, 0]) }
        for _ in 0..<200 { rows.append([0, 1, 0]) }
        rows.append([1, 0.4, 0])
        let points = Matrix(rows)
        let none = MeanShift(concentration: 100, iterations: .count(0), readOut: ReadOut(smallGroups: .keep))
        #expect(try none.group(points).count == 3)
        let joined = try MeanShift(concentration: 100, iterations: .count(0)).group(points)
        #expect(joined.sizes == [201, 200] && joined.labels[400] == joined.labels[0])
        var generator = SeededGenerator(seed: 10)
        let many = generator.unitRows(300, dimension: 20)
        #expect(try MeanShift(concentration: 100, iterations: .count(0)).group(many).count == 300)
    }

    // MARK: Prediction

    @Test("predicts the groups of the points that it grouped and of their neighbours")
    func predict() throws {
        let (points, _) = separateClusters(Self.count, seed: 11)
        let grouping = try MeanShift(concentration: 50).group(points)
        #expect(try grouping.predict(points) == grouping.labels)
        #expect(try grouping.predict(grouping.modes) == (0..<Int32(grouping.count)).map { $0 })
        #expect(try grouping.predict(Matrix(rows: 0, columns: 5)) == [])
    }

    @Test("refuses to predict points of another dimension, NaN and zero rows")
    func predictErrors() throws {
        let grouping = try MeanShift(concentration: 10).group(Matrix([[1, 0], [0, 1]]))
        #expect(throws: GroupingError.wrongDimension(expected: 2, found: 3)) {
            try grouping.predict(Matrix([[1, 0, 0]]))
        }
        #expect(throws: GroupingError.zeroRow(row: 0)) { try grouping.predict(Matrix([[0, 0]])) }
        #expect(throws: GroupingError.self) { try grouping.predict(Matrix([[1, .nan]])) }
    }

    // MARK: Edge cases

    @Test("refuses an empty matrix, NaN, infinity and zero rows, naming the first")
    func errors() {
        let meanShift = MeanShift(concentration: 10)
        #expect(throws: GroupingError.noPoints) { try meanShift.group(Matrix(rows: 0, columns: 3)) }
        #expect(throws: GroupingError.noCoordinates) { try meanShift.group(Matrix(rows: 3, columns: 0)) }
        #expect(throws: GroupingError.zeroRow(row: 1)) { try meanShift.group(Matrix([[1, 0], [0, 0], [0, 0]])) }
        #expect(throws: GroupingError.notFinite(row: 2, column: 1, value: .infinity)) {
            try meanShift.group(Matrix([[1, 0], [0, 1], [0, .infinity]]))
        }
        do {
            _ = try meanShift.group(Matrix([[1, 0], [.nan, 1]]))
            Issue.record("NaN was accepted")
        } catch {
            #expect("\(error)" == "row 1, column 0 is nan: points must be finite")
        }
    }

    @Test("makes one group of one point, of equal points and on a line")
    func degenerate() throws {
        let single = try MeanShift(concentration: .automatic).group(Matrix([[3, 4]]))
        #expect(single.labels == [0] && single.sizes == [1] && single.scores == [1])
        let equal = try MeanShift(concentration: .automatic).group(Matrix(rows: 50, columns: 3, repeating: 2))
        #expect(equal.sizes == [50])
        let line = try MeanShift(concentration: 10).group(Matrix([[1], [-2], [3]]))
        #expect(line.labels == [0, 1, 0])
        let seeds = try MeanShift(concentration: 10, seeds: 5).group(Matrix([[1, 0], [0, 1]]))
        #expect(seeds.count == 2)
    }

    @Test("takes bandwidths and margins by their rules")
    func choices() throws {
        let points = Matrix([[1, 0], [0, 1]])
        #expect(abs(try MeanShift(concentration: .bandwidth(0.2)).group(points).concentration.value - 25) < 1e-9)
        #expect(try MeanShift(concentration: .margin(0.5)).group(points).concentration.value == 6)
        #expect(try MeanShift(concentration: 12.5).group(points).concentration.value == 12.5)
    }
}

extension MeanShiftTests {
    @Test("traps on settings that make no sense, with the value in the message")
    func settings() async {
        let stepSize = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try MeanShift(concentration: 1, stepSize: 0).group(Matrix([[1, 0]]))
        }
        #expect(messages(of: stepSize).contains("step size must be in (0, 1], found 0.0"))
        let seeds = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try MeanShift(concentration: 1, seeds: 0).group(Matrix([[1, 0]]))
        }
        #expect(messages(of: seeds).contains("seeds must be 1 or more, found 0"))
        let quantile = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try MeanShift(concentration: .quantile(2)).group(Matrix([[1, 0]]))
        }
        #expect(messages(of: quantile).contains("must be in (0, 1], found 2.0"))
    }
}
