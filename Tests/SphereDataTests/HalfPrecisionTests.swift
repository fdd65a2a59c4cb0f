import SphereData
import Testing

@Suite("HalfPrecision")
struct HalfPrecisionTests {
    private static func image(_ name: String) throws -> Image<UInt16> {
        guard case .sixteenBit(let image) = try PNGFile.read(Fixture.path(name)).samples else {
            throw UnexpectedDepth()
        }
        return image
    }

    private struct UnexpectedDepth: Error {}

    @Test("widens all 65,536 bit patterns as NumPy does")
    func widening() throws {
        let words = try Self.image("half_widened.png").samples
        #expect(words.count == 2 * 65_536)
        var wrong: [UInt16] = []
        for pattern in UInt16.min...UInt16.max {
            let expected = UInt32(words[2 * Int(pattern)]) << 16 | UInt32(words[2 * Int(pattern) + 1])
            let value = HalfPrecision.float(fromBits: pattern)
            // Hardware makes a signaling NaN a quiet one, NumPy on other machines does not.
            let quietBit: UInt32 = value.isNaN ? 0x0040_0000 : 0
            if value.bitPattern | quietBit != expected | quietBit { wrong.append(pattern) }
        }
        #expect(wrong.isEmpty)
    }

    @Test("rounds to nearest, ties to even, as NumPy does beside and upon the middle between any two neighbours")
    func rounding() throws {
        let rounded = try Self.image("half_rounded.png").samples
        #expect(rounded.count == 3 * 65_536)
        var checked = 0
        var wrong: [UInt16] = []
        for pattern in UInt16.min...UInt16.max {
            let value = Double(HalfPrecision.float(fromBits: pattern))
            let neighbour = Double(HalfPrecision.float(fromBits: pattern &+ 1))
            let middle = (value + neighbour) / 2
            guard middle.isFinite else { continue }
            checked += 1
            let found = [middle.nextDown, middle, middle.nextUp].map(HalfPrecision.bits(of:))
            if found[...] != rounded[3 * Int(pattern)..<3 * Int(pattern) + 3] { wrong.append(pattern) }
        }
        #expect(wrong.isEmpty)
        // Of each sign there are 2^15 patterns, of which the last 1024 are not finite, and one middle fewer than
        // numbers.
        #expect(checked == 2 * (32_768 - 1024 - 1))
    }

    @Test("gives back every bit pattern that was widened, apart from the quiet bit of NaN")
    func roundTrip() {
        var wrong: [UInt16] = []
        for pattern in UInt16.min...UInt16.max {
            let value = HalfPrecision.float(fromBits: pattern)
            let quietBit: UInt16 = value.isNaN ? 0x0200 : 0
            if HalfPrecision.bits(of: Double(value)) | quietBit != pattern | quietBit { wrong.append(pattern) }
        }
        #expect(wrong.isEmpty)
    }

    @Test("keeps a NaN whose significand has only low bits a NaN")
    func lowNaN() {
        #expect(HalfPrecision.bits(of: Double(bitPattern: 0xFFF0_0000_0000_0001)) & 0xFC00 == 0xFC00)
        #expect(HalfPrecision.float(fromBits: HalfPrecision.bits(of: Double(bitPattern: 0x7FF0_0000_0000_0001))).isNaN)
    }
}
