import SphereKernels
import SphereReference
import TestSupport
import Testing

/// An instruction set with a precision: the cases of the tests below.
struct CosineCase: Sendable, CustomTestStringConvertible {
    let set: InstructionSet
    let accumulation: CosineSimilarity.Accumulation

    static let all = InstructionSet.available.flatMap { set in
        CosineSimilarity.Accumulation.allCases.map { CosineCase(set: set, accumulation: $0) }
    }

    var testDescription: String { "\(set), \(accumulation)" }

    /// The largest error as a fraction of the limit: above 1 is wrong.
    func excess(_ result: [Float], _ exact: [Double], dimension: Int) -> Double {
        switch accumulation {
        case .float32:
            ErrorReport.absolute(result, exact).maximum / AccuracyLimits.cosine(dimension: dimension)
        case .float64:
            ErrorReport.unitsInLastPlace(result, exact).maximum / AccuracyLimits.cosineFloat64
        }
    }
}

@Suite struct CosineSimilarityTests {
    @Test("of pairs agrees with the reference for every size", arguments: CosineCase.all)
    func paired(test: CosineCase) {
        let execution = Execution(for: test.set, threads: 2)
        var generator = SeededGenerator(seed: 1)
        for dimension in awkwardDimensions {
            for count in [0, 1, 9, 40] + (dimension == 3 && !keepsToSmallSizes ? [1023, 1024, 1025, 2049] : []) {
                let a = generator.normalMatrix(rows: count, columns: dimension)
                let b = generator.normalMatrix(rows: count, columns: dimension)
                let result = CosineSimilarity.paired(a, b, accumulation: test.accumulation, on: execution)
                let excess = test.excess(result, Reference.cosineSimilarityPaired(a, b), dimension: dimension)
                #expect(excess <= 1, "\(count) x \(dimension)")
            }
        }
    }

    @Test("of one with many agrees with the reference for every dimension", arguments: CosineCase.all)
    func oneToMany(test: CosineCase) {
        let execution = Execution(for: test.set)
        var generator = SeededGenerator(seed: 2)
        for dimension in awkwardDimensions {
            let query = Array(generator.normalMatrix(rows: 1, columns: dimension).elements)
            let points = generator.normalMatrix(rows: 37, columns: dimension)
            let result = CosineSimilarity.oneToMany(query, points, accumulation: test.accumulation, on: execution)
            let exact = Reference.cosineSimilarityOneToMany(query, points)
            #expect(test.excess(result, exact, dimension: dimension) <= 1, "D = \(dimension)")
        }
    }

