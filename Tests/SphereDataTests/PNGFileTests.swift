import SphereData
import Testing

@Suite("PNGFile")
struct PNGFileTests {
    /// The kinds of brightness pictures: name in the fixtures, channels, bits.
    private static let kinds: [(name: String, channels: Int, bits: Int)] = [
        ("gray1", 1, 1), ("gray2", 1, 2), ("gray4", 1, 4), ("gray8", 1, 8), ("gray16", 1, 16),
        ("gray_alpha8", 2, 8), ("gray_alpha16", 2, 16), ("rgb8", 3, 8), ("rgb16", 3, 16), ("rgba8", 4, 8),
        ("rgba16", 4, 16),
    ]

    @Test("gives the stored samples of every kind, plain and interlaced", arguments: kinds.indices)
    func storedSamples(index: Int) throws {
        let (name, channels, bits) = Self.kinds[index]
        for suffix in ["", "_interlaced"] {
            let picture = try PNGFile.read(Fixture.path("\(name)\(suffix).png"))
            #expect(picture.bitDepth == bits && picture.transparentColor == nil)
            #expect(picture.width == 13 && picture.height == 9 && picture.channels == channels)
            if bits == 16 {
                let expected = Fixture.patternImage(channels: channels, modulus: 65_536, as: UInt16.self)
                #expect(picture.samples == .sixteenBit(expected))
            } else {
                let expected = Fixture.patternImage(channels: channels, modulus: 1 << bits, as: UInt8.self)
                #expect(picture.samples == .eightBit(expected))
            }
        }
    }

    @Test("gives the numbers and the colours of palette pictures", arguments: [(1, 2), (2, 3), (4, 11), (8, 200)])
    func palettes(bits: Int, colors: Int) throws {
        for suffix in ["", "_interlaced"] {
            let picture = try PNGFile.read(Fixture.path("palette\(bits)\(suffix).png"))
            guard case .palette(let indices, let palette) = picture.samples else {
                Issue.record("no palette")
                return
            }
            #expect(picture.bitDepth == bits)
            #expect(indices == Fixture.patternImage(channels: 1, modulus: colors))
            #expect(palette.count == colors)
            for (index, color) in palette.enumerated() {
                #expect(Int(color.red) == 16 * index % 256 && Int(color.green) == 37 * index % 256)
                #expect(Int(color.blue) == 91 * index % 256 && Int(color.alpha) == (index < 7 ? 255 - index : 255))
            }
        }
    }

    @Test("keeps the transparent colour apart from the samples")
    func transparentColors() throws {
        let gray4 = try PNGFile.read(Fixture.path("gray4_transparent.png"))
        #expect(gray4.transparentColor == [7])
        #expect(gray4.samples == .eightBit(Fixture.patternImage(channels: 1, modulus: 16)))
        #expect(try PNGFile.read(Fixture.path("gray8_transparent.png")).transparentColor == [7])
        let rgb8 = try PNGFile.read(Fixture.path("rgb8_transparent.png"))
        #expect(rgb8.transparentColor == (0..<3).map { UInt16(Fixture.pattern(5, 4, $0, modulus: 256)) })
        let rgb16 = try PNGFile.read(Fixture.path("rgb16_transparent.png"))
        #expect(rgb16.transparentColor == (0..<3).map { UInt16(Fixture.pattern(5, 4, $0, modulus: 65_536)) })
        #expect(rgb16.rgba()[5, 4, 3] == 0)
        #expect(rgb16.rgba().samples.count { $0 == 0 } < 13 * 9)
    }

    @Test(
        "makes the RGBA and RGB colours that Pillow makes of pictures of up to 8 bits",
        arguments: [
            "gray1", "gray2", "gray4", "gray8", "gray_alpha8", "rgb8", "rgba8", "palette1", "palette8",
            "gray8_transparent", "rgb8_transparent",
        ])
    func colors(name: String) throws {
        let expected = try NPYFile.read(Fixture.path("\(name)_rgba.npy"), as: UInt8.self)
        #expect(expected.shape == [9, 13, 4])
        let picture = try PNGFile.read(Fixture.path("\(name).png"))
        #expect(picture.rgba() == Image(width: 13, height: 9, channels: 4, samples: expected.elements))
        let withoutAlpha = expected.elements.enumerated().filter { $0.offset % 4 != 3 }.map(\.element)
        #expect(picture.rgb() == Image(width: 13, height: 9, channels: 3, samples: withoutAlpha))
    }

    @Test("rounds 16-bit samples to the nearest 8-bit ones", arguments: [1, 2, 3, 4])
    func sixteenBitColors(channels: Int) throws {
        let image = Fixture.patternImage(channels: channels, modulus: 65_536, as: UInt16.self)
        let picture = try PNGFile.decode(try PNGFile.encode(image), name: "memory")
        let colors = picture.rgb()
        for y in 0..<9 {
            for x in 0..<13 {
                for channel in 0..<3 {
                    let sample = Double(image[x, y, channels < 3 ? 0 : channel])
                    #expect(colors[x, y, channel] == UInt8((sample * 255 / 65_535).rounded()))
                }
            }
        }
    }

    private func expectRoundTrip<Component: ImageComponent>(_ image: Image<Component>, _ directory: String) throws {
        try PNGFile.write(image, to: directory)
        let picture = try PNGFile.read(directory)
        #expect(picture.bitDepth == Component.bitWidth)
        switch picture.samples {
        case .eightBit(let found): #expect(found as? Image<Component> == image)
        case .sixteenBit(let found): #expect(found as? Image<Component> == image)
        case .palette: Issue.record("an unexpected palette")
        }
    }

