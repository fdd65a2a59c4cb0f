import SphereData
import SphereReference
import SphereReports
import TestSupport
import Testing

@Suite struct ThumbnailTests {
    @Test("averages light, not stored samples")
    func linearLight() {
        // Half black, half white: half of the light is stored as 188.
        let photo = Image<UInt8>(width: 4, height: 2, channels: 1, samples: [0, 255, 255, 255, 255, 0, 255, 255])
        #expect(Thumbnail.photo(photo, longestSide: 2) == Image(width: 2, height: 1, channels: 1, samples: [188, 255]))
    }

    @Test("averages the covered areas, in parts too")
    func partialPixels() {
        // Three columns to two: each takes one and a half.
        let photo = Image<UInt8>(width: 3, height: 1, channels: 3, samples: [255, 0, 0, 0, 0, 255, 0, 255, 0])
        let light = SRGBTransfer.sample(ofLinear: 2.0 / 3)
        let rest = SRGBTransfer.sample(ofLinear: 1.0 / 3)
        let expected: [UInt8] = [light, 0, rest, 0, light, rest]
        #expect(Thumbnail.photo(photo, longestSide: 2) == Image(width: 2, height: 1, channels: 3, samples: expected))
    }

    @Test("keeps the light of the whole picture", arguments: [1, 2, 5, 16, 30])
    func meanLight(side: Int) {
        var generator = SeededGenerator(seed: 3)
        let samples = (0..<37 * 23).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let photo = Image<UInt8>(width: 37, height: 23, channels: 1, samples: samples)
        func light(_ image: Image<UInt8>) -> Double {
            image.samples.reduce(0) { $0 + SRGBTransfer.linear[Int($1)] } / Double(image.samples.count)
        }
        // Rounding to 8 bits moves a sample by half a step, which is at most 0.0045 of light.
        #expect(abs(light(Thumbnail.photo(photo, longestSide: side)) - light(photo)) < 0.0045)
    }

    @Test("keeps a picture of one colour", arguments: [0, 1, 77, 254, 255] as [UInt8])
    func constant(sample: UInt8) {
        let photo = Image<UInt8>(width: 31, height: 17, channels: 3, repeating: sample)
        let expected = Image<UInt8>(width: 10, height: 5, channels: 3, repeating: sample)
        #expect(Thumbnail.photo(photo, longestSide: 10) == expected)
    }

    @Test("takes labels from the middle of what a pixel covers")
    func labels() {
        let map = LabelMap(width: 6, height: 6, labels: (0..<36).map(Int32.init))
        #expect(Thumbnail.labels(map, longestSide: 2) == LabelMap(width: 2, height: 2, labels: [7, 10, 25, 28]))
    }

    @Test(
        "agrees on the size for photos and labels", arguments: [(10_000, 1, 10, 1), (3, 7, 2, 5), (641, 480, 320, 240)])
    func sizes(width: Int, height: Int, reducedWidth: Int, reducedHeight: Int) {
        let limit = max(reducedWidth, reducedHeight)
        let photo = Thumbnail.photo(Image(width: width, height: height, channels: 1), longestSide: limit)
        #expect(photo.width == reducedWidth && photo.height == reducedHeight)
        let map = Thumbnail.labels(
            LabelMap(width: width, height: height, labels: [Int32](repeating: 4, count: width * height)),
            longestSide: limit)
        #expect(
            map
                == LabelMap(
                    width: reducedWidth, height: reducedHeight,
                    labels: [Int32](repeating: 4, count: reducedWidth * reducedHeight)))
    }

    @Test("returns what is small enough as it is", arguments: [(0, 0), (0, 900), (5, 8)])
    func unchanged(width: Int, height: Int) {
        let photo = Image<UInt8>(width: width, height: height, channels: 3, repeating: 3)
        #expect(Thumbnail.photo(photo, longestSide: 8) == photo)
        let map = LabelMap(width: width, height: height, labels: [Int32](repeating: 2, count: width * height))
        #expect(Thumbnail.labels(map, longestSide: 8) == map)
    }

    @Test("enlarges every pixel to a square")
    func enlarged() {
        let image = Image<UInt8>(width: 2, height: 1, channels: 2, samples: [1, 2, 3, 4])
        let large = Thumbnail.enlarged(image, factor: 2)
        #expect(large.width == 4 && large.height == 2)
        #expect(large.samples == [1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4])
        #expect(Thumbnail.enlarged(image, factor: 1) == image)
    }

    @Test("traps on transparency, which has no mean colour, and on a limit of 0")
    func wrongArguments() async {
        let channels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Thumbnail.photo(Image(width: 9, height: 9, channels: 4), longestSide: 3)
        }
        #expect(messages(of: channels).contains("a photo of 4 channels, 1 or 3 are needed"))
        let limit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Thumbnail.labels(LabelMap(width: 1, height: 1, labels: [0]), longestSide: 0)
        }
        #expect(messages(of: limit).contains("must be 1 or more, found 0"))
    }
}
