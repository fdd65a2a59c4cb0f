import SphereData
import SphereGrouping
import SphereRecipes
import SphereReports
import TestSupport
import Testing

@Suite struct ColorSegmentationTests {
    /// A blue picture with a red rectangle and a yellow disc.
    private func shapes(width: Int, height: Int) -> (image: Image<UInt8>, labels: [Int32]) {
        var image = Image<UInt8>(width: width, height: height, channels: 3)
        var labels: [Int32] = []
        for y in 0..<height {
            for x in 0..<width {
                let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
                var (color, label): ([UInt8], Int32) = ([30, 60, 200], 0)
                if (0.1...0.45).contains(u) && (0.15...0.9).contains(v) { (color, label) = ([210, 30, 30], 1) }
                if (u - 0.75) * (u - 0.75) + (v - 0.5) * (v - 0.5) < 0.03 { (color, label) = ([240, 220, 40], 2) }
                for channel in 0..<3 { image[x, y, channel] = color[channel] }
                labels.append(label)
            }
        }
        return (image, labels)
    }

    @Test(
        "finds shapes of plain colours exactly, at full size, the background being 0",
        .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
    func plainShapes() throws {
        let (image, labels) = shapes(width: 237, height: 181)
        // Position hardly counts, so that a large background stays in one piece; pixels of the reduced picture that mix two
        // colours make small groups.
        let recipe = ColorSegmentation(
            embedding: ColorPositionEmbedding(positionBandwidth: 2), workingSide: 60,
            smallestShare: 0.05)
        let result = try recipe.segment(image)
        #expect(result.grouping.count == 3)
        // A pixel on a border may have no neighbour of its colour in the reduced picture; there are few.
        let wrong = zip(result.labels.labels, labels).filter { $0 != $1 }.count
        #expect(Double(wrong) <= 0.002 * Double(labels.count), "\(wrong) of \(labels.count) pixels")
        #expect(result.labels.width == image.width && result.labels.height == image.height)
    }

    @Test("describes every loop, and draws pictures of the right sizes")
    func photograph() throws {
        let (image, _) = shapes(width: 90, height: 60)
        var loops: [Int] = []
        let photograph = try SegmentedPhotograph(
            name: "shapes", image: image, segmenter: ColorSegmentation(workingSide: 30)
        ) { loop, _ in loops.append(loop) }
        let count = photograph.segmentation.grouping.iterations
        #expect(loops == Array(1...count) && photograph.frames.count == count + 1)
        #expect(photograph.movements.count == count && photograph.loopSeconds.count == count)
        #expect(photograph.frames.allSatisfy { $0.width == 30 && $0.height == 20 })
        #expect(photograph.overlay.width == 90 && photograph.labelPicture.height == 60)
        #expect(photograph.section.galleries.count == 2 && photograph.section.tables.count == 2)
    }

    @Test("says which bandwidths are too small for a picture")
    func smallBandwidths() {
        let (image, _) = shapes(width: 20, height: 20)
        let recipe = ColorSegmentation(embedding: ColorPositionEmbedding(colorBandwidth: 0.05))
        #expect {
            try recipe.segment(image)
        } throws: { "\($0)".contains("the bandwidths are too small for the picture") }
    }

    @Test("gives one group to a picture of one colour and to a single pixel")
    func degenerate() throws {
        let plain = Image<UInt8>(width: 20, height: 10, channels: 3, repeating: 77)
        let recipe = ColorSegmentation(embedding: ColorPositionEmbedding(positionBandwidth: 10))
        #expect(Set(try recipe.segment(plain).labels.labels) == [0])
        let pixel = Image<UInt8>(width: 1, height: 1, channels: 3, repeating: 77)
        #expect(try ColorSegmentation().segment(pixel).labels.labels == [0])
    }
}

@Suite struct BundledPhotographsTests {
    @Test("are there and readable")
    func readable() throws {
        let folder = try BundledPhotographs.folder()
        for name in BundledPhotographs.names {
            let image = try ImageFile.readRGB("\(folder)/\(name)")
            #expect(image.width >= 400 && image.height >= 300)
        }
    }
}
