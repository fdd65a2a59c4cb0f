import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct RowNormsTests {
    @Test("agree with the reference for every size", arguments: InstructionSet.available)
    func sizes(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 1)
        for dimension in awkwardDimensions {
            for count in [0, 1, 5, 67] {
                let points = generator.normalMatrix(rows: count, columns: dimension)
                let limit = AccuracyLimits.norm(dimension: dimension)
                let norms = ErrorReport.relative(RowNorms.norms(points, on: execution), Reference.norms(points))
                #expect(norms.maximum <= limit, "\(count) x \(dimension), row \(norms.worstIndex ?? -1)")
                let rows = ErrorReport.ofRows(RowNorms.normalized(points, on: execution), Reference.normalized(points))
                #expect(rows.maximum <= limit, "\(count) x \(dimension), row \(rows.worstIndex ?? -1)")
            }
        }
    }

    @Test("read and write nothing but the rows", arguments: InstructionSet.available)
    func strides(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 2)
        for dimension in [1, 7, 16, 33] {
            let points = generator.normalMatrix(rows: 19, columns: dimension)
            let input = StridedCopy(points)
            var output = StridedCopy(points, offset: 1, gap: 2)
            output.withMutableView { RowNorms.normalize(input.view, into: &$0, on: execution) }
            #expect(output.matrix == RowNorms.normalized(points, on: execution))
            #expect(output.surroundingsAreUntouched)
        }
    }

    @Test(
        "are right at any scale", arguments: InstructionSet.available, [Float(1e-38), 1e-30, 1e-20, 1e20, 1e30, 2e38])
    func scales(set: InstructionSet, scale: Float) {
        let execution = Execution(for: set)
        let points = Matrix([[0.6 * scale, 0.8 * scale, 0], [0, -scale, 0]])
        #expect(
            ErrorReport.relative(RowNorms.norms(points, on: execution), Reference.norms(points)).maximum
                <= AccuracyLimits.norm(dimension: 3))
        #expect(
            ErrorReport.ofRows(RowNorms.normalized(points, on: execution), Reference.normalized(points)).maximum
                <= AccuracyLimits.norm(dimension: 3))
    }

    @Test("have a defined result for zero, NaN and infinity", arguments: InstructionSet.available)
    func specialRows(set: InstructionSet) {
        let execution = Execution(for: set)
        let points = Matrix([
            [0, 0], [.nan, 1], [.infinity, 1], [3, 4], [.greatestFiniteMagnitude, .greatestFiniteMagnitude],
        ])
        let norms = RowNorms.norms(points, on: execution)
        #expect(norms[0] == 0 && norms[1].isNaN && norms[2] == .infinity && norms[3] == 5 && norms[4] == .infinity)
        let rows = RowNorms.normalized(points, on: execution)
        #expect(Array(rows.row(0)) == [0, 0])
        #expect(rows.row(1).allSatisfy(\.isNaN) && rows.row(2).allSatisfy(\.isNaN))
        #expect(Array(rows.row(3)) == [0.6, 0.8])
        #expect(
            abs(rows[4, 0] - Float(0.5).squareRoot()) <= Float.ulpOfOne, "a length beyond float32 still has a direction"
        )
    }

    @Test("of no columns are 0")
    func noColumns() {
        #expect(RowNorms.norms(Matrix(rows: 3, columns: 0)) == [0, 0, 0])
    }
}