    @Test("reads back to the bit what it writes, 8 and 16 bits, 1 to 4 channels", arguments: 1...4)
    func roundTrip(channels: Int) throws {
        let directory = TemporaryDirectory()
        var generator = SeededGenerator(state: UInt64(channels))
        for (width, height) in [(1, 1), (1, 40), (40, 1), (67, 31)] {
            let count = width * height * channels
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            try expectRoundTrip(
                Image(width: width, height: height, channels: channels, samples: bytes), directory.file("8.png"))
            let words = (0..<count).map { _ in UInt16.random(in: 0...65_535, using: &generator) }
            try expectRoundTrip(
                Image(width: width, height: height, channels: channels, samples: words), directory.file("16.png"))
        }
        #expect(directory.names == ["16.png", "8.png"])
    }

    @Test("passes over gamma, text of any size and broken colour profiles")
    func ancillaryChunks() throws {
        let picture = try PNGFile.read(Fixture.path("ancillary_chunks.png"))
        #expect(
            picture.samples
                == .eightBit(Image(width: 3, height: 2, channels: 1, samples: [10, 20, 30, 40, 50, 60])))
    }

    @Test("refuses a file cut at any byte", arguments: ["gray8", "palette4_interlaced", "rgba16"])
    func truncation(name: String) throws {
        let bytes = try Fixture.bytes("\(name).png")
        for count in bytes.indices {
            #expect(throws: ImageFileError.self) { try PNGFile.decode(Array(bytes.prefix(count)), name: name) }
        }
        // Bytes after the end chunk are none of the picture.
        #expect(try PNGFile.decode(bytes + [1, 2, 3], name: name) == PNGFile.decode(bytes, name: name))
    }

    @Test("refuses any flipped bit, thanks to the checksums", arguments: ["gray8", "palette4_interlaced"])
    func flippedBits(name: String) throws {
        let bytes = try Fixture.bytes("\(name).png")
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << (index % 8)
            #expect(throws: ImageFileError.self, "byte \(index)") { try PNGFile.decode(flipped, name: name) }
        }
    }

    @Test("names the place where a truncated file ends")
    func damagePlace() throws {
        let bytes = try Fixture.bytes("rgb8.png")
        #expect(
            throws: ImageFileError.damaged(
                path: "cut.png", byteOffset: 100, reason: "the file ends before the picture does")
        ) { try PNGFile.decode(Array(bytes.prefix(100)), name: "cut.png") }
    }

    @Test("refuses sides that the file cannot hold, before it allocates anything")
    func impossibleSizes() throws {
        for (name, side) in [("huge_sides.png", 50_000), ("largest_sides.png", Int(Int32.max))] {
            let path = Fixture.path(name)
            let count = try FileContents.read(path).count
            #expect(
                throws: ImageFileError.impossibleSize(path: path, width: side, height: side, fileBytes: count)
            ) { try PNGFile.read(path, maximumPixels: .max) }
            #expect(
                throws: ImageFileError.tooManyPixels(
                    path: path, width: side, height: side, limit: ImageFile.defaultMaximumPixels)
            ) { try PNGFile.read(path) }
        }
    }

    @Test("refuses more pixels than the limit of the call, and no fewer")
    func pixelLimit() throws {
        let path = Fixture.path("gray8.png")
        _ = try PNGFile.read(path, maximumPixels: 13 * 9)
        #expect(throws: ImageFileError.tooManyPixels(path: path, width: 13, height: 9, limit: 13 * 9 - 1)) {
            try PNGFile.read(path, maximumPixels: 13 * 9 - 1)
        }
    }

    @Test("accepts the most compressible picture there is")
    func mostCompressible() throws {
        let black = Image<UInt8>(width: 4000, height: 3000, channels: 1)
        let bytes = try PNGFile.encode(black)
        #expect(bytes.count < 4000 * 3000 / 800)
        #expect(try PNGFile.decode(bytes, name: "black").samples == .eightBit(black))
    }

    @Test("refuses missing rows and numbers beyond the palette")
    func inconsistentPictures() {
        for name in ["missing_rows.png", "palette_overrun.png"] {
            let error = #expect(throws: ImageFileError.self) { try PNGFile.read(Fixture.path(name)) }
            guard case .damaged = error else {
                Issue.record("\(name): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("refuses other formats and unreadable files")
    func otherFiles() {
        let jpeg = Fixture.path("gray.jpg")
        #expect(
            throws: ImageFileError.unknownFormat(
                path: jpeg, expected: "a PNG file", found: "\"\\xff\\xd8\\xff\\xe0\\x00\\x10JF\"...")
        ) { try PNGFile.read(jpeg) }
        #expect(throws: ImageFileError.unknownFormat(path: "empty", expected: "a PNG file", found: "nothing")) {
            try PNGFile.decode([], name: "empty")
        }
        let missing = Fixture.path("missing.png")
        #expect(throws: ImageFileError.file(.cannotOpen(path: missing, reason: "No such file or directory"))) {
            try PNGFile.read(missing)
        }
    }

    @Test("refuses to write what the format cannot hold or where nothing can be written")
    func unwritable() {
        let directory = TemporaryDirectory()
        let path = directory.file("a.png")
        #expect(
            throws: ImageFileError.cannotEncode(path: path, reason: "PNG has no pictures of 0 x 5 pixels")
        ) { try PNGFile.write(Image<UInt8>(width: 0, height: 5, channels: 1), to: path) }
        #expect(directory.names.isEmpty)
        let missing = directory.file("missing/a.png")
        #expect(throws: ImageFileError.file(.cannotWrite(path: missing, reason: "No such file or directory"))) {
            try PNGFile.write(Image<UInt8>(width: 1, height: 1, channels: 1), to: missing)
        }
    }
}