    @Test("of all pairs agrees with the reference for every size", arguments: CosineCase.all)
    func allPairs(test: CosineCase) {
        let execution = Execution(for: test.set, threads: 2)
        var generator = SeededGenerator(seed: 3)
        for (index, count) in awkwardCounts.enumerated() {
            // Every count on either side, every dimension, without the full product of the three.
            let other = awkwardCounts[(index * 7 + 3) % awkwardCounts.count]
            let dimension = awkwardDimensions[(index * 5 + 1) % awkwardDimensions.count]
            let a = generator.normalMatrix(rows: count, columns: dimension)
            let b = generator.normalMatrix(rows: other, columns: dimension)
            let result = CosineSimilarity.allPairs(a, b, accumulation: test.accumulation, on: execution)
            let exact = Reference.cosineSimilarityAllPairs(a, b)
            #expect(
                test.excess(result.elements, exact.elements, dimension: dimension) <= 1,
                "\(count) and \(other) rows, D = \(dimension)")
        }
    }

    @Test("of a set with itself agrees with the reference and is symmetric to the bit", arguments: CosineCase.all)
    func symmetric(test: CosineCase) {
        let execution = Execution(for: test.set, threads: 2)
        var generator = SeededGenerator(seed: 4)
        for (index, count) in awkwardCounts.enumerated() {
            let dimension = awkwardDimensions[(index * 3 + 2) % awkwardDimensions.count]
            let points = generator.normalMatrix(rows: count, columns: dimension)
            let result = CosineSimilarity.symmetric(points, accumulation: test.accumulation, on: execution)
            let exact = Reference.cosineSimilarityAllPairs(points, points)
            #expect(
                test.excess(result.elements, exact.elements, dimension: dimension) <= 1,
                "\(count) rows, D = \(dimension)")
            let isSymmetric = (0..<count).allSatisfy { i in (0..<i).allSatisfy { result[i, $0] == result[$0, i] } }
            #expect(isSymmetric, "\(count) rows, D = \(dimension)")
        }
    }

    @Test("reads and writes nothing but the rows", arguments: CosineCase.all)
    func strides(test: CosineCase) {
        let execution = Execution(for: test.set)
        var generator = SeededGenerator(seed: 5)
        for dimension in [1, 5, 16, 33] {
            let a = generator.normalMatrix(rows: 51, columns: dimension)
            let b = generator.normalMatrix(rows: 53, columns: dimension)
            let aCopy = StridedCopy(a)
            let bCopy = StridedCopy(b, offset: 1, gap: 2)
            var all = StridedCopy(Matrix(rows: 51, columns: 53), offset: 2, gap: 3)
            all.withMutableView {
                CosineSimilarity.allPairs(
                    aCopy.view, bCopy.view, into: &$0, accumulation: test.accumulation, on: execution)
            }
            #expect(all.matrix == CosineSimilarity.allPairs(a, b, accumulation: test.accumulation, on: execution))
            #expect(all.surroundingsAreUntouched)
            var square = StridedCopy(Matrix(rows: 51, columns: 51), offset: 5, gap: 1)
            square.withMutableView {
                CosineSimilarity.symmetric(aCopy.view, into: &$0, accumulation: test.accumulation, on: execution)
            }
            #expect(square.matrix == CosineSimilarity.symmetric(a, accumulation: test.accumulation, on: execution))
            #expect(square.surroundingsAreUntouched)
            var paired = [Float](repeating: 0, count: 51)
            var span = paired.mutableSpan
            CosineSimilarity.paired(
                aCopy.view, StridedCopy(a, offset: 7).view, into: &span, accumulation: test.accumulation, on: execution)
            #expect(paired == CosineSimilarity.paired(a, a, accumulation: test.accumulation, on: execution))
        }
    }

    @Test(
        "does not depend on the scale of the rows", arguments: CosineCase.all, [Float(1e-35), 1e-25, 1e-15, 1e15, 1e30])
    func scales(test: CosineCase, scale: Float) {
        let execution = Execution(for: test.set)
        var generator = SeededGenerator(seed: 6)
        let a = generator.normalMatrix(rows: 20, columns: 7)
        let scaled = Matrix(rows: 20, columns: 7, elements: a.elements.map { $0 * scale })
        let b = generator.normalMatrix(rows: 20, columns: 7)
        // The scaled rows are rounded anew, so they are the input of their own reference.
        let paired = CosineSimilarity.paired(scaled, b, accumulation: test.accumulation, on: execution)
        #expect(test.excess(paired, Reference.cosineSimilarityPaired(scaled, b), dimension: 7) <= 1)
        let all = CosineSimilarity.allPairs(scaled, b, accumulation: test.accumulation, on: execution)
        #expect(test.excess(all.elements, Reference.cosineSimilarityAllPairs(scaled, b).elements, dimension: 7) <= 1)
    }

    @Test("is 0 with zero rows and NaN with NaN or infinity", arguments: CosineCase.all)
    func specialRows(test: CosineCase) {
        let execution = Execution(for: test.set)
        let rows = Matrix([[0, 0, 0], [.nan, 1, 0], [0, .infinity, 1], [1, 2, 2]])
        let all = CosineSimilarity.symmetric(rows, accumulation: test.accumulation, on: execution)
        #expect(all[0, 0] == 0 && all[0, 3] == 0 && all[3, 0] == 0)
        #expect((0..<4).allSatisfy { all[1, $0].isNaN && all[2, $0].isNaN && all[$0, 1].isNaN && all[$0, 2].isNaN })
        #expect(abs(all[3, 3] - 1) <= Float(AccuracyLimits.cosine(dimension: 3)))
        let paired = CosineSimilarity.paired(
            rows, Matrix([[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0]]), accumulation: test.accumulation, on: execution)
        #expect(paired[0] == 0 && paired[1].isNaN && paired[2].isNaN && paired[3] == 0)
    }

    @Test("never leaves [-1, 1]", arguments: CosineCase.all)
    func range(test: CosineCase) {
        let execution = Execution(for: test.set)
        var generator = SeededGenerator(seed: 7)
        let a = generator.normalMatrix(rows: 200, columns: 5)
        let opposite = Matrix(rows: 200, columns: 5, elements: a.elements.map { -3 * $0 })
        #expect(CosineSimilarity.paired(a, a, accumulation: test.accumulation, on: execution).allSatisfy { $0 <= 1 })
        #expect(
            CosineSimilarity.allPairs(a, opposite, accumulation: test.accumulation, on: execution).elements
                .allSatisfy { $0 >= -1 && $0 <= 1 })
    }

    @Test("is the same to the bit for any number of threads", arguments: CosineCase.all)
    func threads(test: CosineCase) {
        let one = Execution(for: test.set)
        var generator = SeededGenerator(seed: 8)
        let points = generator.normalMatrix(rows: keepsToSmallSizes ? 150 : 1100, columns: 9)
        for threads in [2, 3, 7] {
            let many = Execution(threads: threads, instructionSet: test.set)
            #expect(
                CosineSimilarity.symmetric(points, accumulation: test.accumulation, on: many)
                    == CosineSimilarity.symmetric(points, accumulation: test.accumulation, on: one))
            #expect(
                CosineSimilarity.paired(points, points, accumulation: test.accumulation, on: many)
                    == CosineSimilarity.paired(points, points, accumulation: test.accumulation, on: one))
        }
    }

    @Test("of rows without columns is 0")
    func noColumns() {
        let rows = Matrix(rows: 3, columns: 0)
        #expect(CosineSimilarity.paired(rows, rows) == [0, 0, 0])
        #expect(CosineSimilarity.symmetric(rows) == Matrix(rows: 3, columns: 3))
        #expect(CosineSimilarity.symmetric(rows, accumulation: .float64) == Matrix(rows: 3, columns: 3))
    }

    @Test("traps on shapes that do not fit, with both in the message")
    func shapes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = CosineSimilarity.paired(Matrix(rows: 2, columns: 3), Matrix(rows: 2, columns: 4))
        }
        #expect(messages(of: result).contains("paired cosines of 2 x 3 with 2 x 4"))
    }
}
