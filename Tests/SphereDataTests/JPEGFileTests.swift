import SphereData
import Testing

@Suite("JPEGFile")
struct JPEGFileTests {
    private static let kinds = [
        "gray", "ycc444", "ycc422", "ycc420", "rgb", "progressive", "restart", "rotated", "cmyk", "ycck",
    ]

    /// The place of the marker 0xFF `code` in `bytes`.
    private func place(ofMarker code: UInt8, in bytes: [UInt8]) throws -> Int {
        try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == code })
    }

    @Test("decodes every kind to the pixels of Pillow", arguments: kinds)
    func pixels(name: String) throws {
        let expected = try NPYFile.read(Fixture.path("\(name)_jpg.npy"), as: UInt8.self)
        let channels = expected.shape.count == 2 ? 1 : 3
        let image = try JPEGFile.read(Fixture.path("\(name).jpg"))
        #expect(image.width == 21 && image.height == 14 && image.channels == channels)
        // A decoder may be off by one in each sample before the conversion to RGB (ISO/IEC 10918-2), whose largest
        // factor is 1.772.
        let worst = zip(image.samples, expected.elements).map { abs(Int($0) - Int($1)) }.max()
        #expect(try #require(worst) <= 3)
    }

    @Test("leaves the EXIF orientation unapplied")
    func orientation() throws {
        // The fixture says "rotate by 90 degrees": applied, the sides would be exchanged.
        let image = try JPEGFile.read(Fixture.path("rotated.jpg"))
        #expect(image.width == 21 && image.height == 14)
        #expect(image == (try JPEGFile.read(Fixture.path("ycc420.jpg"))))
    }

    @Test("refuses a file cut at any byte", arguments: ["gray", "ycc420", "progressive", "restart"])
    func truncation(name: String) throws {
        let bytes = try Fixture.bytes("\(name).jpg")
        for count in bytes.indices {
            #expect(throws: ImageFileError.self, "\(count) bytes") {
                try JPEGFile.decode(Array(bytes.prefix(count)), name: name)
            }
        }
    }

    @Test("refuses sides that the file cannot hold, before it allocates anything")
    func impossibleSizes() throws {
        for (name, marker) in [("ycc420", 0xC0), ("progressive", 0xC2)] as [(String, UInt8)] {
            var bytes = try Fixture.bytes("\(name).jpg")
            let sides = try place(ofMarker: marker, in: bytes) + 5
            bytes.replaceSubrange(sides..<sides + 4, with: [0x30, 0x00, 0x30, 0x00])
            #expect(
                throws: ImageFileError.impossibleSize(
                    path: name, width: 0x3000, height: 0x3000, fileBytes: bytes.count)
            ) { try JPEGFile.decode(bytes, name: name) }
            #expect(
                throws: ImageFileError.tooManyPixels(path: name, width: 0x3000, height: 0x3000, limit: 1000)
            ) { try JPEGFile.decode(bytes, name: name, maximumPixels: 1000) }
        }
    }

    @Test("refuses damaged picture data")
    func damagedData() throws {
        var bytes = try Fixture.bytes("ycc420.jpg")
        let data = try place(ofMarker: 0xDA, in: bytes) + 14
        // An end marker in the middle of the data, which libjpeg would only warn about.
        bytes.replaceSubrange(data + 10..<data + 12, with: [0xFF, 0xD9])
        let error = #expect(throws: ImageFileError.self) { try JPEGFile.decode(bytes, name: "a.jpg") }
        #expect(error?.description.contains("Corrupt JPEG data: premature end of data segment") == true)
    }

    @Test("refuses arithmetic coding, 12 bits and two components")
    func unsupportedKinds() throws {
        var arithmetic = try Fixture.bytes("gray.jpg")
        arithmetic[try place(ofMarker: 0xC0, in: arithmetic) + 1] = 0xC9
        #expect(
            throws: ImageFileError.unsupported(path: "a.jpg", reason: "JPEG with arithmetic coding")
        ) { try JPEGFile.decode(arithmetic, name: "a.jpg") }

        var deep = try Fixture.bytes("gray.jpg")
        deep[try place(ofMarker: 0xC0, in: deep) + 4] = 12
        let error = #expect(throws: ImageFileError.self) { try JPEGFile.decode(deep, name: "a.jpg") }
        #expect(error?.description.contains("Unsupported JPEG data precision 12") == true)

        // Without its third component in the frame header and in the scan header.
        var two = try Fixture.bytes("ycc444.jpg")
        let scan = try place(ofMarker: 0xDA, in: two)
        two.replaceSubrange(
            scan..<scan + 11, with: Array(two[scan..<scan + 2]) + [0, 10, 2] + two[scan + 5..<scan + 9])
        let frame = try place(ofMarker: 0xC0, in: two)
        two.removeSubrange(frame + 16..<frame + 19)
        two[frame + 3] -= 3
        two[frame + 9] = 2
        #expect(
            throws: ImageFileError.unsupported(path: "a.jpg", reason: "JPEG with unknown kind of colour")
        ) { try JPEGFile.decode(two, name: "a.jpg") }
    }

    @Test("refuses a progressive file that repeats a scan without end")
    func endlessScans() throws {
        var bytes = try Fixture.bytes("progressive.jpg")
        // The first scan of one component; its last byte becomes "all bits", so that repeating it breaks no rule.
        let scan = try #require(
            bytes.indices.dropLast(10).first { Array(bytes[$0..<$0 + 5]) == [0xFF, 0xDA, 0, 8, 1] })
        bytes[scan + 9] = 0
        let end = try #require((scan + 10..<bytes.count).first { bytes[$0] == 0xFF && bytes[$0 + 1] != 0 })
        func repeating(_ count: Int) -> [UInt8] {
            Array(bytes[..<scan]) + (0..<count).flatMap { _ in bytes[scan..<end] } + [0xFF, 0xD9]
        }
        #expect(try JPEGFile.decode(repeating(400), name: "a.jpg").width == 21)
        let error = #expect(throws: ImageFileError.self) { try JPEGFile.decode(repeating(600), name: "a.jpg") }
        #expect(error?.description.contains("more than 500 scans") == true)
    }

    @Test("refuses other formats")
    func otherFormats() {
        #expect(
            throws: ImageFileError.unknownFormat(
                path: "a.jpg", expected: "a JPEG file", found: "\"GIF\"...")
        ) { try JPEGFile.decode(Array("GIF89a".utf8), name: "a.jpg") }
    }
}
