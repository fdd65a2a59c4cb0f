import SphereData
import SphereKernels
import SphereReference
import SphereReports
import Testing

@Suite struct SpherePictureTests {
    private static let side = 101

    private func picture(_ rows: [[Float]], labels: [Int32]) -> Image<UInt8> {
        SpherePicture.picture(of: Matrix(rows).view, labels: labels.span, side: Self.side)
    }

    @Test("puts right, up and front where they belong, the far side pale")
    func directions() {
        let picture = picture([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -0.6, -0.8]], labels: [1, 2, 3, 4])
        let radius = 0.94 * 50
        func color(x: Double, y: Double) -> RGBColor {
            RGBColor(of: picture, x: Int((50 + radius * x).rounded()), y: Int((50 - radius * y).rounded()))
        }
        #expect(color(x: 1, y: 0) == LabelColors.color(of: 1))
        #expect(color(x: 0, y: 1) == LabelColors.color(of: 2))
        #expect(color(x: 0, y: 0) == LabelColors.color(of: 3))
        let (far, own) = (color(x: 0, y: -0.6), LabelColors.color(of: 4))
        #expect(far != own && far.red >= own.red && far.green >= own.green && far.blue >= own.blue)
        #expect(RGBColor(of: picture, x: 0, y: 0) == RGBColor(red: 250, green: 250, blue: 250))
    }

    @Test("shows a near point over a far one, whatever their order")
    func order() {
        let rows: [[Float]] = [[0, 0, 1], [0, 0, -1]]
        for (rows, labels) in [(rows, [Int32(1), 2]), (rows.reversed(), [2, 1])] {
            #expect(RGBColor(of: picture(rows, labels: labels), x: 50, y: 50) == LabelColors.color(of: 1))
        }
    }

    @Test("takes any number of coordinates from two on, and leaves out what is not finite")
    func dimensions() {
        var generator = SeededGenerator(seed: 1)
        for dimension in [2, 4, 9] {
            let points = generator.unitRows(40, dimension: dimension)
            let labels = [Int32](repeating: 1, count: 40)
            let picture = SpherePicture.picture(of: points.view, labels: labels.span, side: Self.side)
            let dots = (0..<Self.side * Self.side).filter {
                RGBColor(of: picture, x: $0 % Self.side, y: $0 / Self.side) == LabelColors.color(of: 1)
            }
            #expect(dots.count >= 20)
        }
        let empty = picture([[.nan, 0, 0]], labels: [1])
        #expect(RGBColor(of: empty, x: 50, y: 50) == RGBColor(red: 255, green: 255, blue: 255))
    }
}
