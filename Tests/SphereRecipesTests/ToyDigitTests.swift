import Foundation
import SphereData
import SphereGrouping
import SphereKernels
import SphereNetworks
import SphereRecipes
import SphereReports
import SphereTensor
import TestSupport
import Testing

@Suite("DigitSet") struct DigitSetTests {
    @Test("has the digits of the package, divided into parts without common digits")
    func bundled() throws {
        let digits = try DigitSet.bundled()
        #expect(digits.count == 1797 && Set(digits.digits) == Set(0...9))
        let parts = try DigitSet.Part.allCases.map { try digits.part($0) }
        #expect(parts.map(\.count) == [1437, 180, 180])
        #expect(parts.flatMap(\.pixels) == digits.pixels && parts.flatMap(\.digits) == digits.digits)
        // Ink in the middle 20 x 20, paper around.
        let first = Array(digits.pixels[..<784])
        #expect(first.max()! > 200)
        #expect((0..<784).allSatisfy { (4..<24).contains($0 % 28) && (4..<24).contains($0 / 28) || first[$0] == 0 })
    }

    @Test("reads a folder, without the rows that it lists, and says in one line what is wrong")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sphereshift-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(count: Int, label: (Int) -> UInt8 = { UInt8($0 % 10) }, side: Int = 28) throws {
            let pixels = (0..<count).flatMap { [UInt8](repeating: UInt8($0 % 256), count: side * side) }
            try NPYFile.write(
                NPYArray(shape: [count, side, side], elements: pixels), to: "\(folder)/images.npy")
            try NPYFile.write(
                NPYArray(shape: [count], elements: (0..<count).map(label)), to: "\(folder)/labels.npy")
        }
        try write(count: 120)
        #expect(try DigitSet(folder: folder).count == 120)
        try "0 2\n119".write(toFile: "\(folder)/toy_digit_rows.txt", atomically: true, encoding: .utf8)
        let digits = try DigitSet(folder: folder)
        #expect(digits.count == 117 && digits.digits[..<3] == [1, 3, 4] && digits.pixels[784] == 3)

        // In the order of their classes the last tenth has one class.
        try FileManager.default.removeItem(atPath: "\(folder)/toy_digit_rows.txt")
        try write(count: 120, label: { UInt8($0 / 12) })
        let sorted = try DigitSet(folder: folder)
        for (part, digit) in [(DigitSet.Part.test, "0"), (.training, "8")] {
            #expect {
                try sorted.part(part)
            } throws: { "\($0)".hasPrefix("the \(part) part of 120 digits has no \(digit)") }
        }

        func expectFailure(_ text: String) {
            do {
                _ = try DigitSet(folder: folder)
                Issue.record("read, expected an error with '\(text)'")
            } catch {
                #expect("\(error)".contains(text), "\(error)")
            }
        }
        try "0 120".write(toFile: "\(folder)/toy_digit_rows.txt", atomically: true, encoding: .utf8)
        expectFailure("'120' is no row in 0..<120")
        try FileManager.default.removeItem(atPath: "\(folder)/toy_digit_rows.txt")
        try write(count: 120, label: { $0 == 7 ? 10 : 1 })
        expectFailure("label 10 in row 7")
        try write(count: 99)
        expectFailure("99 digits, 100 are needed")
        try write(count: 120, side: 14)
        expectFailure("[120, 14, 14]")
        try FileManager.default.removeItem(atPath: "\(folder)/labels.npy")
        expectFailure("labels.npy")
    }
}

