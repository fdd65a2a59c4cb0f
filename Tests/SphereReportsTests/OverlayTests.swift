import SphereData
import SphereReference
import SphereReports
import TestSupport
import Testing

@Suite struct OverlayTests {
    private func randomPhoto(_ width: Int, _ height: Int, _ generator: inout SeededGenerator) -> Image<UInt8> {
        let samples = (0..<width * height * 3).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        return Image(width: width, height: height, channels: 3, samples: samples)
    }

    /// Blocks of labels with single pixels of other labels in them.
    private func randomMap(_ width: Int, _ height: Int, _ generator: inout SeededGenerator) -> LabelMap {
        let labels = (0..<width * height).map { index in
            generator.uniform() < 0.1
                ? Int32(generator.next() % 5) - 1 : Int32((index % width) / 4 + (index / width) / 3) - 1
        }
        return LabelMap(width: width, height: height, labels: labels)
    }

    @Test("draws lines exactly where the right or the lower neighbour has another label")
    func lines() {
        var generator = SeededGenerator(seed: 1)
        let map = randomMap(17, 11, &generator)
        // A black photo under transparent labels: whatever is white is a line.
        let photo = Image<UInt8>(width: 17, height: 11, channels: 3)
        let overlay = Overlay.picture(of: map, over: photo, opacity: 0)
        for y in 0..<11 {
            for x in 0..<17 {
                let differs =
                    (x < 16 && map[x + 1, y] != map[x, y]) || (y < 10 && map[x, y + 1] != map[x, y])
                #expect(
                    RGBColor(of: overlay, x: x, y: y) == (differs ? Overlay.line : RGBColor(gray: 0)), "(\(x), \(y))")
            }
        }
    }

    @Test(
        "blends the label's colour with the stated opacity and leaves the background alone", arguments: [0.0, 0.45, 1])
    func blending(opacity: Double) {
        var generator = SeededGenerator(seed: 2)
        let photo = randomPhoto(9, 8, &generator)
        for label in [Int32(0), 1, 5] {
            let map = LabelMap(width: 9, height: 8, labels: [Int32](repeating: label, count: 72))
            let overlay = Overlay.picture(of: map, over: photo, opacity: opacity)
            guard label != 0 else {
                #expect(overlay == photo)
                continue
            }
            let color = LabelColors.color(of: label).shares
            for (index, sample) in overlay.samples.enumerated() {
                let exact = (1 - opacity) * Double(photo.samples[index]) + opacity * Double(color[index % 3])
                #expect(abs(Double(sample) - exact) <= 0.5 + 1e-9)
            }
        }
    }

    @Test("tints pixels without a group in the hatching of the label picture")
    func unassigned() {
        let map = LabelMap(width: 13, height: 5, labels: [Int32](repeating: -1, count: 65))
        let photo = Image<UInt8>(width: 13, height: 5, channels: 3, repeating: 9)
        #expect(Overlay.picture(of: map, over: photo, opacity: 1) == LabelColors.picture(of: map))
    }

    @Test("has no lines at the edge of the picture", arguments: [(1, 1), (1, 6), (6, 1), (0, 0)])
    func smallPictures(width: Int, height: Int) {
        let map = LabelMap(width: width, height: height, labels: [Int32](repeating: 3, count: width * height))
        let photo = Image<UInt8>(width: width, height: height, channels: 3)
        #expect(Overlay.picture(of: map, over: photo, opacity: 1) == LabelColors.picture(of: map))
    }

    @Test("traps on a photo of another size, with both sizes in the message")
    func wrongSize() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let map = LabelMap(width: 2, height: 3, labels: [Int32](repeating: 0, count: 6))
            _ = Overlay.picture(of: map, over: Image(width: 3, height: 2, channels: 3))
        }
        #expect(messages(of: result).contains("labels of 2 x 3 over a photo of 3 x 2"))
    }

    @Test("traps on a photo that is not RGB, and on an opacity outside 0...1")
    func wrongArguments() async {
        let channels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Overlay.picture(
                of: LabelMap(width: 1, height: 1, labels: [0]), over: Image(width: 1, height: 1, channels: 1))
        }
        #expect(messages(of: channels).contains("a photo of 1 channels, 3 are needed"))
        let opacity = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Overlay.picture(
                of: LabelMap(width: 1, height: 1, labels: [0]), over: Image(width: 1, height: 1, channels: 3),
                opacity: .nan)
        }
        #expect(messages(of: opacity).contains("opacity must lie in 0...1, found nan"))
    }
}
