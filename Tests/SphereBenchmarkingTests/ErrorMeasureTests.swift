import SphereBenchmarking
import SphereKernels
import SphereReference
import Testing

@Suite struct ErrorMeasureTests {
    private let exact = ReferenceMatrix(Matrix([[1, 2], [4, 8], [16, 32]]))

    /// `exact` with one element replaced.
    private func result(_ row: Int, _ column: Int, _ value: Float) -> Matrix {
        var result = exact.rounded
        result[row, column] = value
        return result
    }

    @Test("finds the row with the largest distance")
    func rowDistance() {
        var wrong = result(2, 0, 16 + 3)
        wrong[2, 1] = 32 - 4
        #expect(ErrorMeasure.rowDistance.worst(wrong, exact) == (row: 2, error: 5))
    }

    @Test("finds the row of the element with the largest error")
    func elements() {
        let wrong = result(1, 1, 9)
        #expect(ErrorMeasure.absolute.worst(wrong, exact) == (row: 1, error: 1))
        #expect(ErrorMeasure.relative.worst(wrong, exact) == (row: 1, error: 0.125))
        let next = result(1, 0, Float(4).nextUp)
        #expect(ErrorMeasure.unitsInLastPlace(floor: 0).worst(next, exact) == (row: 1, error: 1))
    }

    @Test("counts differences up to the floor as none")
    func floor() {
        let next = result(1, 0, Float(4).nextUp)
        let difference = Double(Float(4).ulp)
        #expect(ErrorMeasure.unitsInLastPlace(floor: difference).worst(next, exact).error == 0)
        #expect(ErrorMeasure.unitsInLastPlace(floor: difference.nextDown).worst(next, exact).error == 1)
    }

    @Test(
        "takes NaN for the largest error",
        arguments: [ErrorMeasure.rowDistance, .absolute, .relative, .unitsInLastPlace(floor: 1e9)])
    func notANumber(measure: ErrorMeasure) {
        let (row, error) = measure.worst(result(2, 1, .nan), exact)
        #expect(row == 2 && error.isNaN)
    }
}
