import SphereData
import SphereReports
import Testing

@Suite struct HeatPictureTests {
    @Test("is lighter for larger numbers, from black to a light yellow, and clips")
    func lightness() {
        let picture = HeatPicture.picture(
            of: (0...20).map { Float($0) / 10 } + [-1, .nan], width: 23, height: 1, largest: 1)
        func color(_ x: Int) -> RGBColor {
            RGBColor(red: picture[x, 0, 0], green: picture[x, 0, 1], blue: picture[x, 0, 2])
        }
        for x in 0..<10 { #expect(OKLab(color(x)).lightness < OKLab(color(x + 1)).lightness) }
        #expect(color(0) == RGBColor(red: 0, green: 0, blue: 4) && color(21) == color(0))
        for x in 10...20 { #expect(color(x) == RGBColor(red: 252, green: 255, blue: 164)) }
        #expect(color(22) == EmbeddingPicture.invalid)
    }

    @Test("rows of pictures have them side by side with white between")
    func rows() {
        let (black, gray) = (
            Image<UInt8>(width: 2, height: 2, channels: 1), Image<UInt8>(width: 1, height: 2, channels: 1, repeating: 9)
        )
        let row = PictureRow.joined([black, gray, black], gap: 1)
        #expect(row.width == 7 && row.height == 2)
        #expect(row.samples == [0, 0, 255, 9, 255, 0, 0, 0, 0, 255, 9, 255, 0, 0])
        #expect(PictureRow.joined([gray]) == gray)
    }
}
