import SphereData
import Testing

/// Random damage: whatever the bytes, the readers return or throw, and claim no memory that the file cannot justify.
@Suite("Hostile input", .serialized)
struct HostileInputTests {
    /// Calls `body` with `rounds` damaged versions of each file: bytes overwritten, bits flipped, ranges cut or
    /// doubled.
    private func damage(_ names: [String], rounds: Int, _ body: ([UInt8]) throws -> Void) throws -> (
        accepted: Int, refused: Int
    ) {
        var (accepted, refused) = (0, 0)
        for (number, name) in names.enumerated() {
            let bytes = try Fixture.bytes(name)
            for round in 0..<rounds {
                var generator = SeededGenerator(state: UInt64(number * rounds + round))
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let index = Int.random(in: 0..<damaged.count, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: damaged[index] = UInt8.random(in: 0...255, using: &generator)
                    case 1: damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                    case 2: damaged[index] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
                    default:
                        let end = min(index + Int.random(in: 1...8, using: &generator), damaged.count)
                        let isCut = Bool.random(using: &generator) && damaged.count > 16
                        damaged.replaceSubrange(
                            index..<end, with: isCut ? [] : Array(damaged[index..<end]) + damaged[index..<end])
                    }
                }
                do {
                    try body(damaged)
                    accepted += 1
                } catch {
                    refused += 1
                }
            }
        }
        return (accepted, refused)
    }

    /// Runs `body` and checks that the process needed little memory more.
    private func expectingLittleMemory<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = peakMemoryBytes()
        let result = try body()
        // The damaged files have kilobytes. A side or a length taken at its word would need gigabytes; the rest of
        // the suite, which may run beside this, tens of megabytes.
        #expect(peakMemoryBytes() - before < 400 << 20)
        return result
    }

    @Test("damaged NPY files are read or refused")
    func npy() throws {
        let directory = TemporaryDirectory()
        let outcome = try expectingLittleMemory {
            try damage(["f4_little_c.npy", "i2_big_fortran.npy", "version_3.npy"], rounds: 1500) { bytes in
                let path = directory.file("a.npy", holding: bytes)
                let array = try NPYFile.read(path, as: Double.self)
                #expect(array.elements.count <= bytes.count)
            }
        }
        #expect(outcome.accepted > 0 && outcome.refused > 0)
    }

    @Test("damaged PNG files are read or refused")
    func png() throws {
        let outcome = try expectingLittleMemory {
            try damage(["gray8.png", "rgba16_interlaced.png", "palette2.png"], rounds: 1000) { bytes in
                _ = try PNGFile.decode(bytes, name: "damaged").rgba()
            }
        }
        #expect(outcome.refused > 0)
    }

    @Test("PNG files with damaged chunks and right checksums are read or refused")
    func pngWithChecksums() throws {
        let outcome = try expectingLittleMemory {
            try damage(["gray4.png", "palette8.png", "rgb8_transparent.png"], rounds: 1000) { bytes in
                _ = try PNGFile.decode(PNGChecksums.mend(bytes), name: "damaged").rgba()
            }
        }
        #expect(outcome.accepted > 0 && outcome.refused > 0)
    }

    @Test("damaged JPEG files are read or refused")
    func jpeg() throws {
        let outcome = try expectingLittleMemory {
            try damage(["ycc420.jpg", "progressive.jpg", "cmyk.jpg"], rounds: 1000) { bytes in
                let image = try JPEGFile.decode(bytes, name: "damaged")
                #expect(image.width * image.height <= 1024 * bytes.count)
            }
        }
        #expect(outcome.accepted > 0 && outcome.refused > 0)
    }
}

/// Puts right checksums into the chunks of a PNG file, so that damage gets past them.
private enum PNGChecksums {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    static func mend(_ bytes: [UInt8]) -> [UInt8] {
        var mended = bytes
        var start = 8
        while start + 12 <= mended.count {
            let length = mended[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            guard start + 12 + length <= mended.count else { break }
            let end = start + 8 + length
            let checksum = ~mended[start + 4..<end].reduce(UInt32.max) {
                table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8
            }
            for byte in 0..<4 { mended[end + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * byte)) }
            start = end + 4
        }
        return mended
    }
}
