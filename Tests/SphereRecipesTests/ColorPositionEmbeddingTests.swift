import SphereData
import SphereKernels
import SphereRecipes
import SphereReference
import SphereTheory
import Testing

@Suite struct ColorPositionEmbeddingTests {
    private func noise(width: Int, height: Int) -> Image<UInt8> {
        var generator = SeededGenerator(seed: 1)
        let samples = (0..<width * height * 3).map { _ in UInt8(generator.next() % 256) }
        return Image(width: width, height: height, channels: 3, samples: samples)
    }

    @Test("is of unit vectors whose chords keep distances of colour and place to 3.4 %")
    func distances() {
        let image = noise(width: 12, height: 7)
        let embedding = ColorPositionEmbedding(colorBandwidth: 7, positionBandwidth: 0.2)
        let points = embedding.points(of: image)
        #expect(ErrorReport(Reference.norms(points.matrix).map { abs($0 - 1) }).maximum < 1e-6)
        let radius = points.concentration.value.squareRoot()
        let diagonal = (12.0 * 12 + 7 * 7).squareRoot()
        for i in 0..<84 {
            for j in 0..<i {
                let a = color(image, i), b = color(image, j)
                let colors = [a.lightness - b.lightness, a.a - b.a, a.b - b.b].map { $0 / 7 }
                let places = [Double(i % 12 - j % 12), Double(i / 12 - j / 12)].map { $0 / (0.2 * diagonal) }
                let distance = (colors + places).reduce(0) { $0 + $1 * $1 }.squareRoot()
                let chord = zip(points.matrix.row(i), points.matrix.row(j)).reduce(0) { sum, pair in
                    let difference = Double(pair.0) - Double(pair.1)
                    return sum + difference * difference
                }.squareRoot()
                #expect(chord * radius >= distance * 0.9999 && chord * radius <= distance * 1.034)
            }
        }
    }

    private func color(_ image: Image<UInt8>, _ pixel: Int) -> CIELab {
        let (x, y) = (pixel % image.width, pixel / image.width)
        return CIELab(red: image[x, y, 0], green: image[x, y, 1], blue: image[x, y, 2])
    }

    @Test("of a single pixel and of gray pictures is defined")
    func small() {
        let pixel = ColorPositionEmbedding().points(of: Image(width: 1, height: 1, channels: 1, samples: [7]))
        #expect(Array(pixel.matrix.row(0)) == [0, 0, 0, 0, 0, 1])
        let picture = Image<UInt8>(width: 2, height: 2, channels: 1, samples: [0, 9, 90, 255])
        let gray = ColorPositionEmbedding().points(of: picture)
        #expect(gray.matrix.rows == 4 && gray.matrix.elements.allSatisfy(\.isFinite))
    }
}
