import SphereData
import Testing

@Suite("LabelMap")
struct LabelMapTests {
    /// 256 x 256 labels: every value of 16 bits once.
    private static let all = LabelMap(width: 256, height: 256, labels: (0..<65_536).map { Int32($0 * 40_503 % 65_536) })

    @Test("keeps label (x, y) at y * width + x")
    func layout() {
        var map = LabelMap(width: 3, height: 2, labels: [0, 1, 2, 3, 4, 5])
        #expect(map[2, 0] == 2 && map[0, 1] == 3)
        map[1, 1] = -7
        #expect(map.labels == [0, 1, 2, 3, -7, 5])
    }

    @Test("comes back from a 16-bit PNG to the bit, for all 65,536 labels")
    func pngRoundTrip() throws {
        let directory = TemporaryDirectory()
        try Self.all.writePNG(to: directory.file("a.png"))
        #expect(try LabelMap.readPNG(directory.file("a.png")) == Self.all)
        #expect(try LabelMap.read(directory.file("a.png")) == Self.all)
        #expect(try PNGFile.read(directory.file("a.png")).bitDepth == 16)
    }

    @Test("comes back from an NPY file, also negative labels and maps without pixels")
    func npyRoundTrip() throws {
        let directory = TemporaryDirectory()
        for map in [
            Self.all, LabelMap(width: 2, height: 1, labels: [.min, .max]), LabelMap(width: 0, height: 3, labels: []),
        ] {
            try map.writeNPY(to: directory.file("a.npy"))
            #expect(try LabelMap.readNPY(directory.file("a.npy")) == map)
            #expect(try LabelMap.read(directory.file("a.npy")) == map)
        }
    }

    @Test("takes the stored samples of gray and palette pictures as labels", arguments: [1, 2, 4, 8, 16])
    func storedSamples(bits: Int) throws {
        func expected(_ modulus: Int) -> [Int32] {
            (0..<9).flatMap { y in (0..<13).map { x in Int32(Fixture.pattern(x, y, 0, modulus: modulus)) } }
        }
        #expect(try LabelMap.read(Fixture.path("gray\(bits).png")).labels == expected(1 << bits))
        if let colors = [1: 2, 2: 3, 4: 11, 8: 200][bits] {
            #expect(try LabelMap.read(Fixture.path("palette\(bits).png")).labels == expected(colors))
        }
        // A transparent label is a label.
        #expect(try LabelMap.read(Fixture.path("gray8_transparent.png")).labels == expected(256))
    }

    @Test("reads arrays of every integer type and of floats that are integers")
    func arrays() throws {
        for name in ["i1", "i2", "i4", "u1", "u2", "b1"] {
            let map = try LabelMap.read(Fixture.path("\(name)_little_fortran.npy"))
            #expect(map.width == 4 && map.height == 3)
        }
        #expect(try LabelMap.read(Fixture.path("shape_4x5_fortran.npy")).labels == (0..<20).map { Int32($0) })
    }

    @Test("refuses arrays of other numbers and of another rank")
    func refusedArrays() throws {
        for name in ["f4_little_c.npy", "u4_little_c.npy", "i8_little_c.npy"] {
            let error = #expect(throws: LabelMapError.self) { try LabelMap.read(Fixture.path(name)) }
            guard case .array(.notRepresentable) = error else {
                Issue.record("\(name): \(String(describing: error))")
                continue
            }
        }
        let path = Fixture.path("shape_3x4x2_c.npy")
        #expect(
            throws: LabelMapError.notLabels(
                path: path, expected: "an array of shape (height, width)", found: "shape [3, 4, 2]")
        ) { try LabelMap.read(path) }
    }

    @Test("refuses pictures of colours and other files")
    func refusedPictures() {
        let path = Fixture.path("rgb8.png")
        #expect(
            throws: LabelMapError.notLabels(path: path, expected: "a gray or palette picture", found: "3 channels")
        ) { try LabelMap.read(path) }
        for name in ["gray.jpg", "missing.png", "huge_sides.png"] {
            let error = #expect(throws: LabelMapError.self) { try LabelMap.read(Fixture.path(name)) }
            guard case .image = error else {
                Issue.record("\(name): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("refuses to write labels that do not fit into 16 bits, and names the first one", arguments: [-1, 65_536])
    func labelOutOfRange(label: Int32) {
        let directory = TemporaryDirectory()
        let path = directory.file("a.png")
        var map = LabelMap(width: 3, height: 2, labels: [0, 0, 0, 65_535, 0, 0])
        map[2, 1] = label
        #expect(throws: LabelMapError.labelOutOfRange(path: path, x: 2, y: 1, label: label)) {
            try map.writePNG(to: path)
        }
        #expect(directory.names.isEmpty)
    }

    @Test("reports where nothing can be written")
    func unwritable() {
        let directory = TemporaryDirectory()
        let map = LabelMap(width: 1, height: 1, labels: [0])
        let path = directory.file("missing/a")
        let error = FileError.cannotWrite(path: path, reason: "No such file or directory")
        #expect(throws: LabelMapError.image(.file(error))) { try map.writePNG(to: path) }
        #expect(throws: LabelMapError.array(.file(error))) { try map.writeNPY(to: path) }
        #expect(throws: LabelMapError.self) { try LabelMap(width: 0, height: 0, labels: []).writePNG(to: path) }
    }
}