@Suite("ToyDigitGenerator") struct ToyDigitGeneratorTests {
    @Test("makes scenes that follow from seed and number, with ink where a digit is")
    func scenes() throws {
        let digits = try DigitSet.bundled()
        let generator = ToyDigitGenerator(digits: digits, seed: 5)
        var counts = [Int](repeating: 0, count: 10)
        var oneClass = 0
        for number in 0..<400 {
            let scene = generator.scene(number)
            let (instances, classes) = (scene.instances.labels, scene.classes.labels)
            let ink = instances.indices.map { scene.image[3 * $0..<3 * $0 + 3].max()! }
            #expect(instances.indices.allSatisfy { (instances[$0] > 0) == (ink[$0] > 0) })
            #expect(instances.indices.allSatisfy { (instances[$0] > 0) == (classes[$0] > 0) })
            // Row and column 64 are never used.
            #expect((0..<64).allSatisfy { instances[63 * 64 + $0] == 0 && instances[$0 * 64 + 63] == 0 })
            counts[Int(instances.max()!)] += 1
            let seen = Set(classes).subtracting([0])
            #expect(seen.isSubset(of: Set(1...10)))
            if instances.max()! >= 4 && seen.count == 1 { oneClass += 1 }
        }
        // Each number of digits has a share of a tenth, 40 of 400 (standard deviation 6); of the 240 scenes with four digits or more a
        // third is of one class (80, standard deviation 7.3).
        #expect(counts.allSatisfy { (15...65).contains($0) }, "\(counts)")
        #expect((50...115).contains(oneClass), "\(oneClass)")
        #expect(generator.scene(17).image == ToyDigitGenerator(digits: digits, seed: 5).scene(17).image)
        #expect(generator.scene(17).image != ToyDigitGenerator(digits: digits, seed: 6).scene(17).image)
    }

