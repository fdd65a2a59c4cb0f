import SphereData
import SphereKernels
import SphereReference
import SphereReports
import TestSupport
import Testing

@Suite struct EmbeddingPictureTests {
    private func clusters(_ count: Int, dimension: Int = 8, seed: UInt64 = 1) -> Matrix {
        var generator = SeededGenerator(seed: seed)
        return generator.clusteredRows(count, dimension: dimension, clusters: 5)
    }

    private func picture(of points: Matrix, reference: Matrix? = nil) -> Image<UInt8> {
        let reference = reference ?? points
        return EmbeddingPicture(reference: reference.view).picture(of: points.view, width: points.rows, height: 1)
    }

    private func colors(of picture: Image<UInt8>) -> [RGBColor] {
        (0..<picture.width).map { RGBColor(of: picture, x: $0, y: 0) }
    }

    private func map(_ points: Matrix, _ body: (_ row: [Double]) -> [Double]) -> Matrix {
        Matrix((0..<points.rows).map { body(points.row($0).map(Double.init)).map(Float.init) })
    }

    /// An orthogonal matrix: random rows made orthonormal one after the other.
    private func orthogonal(_ dimension: Int) -> [[Double]] {
        var generator = SeededGenerator(seed: 77)
        var rows: [[Double]] = []
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        for _ in 0..<dimension {
            var row = (0..<dimension).map { _ in generator.normal() }
            for _ in 0..<2 {
                for other in rows {
                    let part = dot(row, other)
                    row = zip(row, other).map { $0 - part * $1 }
                }
            }
            let length = dot(row, row).squareRoot()
            rows.append(row.map { $0 / length })
        }
        return rows
    }

    @Test("is not changed by adding a constant to all embeddings")
    func translation() {
        let points = clusters(300)
        let moved = map(points) { row in row.enumerated().map { $1 + 0.25 * Double($0) - 1 } }
        for (a, b) in zip(picture(of: points).samples, picture(of: moved).samples) {
            #expect(abs(Int(a) - Int(b)) <= 1)
        }
    }

    @Test("turns components around at most when the space is rotated")
    func rotation() {
        let points = clusters(300)
        let axes = orthogonal(8)
        let rotated = map(points) { row in axes.map { zip($0, row).reduce(0) { $0 + $1.0 * $1.1 } } }
        let (before, after) = (picture(of: points).samples, picture(of: rotated).samples)
        for channel in 0..<3 {
            let pairs = stride(from: channel, to: before.count, by: 3).map { (Int(before[$0]), Int(after[$0])) }
            let isKept = pairs.allSatisfy { abs($0.0 - $0.1) <= 1 }
            let isTurned = pairs.allSatisfy { abs($0.0 + $0.1 - 255) <= 1 }
            #expect(isKept != isTurned, "channel \(channel)")
        }
    }

    @Test("uses the whole range of every channel")
    func range() {
        let samples = picture(of: clusters(300)).samples
        for channel in 0..<3 {
            let values = stride(from: channel, to: samples.count, by: 3).map { samples[$0] }
            #expect(values.min() == 0 && values.max() == 255)
        }
    }

    @Test("gives equal embeddings equal colours, in every picture of the same axes")
    func equalRows() {
        let reference = clusters(100)
        let later = clusters(60, seed: 9)
        let colors = EmbeddingPicture(reference: reference.view)
        let doubled = later.selectingRows(Array(0..<60) + Array(0..<60))
        let alone = self.colors(of: colors.picture(of: later.view, width: 60, height: 1))
        #expect(self.colors(of: colors.picture(of: doubled.view, width: 120, height: 1)) == alone + alone)
        let first = self.colors(of: colors.picture(of: reference.view, width: 100, height: 1))
        #expect(first == self.colors(of: picture(of: reference)))
    }

    @Test("follows the order of the rows and fills rows of pixels first")
    func order() {
        let points = clusters(24)
        let shuffled = Array((0..<24).map { ($0 * 7 + 3) % 24 })
        let picture = EmbeddingPicture(reference: points.view)
        let straight = picture.picture(of: points.view, width: 6, height: 4)
        let permuted = points.selectingRows(shuffled)
        let other = picture.picture(of: permuted.view, width: 6, height: 4)
        for i in 0..<24 {
            let source = shuffled[i]
            #expect(RGBColor(of: other, x: i % 6, y: i / 6) == RGBColor(of: straight, x: source % 6, y: source / 6))
        }
    }

    @Test("puts later embeddings on the scale of the reference and clips them")
    func sharedScale() {
        let reference = Matrix(rows: 101, columns: 1, elements: (0...100).map(Float.init))
        let later = Matrix([[50], [1], [99], [25.5], [-1000], [1000]])
        let grays = colors(of: picture(of: later, reference: reference)).map(\.red)
        #expect(grays == [128, 0, 255, 64, 0, 255])
    }

