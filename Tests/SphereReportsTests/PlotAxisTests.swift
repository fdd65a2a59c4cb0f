import SphereReference
import SphereReports
import Testing

@Suite struct PlotAxisTests {
    private func labels(_ values: [Double], _ scale: LinePlot.Scale = .linear) -> [String] {
        PlotAxis(covering: values, scale: scale).ticks.map(\.label)
    }

    @Test("has round numbers around the data on a linear axis")
    func linearLabels() {
        #expect(labels([0, 5]) == ["0", "1", "2", "3", "4", "5"])
        #expect(labels([0.31, 1.2]) == ["0.2", "0.4", "0.6", "0.8", "1.0", "1.2"])
        #expect(labels([-3, 17]) == ["-5", "0", "5", "10", "15", "20"])
        #expect(labels([0, 0.3]) == ["0.0", "0.1", "0.2", "0.3"])
        #expect(labels([98_000, 250_000]) == ["50000", "100000", "150000", "200000", "250000"])
        #expect(labels([0, 3e9]) == ["0", "1×10⁹", "2×10⁹", "3×10⁹"])
        #expect(labels([1e-7, 6e-7]) == ["1×10⁻⁷", "2×10⁻⁷", "3×10⁻⁷", "4×10⁻⁷", "5×10⁻⁷", "6×10⁻⁷"])
    }

    @Test("has powers of ten on a logarithmic axis, and steps of 1, 2, 5 for few decades")
    func logarithmicLabels() {
        #expect(labels([0.02, 30], .logarithmic) == ["0.01", "0.1", "1", "10", "100"])
        #expect(labels([1e-5, 1], .logarithmic) == ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"])
        #expect(labels([1, 30], .logarithmic) == ["1", "2", "5", "10", "20", "50"])
        #expect(labels([2.5, 6], .logarithmic) == ["2", "3", "4", "5", "6"])
        #expect(labels([2e6, 3e6], .logarithmic) == ["2×10⁶", "3×10⁶"])
        #expect(labels([1e-30, 1e30], .logarithmic).count <= 10)
    }

    @Test(
        "puts a constant inside a range of its own",
        arguments: [0, 1, -4, 1e9, 1e-9, 0.3, 1e280, -1e280, .leastNonzeroMagnitude])
    func constant(value: Double) throws {
        let linear = PlotAxis(covering: [value, value], scale: .linear)
        let place = try #require(linear.fraction(value))
        #expect(place > 0.2 && place < 0.8)
        guard value > 1e-280 else { return }
        let logarithmic = try #require(PlotAxis(covering: [value], scale: .logarithmic).fraction(value))
        #expect(logarithmic >= 0 && logarithmic <= 1)
    }

    @Test(
        "covers the data with rising ticks of different labels, for all sizes",
        arguments: [LinePlot.Scale.linear, .logarithmic])
    func covering(scale: LinePlot.Scale) throws {
        var generator = SeededGenerator(seed: 4)
        for round in 0..<2000 {
            let size = 40 * generator.normal()
            let values = (0..<3).map { _ in
                (scale == .linear ? generator.normal() : generator.uniform()) * exponential(size)
            }
            let axis = PlotAxis(covering: values, scale: scale)
            for value in values {
                let place = try #require(axis.fraction(value))
                #expect(place > -1e-5 && place < 1 + 1e-5, "round \(round): \(values)")
            }
            #expect(
                zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy { $0.value < $1.value }, "round \(round): \(values)")
            #expect(Set(axis.ticks.map(\.label)).count == axis.ticks.count, "round \(round): \(values)")
            #expect((2...11).contains(axis.ticks.count), "round \(round): \(values)")
            if scale == .linear {
                // The least range that can hold the data is at least a third of the axis.
                let spread = try #require(axis.fraction(values.max()!)) - axis.fraction(values.min()!)!
                #expect(spread > 0.33, "round \(round): \(values)")
            }
        }
    }

    private func exponential(_ x: Double) -> Double {
        var power = 1.0
        for _ in 0..<Int(abs(x)) { power *= x < 0 ? 0.5 : 2 }
        return power
    }

    @Test("cannot show NaN, infinities, and on a logarithmic axis 0 and less")
    func unshown() {
        let linear = PlotAxis(covering: [0, 1], scale: .linear)
        let logarithmic = PlotAxis(covering: [1, 10], scale: .logarithmic)
        for value in [Double.nan, .infinity, -.infinity, 1e300] {
            #expect(linear.fraction(value) == nil && logarithmic.fraction(value) == nil)
        }
        for value in [0, -1, Double.leastNonzeroMagnitude] { #expect(logarithmic.fraction(value) == nil) }
        #expect(linear.fraction(0) == 0 && linear.fraction(1) == 1 && linear.fraction(.leastNonzeroMagnitude) == 0)
        #expect(labels([]) == labels([.nan, .infinity]))
        #expect(labels([], .logarithmic) == labels([0, -1], .logarithmic))
    }
}
