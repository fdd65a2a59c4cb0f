import SphereData
import Testing

@Suite("ImageFile")
struct ImageFileTests {
    @Test("recognises a format by its first bytes, whatever the name says")
    func recognition() throws {
        let directory = TemporaryDirectory()
        let png = directory.file("a.jpg", holding: try Fixture.bytes("rgb8.png"))
        #expect(try ImageFile.read(png) == PNGFile.read(Fixture.path("rgb8.png")))
        let jpeg = directory.file("a.png", holding: try Fixture.bytes("gray.jpg"))
        let picture = try ImageFile.read(jpeg)
        #expect(picture.samples == .eightBit(try JPEGFile.read(Fixture.path("gray.jpg"))))
        #expect(picture.bitDepth == 8 && picture.transparentColor == nil)
        #expect(ImageFile.format(of: try Fixture.bytes("gray.jpg")) == .jpeg)
        #expect(ImageFile.format(of: try Fixture.bytes("rgb8.png")) == .png)
        #expect(ImageFile.format(of: try Fixture.bytes("f4_little_c.npy")) == nil)
    }

    @Test("makes 8-bit RGB of every kind")
    func colors() throws {
        for name in ["gray1.png", "gray_alpha16.png", "rgba8.png", "palette8.png", "gray.jpg", "cmyk.jpg"] {
            let image = try ImageFile.readRGB(Fixture.path(name))
            #expect(image.channels == 3 && image.width > 0)
        }
        let gray = try JPEGFile.read(Fixture.path("gray.jpg"))
        #expect(try ImageFile.readRGB(Fixture.path("gray.jpg")).samples == gray.samples.flatMap { [$0, $0, $0] })
    }

    @Test("refuses other files and says what they begin with")
    func otherFiles() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("a.png", holding: Array("RIFF....WEBP".utf8))
        let error = #expect(throws: ImageFileError.self) { try ImageFile.read(path) }
        #expect(error?.description == "\(path): byte 0: expected a PNG or JPEG file, found \"RIFF....\"...")
        #expect(throws: ImageFileError.file(.notRegularFile(path: directory.path, kind: "a directory"))) {
            try ImageFile.readRGB(directory.path)
        }
    }
}
