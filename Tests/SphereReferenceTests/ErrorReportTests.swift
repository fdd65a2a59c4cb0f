import SphereKernels
import SphereReference
import Testing

@Suite struct ErrorReportTests {
    @Test("finds the worst error, its index and the root mean square")
    func summary() {
        let report = ErrorReport([1, 7, 5])
        #expect(report.maximum == 7)
        #expect(report.worstIndex == 1)
        #expect(report.rootMeanSquare == 5)
    }

    @Test("takes NaN as the worst error")
    func notANumber() {
        #expect(ErrorReport([1, .nan, 3]).maximum.isNaN)
        #expect(ErrorReport([1, .nan, 3]).worstIndex == 1)
        #expect(ErrorReport.absolute([.nan], [1]).maximum.isNaN)
        #expect(ErrorReport.absolute([1], [.nan]).maximum.isNaN)
    }

    @Test("takes two NaNs and two equal infinities as agreeing")
    func agreeingSpecials() {
        #expect(ErrorReport.absolute([.nan, .infinity], [.nan, .infinity]).maximum == 0)
        #expect(ErrorReport.absolute([.infinity], [-.infinity]).maximum == .infinity)
    }

    @Test("of nothing is 0")
    func empty() {
        #expect(ErrorReport([Double]()).maximum == 0)
        #expect(ErrorReport([Double]()).worstIndex == nil)
    }

    @Test("counts units in the last place of float32", arguments: [Float(1), 1.5, 0.75, 1e-30, -3e38, 2e-38])
    func units(value: Float) {
        #expect(ErrorReport.unitsInLastPlace([value.nextUp], [Double(value)]).maximum == 1)
        #expect(ErrorReport.unitsInLastPlace([value], [Double(value)]).maximum == 0)
        #expect(Double(value.ulp) == ErrorReport.unitInLastPlace(of: Double(value)))
    }

    @Test("measures rows by their Euclidean distance")
    func rows() {
        let exact = ReferenceMatrix(Matrix([[0, 0], [1, 1]]))
        let report = ErrorReport.ofRows(Matrix([[3, 4], [1, 1]]), exact)
        #expect(report.maximum == 5 && report.worstIndex == 0)
    }

    @Test("measures relative errors, 0 against 0 being none")
    func relative() {
        #expect(ErrorReport.relative([0, 3], [0, 2]).maximum == 0.5)
        #expect(ErrorReport.relative([1], [0]).maximum == .infinity)
    }
}
