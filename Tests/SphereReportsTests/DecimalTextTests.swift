import SphereReference
import SphereReports
import Testing

@Suite struct DecimalTextTests {
    @Test("rounds to the given digits, zero without a sign")
    func fixed() {
        #expect(DecimalText.fixed(3.14159, decimals: 2) == "3.14")
        #expect(DecimalText.fixed(-0.5, decimals: 0) == "-1")
        #expect(DecimalText.fixed(-0.004, decimals: 2) == "0.00")
        #expect(DecimalText.fixed(-0.0, decimals: 0) == "0")
        #expect(DecimalText.fixed(0.05, decimals: 3) == "0.050")
        #expect(DecimalText.fixed(-12.3456, decimals: 3) == "-12.346")
        #expect(DecimalText.fixed(99.96, decimals: 1) == "100.0")
    }

    @Test("falls back to what Swift writes where the digits do not fit")
    func fallback() {
        #expect(DecimalText.fixed(1e300, decimals: 2) == "1e+300")
        #expect(DecimalText.fixed(.nan, decimals: 2) == "nan")
        #expect(DecimalText.fixed(-.infinity, decimals: 2) == "-inf")
    }

    @Test("is within half a unit of the last digit")
    func accuracy() throws {
        var generator = SeededGenerator(seed: 8)
        for decimals in 0...6 {
            let unit = (0..<decimals).reduce(1.0) { unit, _ in unit / 10 }
            for _ in 0..<200 {
                let value = 1000 * generator.normal()
                let text = DecimalText.fixed(value, decimals: decimals)
                let read = try #require(Double(text))
                #expect(abs(read - value) <= 0.5 * unit * (1 + 1e-6))
                #expect((text.split(separator: ".").dropFirst().first?.count ?? 0) == decimals)
            }
        }
    }

    @Test("writes powers of ten with small digits")
    func powers() {
        #expect(
            [0.00123, -98.7, 9.96e5, 1, 0].map(DecimalText.scientific)
                == ["1.2 × 10⁻³", "-9.9 × 10¹", "1.0 × 10⁶", "1.0 × 10⁰", "0.0"])
        #expect([0, 12, -345].map(DecimalText.powerOfTen) == ["10⁰", "10¹²", "10⁻³⁴⁵"])
    }
}