    @Test("paints in the colours of the authors' scenes", .enabled(if: SharedData.has("reference"), "needs ../shared"))
    func colors() throws {
        let images = try NPYFile.read(SharedData.path("reference/toy_images.npy"), as: Float.self).elements
        let classes = try NPYFile.read(SharedData.path("reference/toy_semantic.npy"), as: Int32.self).elements
        /// Red, green and blue of a class relative to the largest, from the pixels with the most ink.
        func ratios(_ classes: [Int32], _ images: [Float], of name: Int32) -> [Float]? {
            let pixel = classes.indices.filter { classes[$0] == name }.max { images[3 * $0 + 1] < images[3 * $1 + 1] }
            return pixel.map { pixel in
                let color = Array(images[3 * pixel..<3 * pixel + 3])
                return color.map { $0 / color.max()! }
            }
        }
        let generator = ToyDigitGenerator(digits: try DigitSet.bundled(), seed: 1, digitCounts: 9...9)
        let scenes = (0..<30).map { generator.scene($0) }
        for name in Int32(1)...10 {
            let own = ratios(scenes.flatMap(\.classes.labels), scenes.flatMap(\.image), of: name)
            let theirs = ratios(classes, images, of: name)
            #expect(own != nil && theirs != nil)
            for (a, b) in zip(own ?? [], theirs ?? []) { #expect(abs(a - b) < 2e-3, "class \(name)") }
        }
    }
}

@Suite("ToyDigitScores") struct ToyDigitScoresTests {
    @Test("are perfect for the truth itself and count what is joined or split")
    func scores() throws {
        let scene = ToyDigitGenerator(digits: try DigitSet.bundled(), seed: 1, digitCounts: 5...5).scene(0)
        var perfect = ToyDigitScores()
        try perfect.add(scene.instances, truth: scene.instances)
        #expect(perfect.meanBestOverlap == 1 && perfect.averageRecall == 1 && perfect.meanCountError == 0)
        #expect(perfect.groupsPerScene == 6 && perfect.truthPerScene == 6 && perfect.digitCount == 5)
        // Two digits as one.
        let joined = LabelMap(width: 64, height: 64, labels: scene.instances.labels.map { $0 == 2 ? 1 : $0 })
        var scores = ToyDigitScores()
        try scores.add(joined, truth: scene.instances)
        let sizes = (1...2).map { name in scene.instances.labels.filter { $0 == Int32(name) }.count }
        let overlaps = sizes.map { Double($0) / Double(sizes[0] + sizes[1]) }
        #expect(abs(scores.meanBestOverlap! - (3 + overlaps[0] + overlaps[1]) / 5) < 1e-12)
        let reached = overlaps.map { overlap in (10...19).filter { overlap >= Double($0) / 20 }.count }
        #expect(abs(scores.averageRecall! - Double(30 + reached[0] + reached[1]) / 50) < 1e-12)
        #expect(scores.meanCountError == 1)
        // No digit, no overlap.
        var empty = ToyDigitScores()
        let blank = LabelMap(width: 64, height: 64, labels: [Int32](repeating: 0, count: 4096))
        try empty.add(blank, truth: blank)
        #expect(empty.meanBestOverlap == nil && empty.averageRecall == nil && empty.meanCountError == 0)
    }
}

@Suite("ToyDigitRecipe", .enabled(if: !keepsToSmallSizes, "too slow when emulated")) struct ToyDigitRecipeTests {
    private static func run(
        _ settings: ToyDigitRecipe.Settings, steps: Range<Int>, from path: String? = nil, to end: String,
        threads: Int
    ) throws -> ToyDigitModel {
        let recipe = ToyDigitRecipe(settings)
        let digits = try DigitSet.bundled()
        let generator = try ToyDigitGenerator(digits: digits.part(.training), seed: settings.seed, digitCounts: 2...9)
        let model = recipe.model()
        let training = recipe.training(of: model)
        let names = recipe.checkpointSettings(digits: digits)
        if let path { try training.restore(from: path, settings: names) }
        #expect(training.step == steps.lowerBound)
        for _ in steps {
            let measures = recipe.advance(training, of: model, on: generator, execution: Execution(threads: threads))
            #expect(measures.allSatisfy { $0.isFinite && $0 >= -1e-6 && $0 <= 1 })
        }
        try training.save(to: end, settings: names)
        return model
    }

    @Test("takes scenes of as many digits as it is told")
    func generator() throws {
        let digits = try DigitSet.bundled()
        var settings = ToyDigitRecipe.Settings()
        settings.leastDigits = 7
        settings.seed = 5
        let scenes = ToyDigitRecipe(settings).generator(digits: digits)
        let counts = (0..<60).map { Int(scenes.scene($0).instances.labels.max()!) }
        #expect(Set(counts) == [7, 8, 9])
        settings.leastDigits = 0
        let whole = ToyDigitRecipe(settings).generator(digits: digits)
        #expect(whole.scene(3).image == ToyDigitGenerator(digits: digits, seed: 5).scene(3).image)
    }

    @Test("gives the same bits when it is interrupted, on one thread and on two")
    func resumes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sphereshift-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = ToyDigitRecipe.Settings()
        settings.steps = 4
        settings.loops = 2
        let whole = try Self.run(settings, steps: 0..<4, to: "\(folder)/whole", threads: 1)
        _ = try Self.run(settings, steps: 0..<2, to: "\(folder)/half", threads: 2)
        let resumed = try Self.run(settings, steps: 2..<4, from: "\(folder)/half", to: "\(folder)/end", threads: 2)
        #expect(resumed.network.parameters.map(\.elements) == whole.network.parameters.map(\.elements))
        #expect(
            try Data(contentsOf: URL(filePath: "\(folder)/whole"))
                == Data(contentsOf: URL(filePath: "\(folder)/end")))
    }

    @Test("saves models that load with all their settings, and refuses other files")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sphereshift-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = ToyDigitModel(dimension: 5, margin: 0.25, concentration: 30, loops: 3, seed: 9)
        try model.save(to: "\(folder)/model")
        let loaded = try ToyDigitModel(path: "\(folder)/model")
        #expect(loaded.network.dimension == 5 && loaded.margin == 0.25 && loaded.grouping.loops == 3)
        #expect(abs(loaded.grouping.concentration - 30) < 1e-4)
        #expect(loaded.network.parameters.map(\.elements) == model.network.parameters.map(\.elements))
        // A start from weights of another dimension keeps the head.
        let other = ToyDigitModel(dimension: 2, margin: 0.5, concentration: 30, loops: 3, seed: 10)
        let head = other.network.head.weights.elements
        other.takeWeights(from: model)
        #expect(other.network.head.weights.elements == head)
        #expect(other.network.stem.convolution.weights.elements == model.network.stem.convolution.weights.elements)

        // So does a network with coordinates: it takes the weights of the colours.
        let placed = ToyDigitModel(
            dimension: 5, margin: 0.5, concentration: 30, loops: 3, usesCoordinates: true, gamma: 0.5, seed: 11)
        let before = placed.network.stem.convolution.weights.elements
        placed.takeWeights(from: model)
        let (after, source) = (
            placed.network.stem.convolution.weights.elements, model.network.stem.convolution.weights.elements
        )
        for tap in 0..<9 {
            #expect(after[tap * 160..<tap * 160 + 96] == source[tap * 96..<tap * 96 + 96])
            #expect(after[tap * 160 + 96..<tap * 160 + 160] == before[tap * 160 + 96..<tap * 160 + 160])
        }
        try placed.save(to: "\(folder)/placed")
        let reloaded = try ToyDigitModel(path: "\(folder)/placed")
        #expect(reloaded.network.usesCoordinates && reloaded.gamma == 0.5 && loaded.gamma == 1)
        // The colours to the power gamma, less the mean.
        let input = reloaded.input([[0.25, 0, 1]], width: 1, height: 1)
        #expect(input.elements == zip([Float(0.5), 0, 1], ToyDigitNetwork.imageMean).map { $0 - $1 })

        try model.network.save(to: "\(folder)/bare")
        #expect(throws: ToyDigitModel.LoadingError.metadata(path: "\(folder)/bare", name: "dimension", found: nil)) {
            _ = try ToyDigitModel(path: "\(folder)/bare")
        }
    }

    @Test("comes with models that find digits which no training has seen", arguments: ToyDigitModel.Bundled.allCases)
    func bundled(name: ToyDigitModel.Bundled) throws {
        let model = try ToyDigitModel.bundled(name)
        #expect(model.network.dimension == (name == .best ? 8 : 3) && model.network.usesCoordinates == (name == .best))
        let generator = ToyDigitGenerator(digits: try DigitSet.bundled().part(.test), seed: 3)
        var evaluation = ToyDigitEvaluation(of: model)
        for number in 0..<20 {
            let scene = generator.scene(number)
            try evaluation.add(scene.image, truth: scene.instances, model: model)
        }
        let scores = evaluation.scores
        #expect(scores.sceneCount == 20 && evaluation.losses.count == 6)
        #expect(scores.meanBestOverlap! > (name == .best ? 0.9 : 0.5), "\(scores.meanBestOverlap!)")
        // Loops do not undo what the loss has done.
        let (first, last) = (evaluation.losses[0], evaluation.losses[5])
        #expect(last.positive <= first.positive + 0.005 && last.negative <= first.negative + 0.005)
        #expect(last.negative >= last.floor - 1e-6)
    }

    @Test("segments pictures of any size, gray ones too")
    func segments() throws {
        let model = ToyDigitModel(dimension: 3, margin: 0.1, concentration: 25, loops: 5, seed: 1)
        for channels in [1, 3] {
            let image = Image<UInt8>(
                width: 9, height: 5, channels: channels, samples: (0..<45 * channels).map { UInt8($0 % 256) })
            let result = try model.segment(image, onIteration: nil)
            #expect(result.labels.width == 9 && result.labels.height == 5 && result.embedding.rows == 45)
        }
    }
}

@Suite("LineDemonstration") struct LineDemonstrationTests {
    @Test("merges the middle heap with the right one through the loops, and not without")
    func merges() {
        let line = LineDemonstration()
        func heaps(_ numbers: ArraySlice<Double>) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
        // Without loops every number has gone a share of 1 - 0.95^30 of its way to 5: from 4 to 4.79.
        let middle = line.start.indices.filter { (300..<600).contains($0) && line.start[$0] >= 3.5 }
        let without = middle.map { line.withoutLoops[$0] }.reduce(0, +) / Double(middle.count)
        #expect(abs(without - 4.8) < 0.05, "\(without)")
        let grouped = line.grouped
        /// The share of the middle heap that ends where the right heap does.
        func share(_ numbers: [Double]) -> Double {
            let right = heaps(numbers[600...])
            return Double(middle.filter { abs(numbers[$0] - right) < 0.05 }.count) / Double(middle.count)
        }
        #expect(share(grouped.throughLoops) > 0.9 && share(grouped.withoutLoops) < 0.1)
        #expect(line.plot.series.count == 3)
    }
}