    @Test("takes the percentiles it is given")
    func percentiles() {
        let reference = Matrix(rows: 101, columns: 1, elements: (0...100).map(Float.init))
        let full = EmbeddingPicture(reference: reference.view, percentiles: 0...100)
        let half = EmbeddingPicture(reference: reference.view, percentiles: 25...75)
        let points = Matrix([[0], [25], [75], [100]])
        #expect(colors(of: full.picture(of: points.view, width: 4, height: 1)).map(\.red) == [0, 64, 191, 255])
        #expect(colors(of: half.picture(of: points.view, width: 4, height: 1)).map(\.red) == [0, 0, 255, 255])
    }

    @Test("is gray for one dimension and of equal lightness for two")
    func fewDimensions() {
        for color in colors(of: picture(of: clusters(50, dimension: 1))) {
            #expect(color.red == color.green && color.green == color.blue)
        }
        var generator = SeededGenerator(seed: 5)
        let plane = colors(of: picture(of: generator.normalMatrix(rows: 200, columns: 2)))
        for color in plane { #expect(abs(OKLab(color).lightness - 0.75) < 0.004) }
        #expect(Set(plane).count > 150)
    }

    @Test("is the gray of the middle for constant embeddings, at any distance from 0", arguments: [0, 0.3, 1e6, -1e30])
    func constant(value: Float) {
        for dimension in [1, 3, 5] {
            let points = Matrix(rows: 6, columns: dimension, repeating: value)
            #expect(Set(colors(of: picture(of: points))) == [RGBColor(gray: 128)])
        }
        #expect(Set(colors(of: picture(of: Matrix(rows: 3, columns: 0)))) == [RGBColor(gray: 128)])
    }

    @Test("does not enlarge rounding errors: a component that hardly spreads is constant")
    func degenerateComponents() {
        // A line in space, disturbed in the last places.
        var generator = SeededGenerator(seed: 6)
        let line = map(Matrix(rows: 64, columns: 1, elements: (0..<64).map { Float($0) / 64 })) { row in
            [row[0], 1 + 1e-7 * generator.normal(), 1e-8 * generator.normal()]
        }
        let line1 = colors(of: picture(of: line))
        #expect(Set(line1.map(\.green)) == [128] && Set(line1.map(\.blue)) == [128])
        #expect(Set(line1.map(\.red)).count > 50)
    }

    @Test(
        "marks rows with NaN or infinity and does not let them move the others",
        arguments: [Float.nan, .infinity, -.infinity])
    func invalidRows(value: Float) {
        let points = clusters(40)
        var damaged = points
        for row in [0, 17, 39] { damaged[row, row % 8] = value }
        let sound = (0..<40).filter { ![0, 17, 39].contains($0) }
        let expected = colors(of: picture(of: points.selectingRows(sound)))
        let found = colors(of: picture(of: damaged))
        #expect(sound.map { found[$0] } == expected)
        for row in [0, 17, 39] { #expect(found[row] == EmbeddingPicture.invalid) }
    }

    @Test("has a colour for everything even without a sound reference")
    func noReference() {
        let points = Matrix([[1, 2], [.nan, 0]])
        let expected = [RGBColor(gray: 128), EmbeddingPicture.invalid]
        for reference in [Matrix(rows: 0, columns: 2), Matrix([[.nan, 1]])] {
            #expect(colors(of: picture(of: points, reference: reference)) == expected)
        }
        #expect(picture(of: Matrix(rows: 0, columns: 2)) == Image(width: 0, height: 1, channels: 3))
    }

    @Test("stays in range for embeddings at the limits of Float")
    func hugeValues() {
        // Four equal coordinates: the component is twice as large, which Float holds for the first size only.
        for (size, expected) in [
            (Float.greatestFiniteMagnitude / 4, [0, 128, 255]), (.greatestFiniteMagnitude, [128]),
        ] {
            let points = map(Matrix([[1], [-1], [0]])) { [Double](repeating: $0[0] * Double(size), count: 4) }
            #expect(Set(colors(of: picture(of: points)).map { Int($0.red) }) == Set(expected))
        }
    }

    @Test("reads strided views")
    func strided() {
        let points = clusters(30)
        let copy = StridedCopy(points)
        let view = MatrixView(
            copy.memory.span.extracting(droppingFirst: copy.offset), rows: 30, columns: 8, rowStride: copy.stride)
        let strided = EmbeddingPicture(reference: view).picture(of: view, width: 30, height: 1)
        #expect(strided == picture(of: points))
    }

    @Test("traps on points of another dimension or number, with both numbers in the message")
    func wrongShapes() async {
        let dimension = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let (reference, points) = (Matrix(rows: 4, columns: 3), Matrix(rows: 4, columns: 2))
            _ = EmbeddingPicture(reference: reference.view).picture(of: points.view, width: 4, height: 1)
        }
        #expect(messages(of: dimension).contains("points of dimension 2 in the colours of a reference of dimension 3"))
        let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let points = Matrix(rows: 4, columns: 3)
            _ = EmbeddingPicture(reference: points.view).picture(of: points.view, width: 3, height: 1)
        }
        #expect(messages(of: count).contains("4 points as a picture of 3 x 1"))
        let percentiles = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let points = Matrix(rows: 4, columns: 3)
            _ = EmbeddingPicture(reference: points.view, percentiles: -1...50)
        }
        #expect(messages(of: percentiles).contains("percentiles must lie in 0...100"))
    }
}
