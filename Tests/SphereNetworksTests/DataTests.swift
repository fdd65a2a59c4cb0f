import SphereNetworks
import SphereReference
import Testing

@Suite("ShuffledOrder") struct ShuffledOrderTests {
    @Test("shows every example once an epoch, in another order each time")
    func epochs() {
        var order = ShuffledOrder(count: 12, seed: 3)
        let epochs = (0..<3).map { epoch in (0..<3).flatMap { order.examples(step: 3 * epoch + $0, batch: 4) } }
        #expect(epochs.allSatisfy { $0.sorted() == Array(0..<12) } && Set(epochs).count == 3)
        // Any step can be asked for first, and a batch may go over the end of an epoch.
        var other = ShuffledOrder(count: 12, seed: 3)
        #expect(other.examples(step: 1, batch: 10) == Array(epochs.flatMap(\.self)[10..<20]))
        #expect(other.examples(step: 0, batch: 10) == Array(epochs[0][..<10]))
        var reseeded = ShuffledOrder(count: 12, seed: 4)
        #expect(reseeded.examples(step: 0, batch: 12) != epochs[0])
    }
}

@Suite("LabelledImage") struct LabelledImageTests {
    /// Colours that are linear in x and y, labels that number the pixels.
    private func ramp(_ width: Int, _ height: Int) -> LabelledImage {
        LabelledImage(
            width: width, height: height,
            colors: (0..<width * height).flatMap { pixel in
                [Float(pixel % width) / Float(width), Float(pixel / width) / Float(height), 0.5]
            }, labels: (0..<width * height).map(Int32.init))
    }

    @Test("is mirrored and cut together with its labels")
    func exact() {
        let image = ramp(5, 4)
        #expect(image.flipped().labels[..<5] == [4, 3, 2, 1, 0] && image.flipped().flipped() == image)
        let part = image.cropped(x: 1, y: 2, width: 3, height: 2)
        #expect(part.labels == [11, 12, 13, 16, 17, 18])
        #expect(Array(part.colors[..<3]) == Array(image.colors[33..<36]))
        #expect(image.gammaCorrected(2).colors[3] == 0.2 * 0.2 && image.gammaCorrected(2).labels == image.labels)
        #expect(image.multiplied(by: [2, 1, 3]).colors[12...14] == [1, 0, 1])
    }

    @Test("keeps linear colours when it is resized or turned")
    func interpolation() {
        let image = ramp(40, 30)
        for (width, height) in [(80, 60), (20, 15), (40, 30), (33, 47)] {
            let resized = image.resized(width: width, height: height)
            // Away from the border, where the colours stop being linear. A widened kernel keeps them linear only where the
            // ratio of the sizes is a whole number.
            let limit: Float = width == 33 ? 1e-3 : 1e-5
            for y in height / 4..<height * 3 / 4 {
                for x in width / 4..<width * 3 / 4 {
                    let red = ((Float(x) + 0.5) * 40 / Float(width) - 0.5) / 40
                    #expect(abs(resized.colors[(y * width + x) * 3] - red) < limit)
                    #expect(abs(resized.colors[(y * width + x) * 3 + 2] - 0.5) < 1e-5)
                }
            }
        }
        #expect(image.resized(width: 40, height: 30).labels == image.labels)
        #expect(image.resized(width: 20, height: 15).labels[0] == 41)

        let turned = image.rotated(degrees: 15)
        #expect(turned.width < 40 && turned.height < 30 && turned.width * 30 / turned.height - 40 <= 4)
        let middle = (turned.height / 2) * turned.width + turned.width / 2
        // A step to the right in the turned image is a step of (cos, sin) in the original.
        let step = turned.colors[3 * middle + 3] - turned.colors[3 * middle]
        #expect(abs(step - 0.9659258 / 40) < 1e-5)
        #expect(abs(turned.colors[3 * middle + 4] - turned.colors[3 * middle + 1] - 0.2588190 / 30) < 1e-5)
        #expect(image.rotated(degrees: 0) == image)
    }
}

@Suite("Augmentation") struct AugmentationTests {
    @Test("follows from the generator, keeps labels with their colours and cuts sides to multiples")
    func changes() {
        // Red tells the label, so that both must move together.
        let (width, height) = (230, 220)
        let labels = (0..<width * height).map { Int32(($0 % width) / 58) }
        let image = LabelledImage(
            width: width, height: height, colors: labels.flatMap { [Float($0) / 4, 0.5, 0.5] }, labels: labels)
        var augmentation = Augmentation()
        augmentation.gains = 1...1
        augmentation.gammaRange = 0
        var sizes: Set<Int> = []
        for seed in UInt64(0)..<20 {
            var (first, second) = (TrainingGenerator(seed: seed), TrainingGenerator(seed: seed))
            let changed = augmentation(image, using: &first)
            #expect(changed == augmentation(image, using: &second))
            #expect(changed.width % 8 == 0 && changed.height % 8 == 0)
            sizes.insert(changed.width)
            let right = changed.labels.indices.filter {
                abs(changed.colors[3 * $0] - Float(changed.labels[$0]) / 4) < 0.125
            }
            #expect(Double(right.count) > 0.97 * Double(changed.labels.count))
        }
        #expect(sizes.count > 5)
        // Small images are neither turned nor resized.
        let small = LabelledImage(
            width: 18, height: 17, colors: [Float](repeating: 0.5, count: 18 * 17 * 3),
            labels: [Int32](repeating: 0, count: 18 * 17))
        var random = TrainingGenerator(seed: 1)
        let changed = augmentation(small, using: &random)
        #expect(changed.width == 8 && changed.height == 7)
    }
}
