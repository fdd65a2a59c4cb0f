import SphereData
import Testing

@Suite("Image")
struct ImageTests {
    @Test("keeps sample (x, y, c) at (y * width + x) * channels + c")
    func layout() {
        var image = Image(width: 3, height: 2, channels: 4, samples: (0..<24).map { UInt16($0) })
        for y in 0..<2 {
            for x in 0..<3 {
                for channel in 0..<4 { #expect(Int(image[x, y, channel]) == (y * 3 + x) * 4 + channel) }
            }
        }
        image[2, 1, 3] = 99
        #expect(image.samples.last == 99)
        #expect(image[2, 1] == 20)
    }

    @Test("can be filled with one value, and can be empty")
    func filling() {
        #expect(Image<UInt8>(width: 2, height: 2, channels: 1, repeating: 7).samples == [7, 7, 7, 7])
        #expect(Image<UInt8>(width: 0, height: 5, channels: 3).samples.isEmpty)
    }
}
