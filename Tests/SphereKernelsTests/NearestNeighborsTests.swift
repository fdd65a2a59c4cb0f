import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct NearestNeighborsTests {
    /// What sorting the rows of all pairs gives, to the bit.
    private func sortedPairs(
        _ queries: Matrix, _ points: Matrix, count: Int, excludingSelf: Bool = false, on execution: Execution
    ) -> (indices: [Int32], cosines: [Float]) {
        let all = CosineSimilarity.allPairs(queries, points, on: execution)
        var (indices, cosines): ([Int32], [Float]) = ([], [])
        for i in 0..<queries.rows {
            let row = all.row(i).enumerated().filter { !$0.element.isNaN && !(excludingSelf && $0.offset == i) }
                .sorted { $0.element == $1.element ? $0.offset < $1.offset : $0.element > $1.element }
            for rank in 0..<count {
                indices.append(rank < row.count ? Int32(row[rank].offset) : -1)
                cosines.append(rank < row.count ? row[rank].element : .nan)
            }
        }
        return (indices, cosines)
    }

    /// Equal bits, but any NaN for a NaN.
    private func agree(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }

    private func expectSorted(
        _ queries: Matrix, _ points: Matrix, count: Int, excludingSelf: Bool = false, on execution: Execution,
        _ comment: Comment
    ) {
        let found = CosineSimilarity.nearestNeighbors(
            of: queries, among: points, count: count, excludingSelf: excludingSelf, on: execution)
        let expected = sortedPairs(queries, points, count: count, excludingSelf: excludingSelf, on: execution)
        #expect(found.count == count, comment)
        #expect(found.indices == expected.indices, comment)
        #expect(agree(found.cosines.elements, expected.cosines), comment)
    }

    @Test(
        "is what sorting all pairs gives, to the bit and for every size", arguments: InstructionSet.available,
        [0, 1, 2, 10, 33, 64])
    func sizes(set: InstructionSet, count: Int) {
        var generator = SeededGenerator(seed: 1)
        for (index, rows) in awkwardCounts.enumerated() {
            let other = awkwardCounts[(index * 7 + 3) % awkwardCounts.count]
            let dimension = awkwardDimensions[(index * 5 + 1) % awkwardDimensions.count]
            let queries = generator.normalMatrix(rows: rows, columns: dimension)
            let points = generator.normalMatrix(rows: other, columns: dimension)
            expectSorted(
                queries, points, count: count, on: Execution(for: set, threads: 2),
                "\(rows) of \(other), D = \(dimension)")
            expectSorted(
                points, points, count: count, excludingSelf: true, on: Execution(for: set),
                "\(other) among themselves, D = \(dimension)")
        }
    }

    @Test("agrees with its naive twin", arguments: InstructionSet.available, [3, 16, 100])
    func twin(set: InstructionSet, dimension: Int) {
        var generator = SeededGenerator(seed: 2)
        let points = generator.clusteredRows(700, dimension: dimension)
        let queries = generator.normalMatrix(rows: 40, columns: dimension)
        let found = CosineSimilarity.nearestNeighbors(of: queries, among: points, count: 12, on: Execution(for: set))
        let exact = Reference.nearestNeighbors(of: queries, among: points, count: 12)
        let limit = AccuracyLimits.cosine(dimension: dimension)
        // Rank by rank, although two neighbours whose cosines differ by less than their errors may change places.
        #expect(ErrorReport.absolute(found.cosines.elements, exact.cosines.elements).maximum <= limit)
        let pairs = Reference.cosineSimilarityAllPairs(queries, points)
        for i in 0..<40 {
            let indices = found.indices(of: i)
            #expect(Set(indices).count == 12)
            for (rank, index) in indices.enumerated() {
                #expect(abs(Double(found.cosines[i, rank]) - pairs[i, Int(index)]) <= limit)
            }
        }
    }

    @Test(
        "finds every one of many points, in several chunks and units", arguments: InstructionSet.available, [1, 10, 40])
    func many(set: InstructionSet, count: Int) {
        var generator = SeededGenerator(seed: 3)
        let rows = keepsToSmallSizes ? 300 : 2500
        for dimension in [2, 9, 200] {
            let points = generator.normalMatrix(rows: rows, columns: dimension)
            let queries = points.selectingRows(Array(0..<rows / 5))
            expectSorted(queries, points, count: count, on: Execution(for: set), "D = \(dimension)")
        }
    }

    @Test(
        "of points among themselves, each pair evaluated once, is what sorting all pairs gives",
        arguments: InstructionSet.available, [1, 10, 40])
    func themselves(set: InstructionSet, count: Int) {
        var generator = SeededGenerator(seed: 7)
        let rows = keepsToSmallSizes ? 300 : 1501
        for dimension in [2, 76, 200] {
            let points = generator.clusteredRows(rows, dimension: dimension)
            for threads in [1, 3] {
                // Three workers have lists of their own at D = 76, and evaluate both orders with 10 neighbours at D = 2.
                let execution = Execution(for: set, threads: threads)
                expectSorted(
                    points, points, count: count, excludingSelf: threads == 3, on: execution,
                    "D = \(dimension), \(threads) threads")
            }
        }
    }

    @Test(
        "of points among themselves takes the smaller index of equal cosines", arguments: InstructionSet.available,
        [1, 3])
    func tiesAmongThemselves(set: InstructionSet, threads: Int) {
        var generator = SeededGenerator(seed: 8)
        // Zero elements behind three, so that three workers may have lists of their own. Directions of the cube's corners
        // and axes, zero rows and NaN: most cosines occur many times.
        let points = Matrix(
            (0..<500).map { _ in
                let row = (0..<3).map { _ in Float(generator.next() % 3) - 1 }
                let isBad = generator.next() % 50 == 0
                return (isBad ? [.nan, 0, 1] : row) + [Float](repeating: 0, count: 47)
            })
        for count in [1, 4, 60] {
            let execution = Execution(for: set, threads: threads)
            expectSorted(points, points, count: count, on: execution, "\(count) with self")
            expectSorted(points, points, count: count, excludingSelf: true, on: execution, "\(count) without self")
        }
    }

    @Test(
        "is right where every point is nearer than all before it, and where none is",
        arguments: InstructionSet.available, [1, 7, 50])
    func orders(set: InstructionSet, count: Int) {
        let rows = 500
        let angles = (0..<rows).map { 3 * Float($0) / Float(rows) }
        let falling = Matrix(angles.map { [1, -$0, $0 * $0] })
        let query = Matrix([[1, 0, 0]])
        expectSorted(query, falling, count: count, on: Execution(for: set), "falling")
        expectSorted(
            query, falling.selectingRows(Array((0..<rows).reversed())), count: count, on: Execution(for: set), "rising")
    }

    @Test("takes the smaller index of equal cosines", arguments: InstructionSet.available, [1, 5, 40, 210])
    func ties(set: InstructionSet, count: Int) {
        // Four directions, each many times and in different lengths: all cosines are 0, 1 or -1.
        var generator = SeededGenerator(seed: 4)
        let axes: [[Float]] = [[1, 0], [0, 1], [-1, 0], [0, -1]]
        let points = Matrix(
            (0..<205).map { _ in
                let length = Float(1 << (generator.next() % 8))
                return axes[Int(generator.next() % 4)].map { $0 * length }
            })
        let queries = Matrix(axes)
        let found = CosineSimilarity.nearestNeighbors(of: queries, among: points, count: count, on: Execution(for: set))
        let exact = Reference.nearestNeighbors(of: queries, among: points, count: count)
        #expect(found.indices == exact.indices)
        expectSorted(queries, points, count: count, on: Execution(for: set), "four directions")
        // Copies of one row: cosines a little above 1 are 1, and as near as all others.
        let row = generator.normalMatrix(rows: 1, columns: 37)
        let copies = Matrix((0..<205).map { _ in Array(row.elements) })
        let same = CosineSimilarity.nearestNeighbors(of: row, among: copies, count: count, on: Execution(for: set))
        #expect(same.indices == (0..<count).map { $0 < 205 ? Int32($0) : -1 })
        #expect(same.cosines.elements.allSatisfy { $0 <= 1 || $0.isNaN })
    }

    @Test("leaves out rows with NaN or infinity, and gives zero rows the cosine 0", arguments: InstructionSet.available)
    func specialRows(set: InstructionSet) {
        let points = Matrix([
            [.nan, 0, 1], [1, 0, 0], [0, 0, 0], [-1, 0, 0], [.infinity, 1, 0], [2, 0, 0], [0, 1, 0], [1e-30, 0, 0],
        ])
        let found = CosineSimilarity.nearestNeighbors(of: points, among: points, count: 7, on: Execution(for: set))
        #expect(found.indices(of: 1) == [1, 5, 7, 2, 6, 3, -1])
        let cosines = Array(found.cosines.row(1))
        #expect(agree(cosines, [1, 1, 1, 0, 0, -1, .nan]))
        #expect(found.indices(of: 2) == [1, 2, 3, 5, 6, 7, -1])
        #expect(found.cosines.row(2).prefix(6).allSatisfy { $0 == 0 })
        for query in [0, 4] {
            #expect(found.indices(of: query).allSatisfy { $0 == -1 })
            #expect(found.cosines.row(query).allSatisfy { $0.isNaN })
        }
        let others = CosineSimilarity.nearestNeighbors(
            of: points, among: points, count: 2, excludingSelf: true, on: Execution(for: set))
        #expect(
            others.indices(of: 1) == [5, 7] && others.indices(of: 5) == [1, 7] && others.indices(of: 7) == [1, 5])
    }

    @Test("marks neighbours that do not exist", arguments: InstructionSet.available)
    func tooMany(set: InstructionSet) {
        let execution = Execution(for: set)
        let one = Matrix([[1, 2]])
        let none = CosineSimilarity.nearestNeighbors(of: one, among: one, count: 3, excludingSelf: true, on: execution)
        #expect(none.indices == [-1, -1, -1] && none.cosines.elements.allSatisfy { $0.isNaN })
        let empty = CosineSimilarity.nearestNeighbors(
            of: one, among: Matrix(rows: 0, columns: 2), count: 2, on: execution)
        #expect(empty.indices == [-1, -1] && empty.cosines.elements.allSatisfy { $0.isNaN })
        let noQueries = CosineSimilarity.nearestNeighbors(
            of: Matrix(rows: 0, columns: 2), among: one, count: 2, on: execution)
        #expect(noQueries.indices.isEmpty && noQueries.cosines.rows == 0)
        let noColumns = CosineSimilarity.nearestNeighbors(
            of: Matrix(rows: 3, columns: 0), among: Matrix(rows: 3, columns: 0), count: 3, excludingSelf: true,
            on: execution)
        #expect(noColumns.indices == [1, 2, -1, 0, 2, -1, 0, 1, -1])
        #expect(agree(noColumns.cosines.elements, [0, 0, .nan, 0, 0, .nan, 0, 0, .nan]))
    }

    @Test("reads and writes nothing but the rows", arguments: InstructionSet.available)
    func strides(set: InstructionSet) {
        var generator = SeededGenerator(seed: 5)
        let queries = generator.normalMatrix(rows: 19, columns: 7)
        let points = generator.normalMatrix(rows: 103, columns: 7)
        let (queryCopy, pointCopy) = (StridedCopy(queries), StridedCopy(points, offset: 1, gap: 2))
        var cosines = StridedCopy(Matrix(rows: 19, columns: 4), offset: 3, gap: 2)
        var indices = [Int32](repeating: 7, count: 19 * 4)
        cosines.withMutableView {
            var span = indices.mutableSpan
            CosineSimilarity.nearestNeighbors(
                of: queryCopy.view, among: pointCopy.view, count: 4, indices: &span, cosines: &$0,
                on: Execution(for: set))
        }
        let expected = CosineSimilarity.nearestNeighbors(of: queries, among: points, count: 4, on: Execution(for: set))
        #expect(indices == expected.indices && cosines.matrix == expected.cosines)
        #expect(cosines.surroundingsAreUntouched)
    }

    @Test("is the same to the bit for any number of threads", arguments: InstructionSet.available)
    func threads(set: InstructionSet) {
        var generator = SeededGenerator(seed: 6)
        let points = generator.normalMatrix(rows: keepsToSmallSizes ? 150 : 1100, columns: 20)
        let one = CosineSimilarity.nearestNeighbors(of: points, among: points, count: 9, on: Execution(for: set))
        for threads in [2, 3, 7] {
            let many = CosineSimilarity.nearestNeighbors(
                of: points, among: points, count: 9, on: Execution(for: set, threads: threads))
            #expect(many == one, "\(threads) threads")
        }
    }

    @Test("traps on shapes that do not fit, with both in the message")
    func shapes() async {
        let columns = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = CosineSimilarity.nearestNeighbors(
                of: Matrix(rows: 2, columns: 3), among: Matrix(rows: 2, columns: 4), count: 1)
        }
        #expect(messages(of: columns).contains("neighbors of rows of 3 elements among rows of 4"))
        let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let rows = Matrix(rows: 2, columns: 3)
            _ = CosineSimilarity.nearestNeighbors(of: rows, among: rows, count: -1)
        }
        #expect(messages(of: negative).contains("count of neighbors must be 0 or more, found -1"))
        let selves = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = CosineSimilarity.nearestNeighbors(
                of: Matrix(rows: 2, columns: 3), among: Matrix(rows: 4, columns: 3), count: 1, excludingSelf: true)
        }
        #expect(messages(of: selves).contains("excluding self takes as many queries as points, found 2 and 4"))
    }
}
