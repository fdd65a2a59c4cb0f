import Foundation
import SphereData
import SphereEvaluation
import SphereGrouping
import SphereKernels
import SphereNetworks
import SphereRecipes
import SphereReports
import SphereTensor
import TestSupport
import Testing

/// Bright discs on a dark ground, some of them touching, as a folder of pictures.
struct DiscFolder {
    let path: String

    init(pictures: Int = 4, side: Int = 48) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "discs-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for number in 0..<pictures {
            let (image, labels) = Self.discs(side: side, seed: UInt64(number))
            try PNGFile.write(image, to: "\(path)/disc\(number).png")
            try labels.writePNG(to: "\(path)/disc\(number)_labels.png")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    static func discs(side: Int, seed: UInt64) -> (image: Image<UInt8>, labels: LabelMap) {
        var random = TrainingGenerator(seed: seed)
        var labels = [Int32](repeating: 0, count: side * side)
        for number in 1...4 {
            let (x, y) = (random.uniform() * Double(side), random.uniform() * Double(side))
            for pixel in labels.indices where hypot(Double(pixel % side) - x, Double(pixel / side) - y) < 7 {
                labels[pixel] = Int32(number)
            }
        }
        let samples = labels.map { UInt8($0 == 0 ? 10 : 90 + 30 * Int($0)) }
        return (
            Image(width: side, height: side, channels: 1, samples: samples),
            LabelMap(width: side, height: side, labels: labels)
        )
    }
}

@Suite("Reading of objects")
struct InstanceReaderTests {
    private static func map(_ rows: [[Int32]]) -> LabelMap {
        LabelMap(width: rows[0].count, height: rows.count, labels: rows.flatMap { $0 })
    }

    @Test("takes groups apart into pieces, joins small ones to the neighbour with the longest border, drops the rest")
    func pieces() {
        let groups = Self.map([
            [0, 0, 0, -1, 0, 0, 0],
            [0, 0, 1, -1, 0, 0, 0],
            [0, 0, 0, -1, 0, 0, 0],
            [-1, -1, -1, -1, -1, 0, 0],
            [2, -1, -1, -1, -1, -1, -1],
        ])
        let connected = InstanceReader(leastArea: 3, isConnected: true).labels(ofGroups: groups)
        #expect(
            connected
                == Self.map([
                    [2, 2, 2, 0, 1, 1, 1],
                    [2, 2, 2, 0, 1, 1, 1],
                    [2, 2, 2, 0, 1, 1, 1],
                    [0, 0, 0, 0, 0, 1, 1],
                    [0, 0, 0, 0, 0, 0, 0],
                ]))
        let whole = InstanceReader(leastArea: 0, isConnected: false).labels(ofGroups: groups)
        #expect(Set(whole.labels) == [0, 1, 2, 3])
        #expect(whole[0, 0] == whole[6, 0] && whole[0, 0] == 1)
        let empty = InstanceReader(leastArea: 5, isConnected: true).labels(ofGroups: Self.map([[-1, -1]]))
        #expect(empty.labels == [0, 0])
    }
}

@Suite("Models of objects", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
struct InstanceModelTests {
    private static var design: InstanceDesign {
        var design = InstanceDesign.nuclei
        design.width = 4
        return design
    }

    @Test("learn discs, and find touching ones that they have not seen")
    func learning() throws {
        let folder = try DiscFolder(pictures: 12, side: 64)
        defer { folder.remove() }
        var settings = InstanceRecipe.Settings.of(Self.design)
        settings.side = 48
        settings.steps = 250
        settings.batch = 2
        settings.learningRate = 5e-3
        settings.sampledPixels = 256
        let recipe = InstanceRecipe(settings)
        let (model, images) = (recipe.model(), try InstanceImages(folder: folder.path))
        let training = recipe.training(of: model)
        while training.next != nil { try recipe.advance(training, of: model, on: images) }
        let history = training.history
        func mean(_ values: ArraySlice<Float>) -> Float { values.reduce(0, +) / Float(values.count) }
        #expect(mean(history[0].suffix(20)) < 0.5 * mean(history[0].prefix(20)))
        #expect(mean(history[2].suffix(20)) < 0.75 * mean(history[2].prefix(20)))
        var scores = InstanceScores()
        for seed in 100..<104 {
            let (image, labels) = DiscFolder.discs(side: 64, seed: UInt64(seed))
            try scores.add(model.objects(of: model.maps(of: image)).labels, truth: labels)
        }
        #expect(scores.precision[0]! > 0.6, "precision \(scores.precision)")
    }

    @Test("see large pictures in pieces as in one")
    func pieces() throws {
        let model = InstanceModel(Self.design, seed: 5)
        let (image, _) = DiscFolder.discs(side: 300, seed: 1)
        let (whole, parts) = (model.maps(of: image), model.maps(of: image, largestPiece: 64))
        #expect(whole.scores.count == 300 * 300)
        for (a, b) in zip(whole.scores, parts.scores) { #expect(abs(a - b) <= 1e-4 * max(1, abs(a))) }
        for (a, b) in zip(whole.offsets.elements, parts.offsets.elements) {
            #expect(abs(a - b) <= 1e-4 * max(1, abs(a)))
        }
    }

    @Test("average over turns and mirror images: an average over all eight turns with the picture")
    func symmetries() throws {
        let model = InstanceModel(Self.design, seed: 5)
        let (image, _) = DiscFolder.discs(side: 64, seed: 2)
        let wide = Image<UInt8>(
            width: 64, height: 48, channels: image.channels,
            samples: Array(image.samples.prefix(64 * 48 * image.channels)))
        let maps = model.maps(of: wide, symmetries: SquareSymmetry.all)
        let single = model.maps(of: wide)
        #expect(zip(maps.scores, single.scores).contains { abs($0 - $1) > 1e-3 }, "a random network has no symmetry")
        for symmetry in SquareSymmetry.all {
            let turned = model.maps(of: symmetry.applied(to: wide), symmetries: SquareSymmetry.all)
            #expect(turned.width == (symmetry.transposes ? 48 : 64) && turned.height == (symmetry.transposes ? 64 : 48))
            let (newOffsets, offsets) = (turned.offsets.elements, maps.offsets.elements)
            for (new, old) in symmetry.sources(width: 64, height: 48).enumerated() {
                let offset = symmetry.undone(SIMD2(newOffsets[2 * new], newOffsets[2 * new + 1]))
                let expected = SIMD2(offsets[2 * old], offsets[2 * old + 1])
                let (error, size) = (offset - expected, 1 + abs(expected.x) + abs(expected.y))
                if abs(turned.scores[new] - maps.scores[old]) > 1e-4 * max(1, abs(maps.scores[old]))
                    || abs(error.x) + abs(error.y) > 1e-4 * size
                {
                    Issue.record("\(symmetry), pixel \(old): \(turned.scores[new]), \(offset) for \(expected)")
                    return
                }
            }
        }
    }

    @Test("come back from their files, and other files are refused by name")
    func files() throws {
        let folder = try DiscFolder(pictures: 1)
        defer { folder.remove() }
        var design = InstanceDesign.leaves
        design.width = 3
        let model = InstanceModel(design, seed: 2)
        let path = "\(folder.path)/weights.safetensors"
        try model.save(to: path)
        let read = try InstanceModel(path: path)
        #expect(read.design == model.design)
        let (image, _) = DiscFolder.discs(side: 40, seed: 3)
        #expect(read.maps(of: image).scores == model.maps(of: image).scores)
        #expect(try InstanceModel.ifNamed(path) != nil && InstanceModel.ifNamed("color") == nil)
        #expect {
            try InstanceModel(path: PackageResources.path("ToyDigits/toy-digits.safetensors"))
        } throws: { "\($0)".contains("is no model of objects: \"model\" in its header is 'toy-digits'") }
        // No network is made that the file cannot be of.
        let header = try SafetensorsFile(path).metadata
        for (name, value) in [("width", "1024"), ("scale", "1e-300")] {
            let wrong = "\(folder.path)/\(name).safetensors"
            try SafetensorsFile.write([], metadata: header.merging([name: value]) { $1 }, to: wrong)
            #expect(throws: InstanceModel.LoadingError.self) { try InstanceModel(path: wrong) }
        }
        let wider = InstanceModel(.leaves, seed: 1)
        #expect(throws: InstanceModel.LoadingError.wider(path: path, width: 32, expected: 3)) {
            try read.takeWeights(from: wider, path: path)
        }
    }

    @Test("a wider network that takes the weights of a narrower one says what that says, and learns on")
    func wider() throws {
        let folder = try DiscFolder(pictures: 2, side: 64)
        defer { folder.remove() }
        let images = try InstanceImages(folder: folder.path)
        func train(_ model: InstanceModel, steps: Int) throws {
            var settings = InstanceRecipe.Settings.of(model.design)
            (settings.side, settings.batch, settings.steps) = (32, 2, steps)
            let recipe = InstanceRecipe(settings)
            let training = recipe.training(of: model)
            while training.next != nil { try recipe.advance(training, of: model, on: images) }
        }
        var design = Self.design
        let narrow = InstanceModel(design, seed: 3)
        // So that running averages are not those of new channels.
        try train(narrow, steps: 3)
        design.width += 3
        let wide = InstanceModel(design, seed: 4)
        try wide.takeWeights(from: narrow, path: "narrow")
        let image = try images[0].image
        let (expected, found) = (narrow.maps(of: image), wide.maps(of: image))
        for (a, b) in zip(expected.scores, found.scores) { #expect(abs(a - b) <= 1e-4 * max(1, abs(a))) }
        for (a, b) in zip(expected.offsets.elements, found.offsets.elements) {
            #expect(abs(a - b) <= 1e-4 * max(1, abs(a)))
        }
        // The score reads the new channels after the first step.
        let weights = wide.network.scoreHead.weights
        #expect(weights.elements.suffix(3) == [0, 0, 0])
        try train(wide, steps: 1)
        #expect(weights.elements.suffix(3).allSatisfy { $0 != 0 })
    }

    @Test("find nothing in a picture without objects, and refuse an output that is not finite")
    func nothing() throws {
        let model = InstanceModel(Self.design, seed: 1)
        model.network.scoreHead.bias!.elements = [-1e6]
        let black = Image<UInt8>(width: 20, height: 17, channels: 3)
        let found = try SegmentedObjects(name: "black", image: black, model: model)
        #expect(found.segmentation.count == 0 && found.segmentation.grouping == nil)
        #expect(found.segmentation.labels.labels.allSatisfy { $0 == 0 } && found.frames.count == 2)
        #expect(found.section.text.contains("0 objects"))
        let nothing = try ProposalSource.objects(model).proposals(for: black)
        #expect(nothing.proposals.isEmpty)
        model.network.scoreHead.bias!.elements = [.nan]
        #expect(throws: GroupingError.self) { try model.objects(of: model.maps(of: black)) }
    }

    @Test("crops keep labels and picture together")
    func crops() {
        let (image, labels) = DiscFolder.discs(side: 80, seed: 7)
        var changes = InstanceCrop.Changes()
        (changes.gamma, changes.gain, changes.noise, changes.scale) = (1, 1, 0, 1)
        for seed in 0..<8 as Range<UInt64> {
            var random = TrainingGenerator(seed: seed)
            let crop = InstanceCrop(
                of: image, labels: labels, for: .nuclei, side: 48, changes: changes, using: &random)
            #expect(crop.labels.contains { $0 != 0 })
            // Discs are bright and the ground is dark: brightness tells where objects are, wherever they went.
            for (value, label) in zip(crop.input, crop.labels) { #expect((value > 0.2) == (label != 0)) }
        }
    }

    /// Crops of discs that differ by `change` alone, and the same without.
    private func crops(_ change: (inout InstanceCrop.Changes) -> Void) -> [(plain: InstanceCrop, changed: InstanceCrop)]
    {
        var changes = InstanceCrop.Changes()
        (changes.gamma, changes.gain, changes.noise, changes.scale) = (1, 1, 0, 1)
        var more = changes
        change(&more)
        return (0..<16 as Range<UInt64>).map { seed in
            let (image, labels) = DiscFolder.discs(side: 80, seed: seed)
            let both = [changes, more].map { changes in
                var random = TrainingGenerator(seed: seed)
                return InstanceCrop(
                    of: image, labels: labels, for: .nuclei, side: 48, changes: changes, using: &random)
            }
            return (both[0], both[1])
        }
    }

    @Test("dimming divides what objects have above the ground by a number for each, in half of the crops")
    func dimming() {
        var (same, least, isEachItsOwn) = (0, Float(1), false)
        for (plain, dimmed) in crops({ $0.dimming = 4 }) {
            #expect(plain.labels == dimmed.labels)
            same += plain.input == dimmed.input ? 1 : 0
            // The ground is 0: what is left of brightness is the object's factor, blurred at its border.
            var shares: [Int32: Float] = [:]
            for (place, label) in plain.labels.enumerated() where label != 0 {
                shares[label] = min(shares[label] ?? 1, dimmed.input[place] / plain.input[place])
            }
            let (ground, brightest) = (
                zip(dimmed.input, plain.labels).map { $1 == 0 ? abs($0) : 0 }.max()!,
                zip(dimmed.input, plain.input).map { $0 - $1 }.max()!
            )
            #expect(ground < 1e-6 && brightest < 1e-5)
            least = min(least, shares.values.min()!)
            if shares.values.max()! - shares.values.min()! > 0.1 { isEachItsOwn = true }
        }
        #expect((3...13).contains(same) && isEachItsOwn && least > 0.249 && least < 0.6)
    }

    @Test("blur keeps the mean brightness and takes away edges, in half of the crops")
    func blur() {
        func steepest(_ crop: InstanceCrop) -> Float {
            zip(crop.input, crop.input.dropFirst()).reduce(0) { max($0, abs($1.1 - $1.0)) }
        }
        var same = 0
        for (plain, blurred) in crops({ $0.blur = 3 }) {
            #expect(plain.labels == blurred.labels)
            if plain.input == blurred.input {
                same += 1
                continue
            }
            let (before, after) = (plain.input.reduce(0, +), blurred.input.reduce(0, +))
            #expect(abs(after - before) < 0.1 * before && steepest(blurred) < 1.0001 * steepest(plain))
        }
        #expect((3...13).contains(same))
    }

    @Test("the pixels of small objects weigh more in the loss of the scores, at most as much as the setting says")
    func smallObjects() throws {
        let folder = try DiscFolder(pictures: 4)
        defer { folder.remove() }
        let images = try InstanceImages(folder: folder.path)
        let losses = try [1, 1.2, 2, 50].map { weight in
            var settings = InstanceRecipe.Settings()
            settings.design.width = 4
            (settings.side, settings.batch, settings.steps, settings.pairWeight) = (32, 4, 1, 0)
            settings.smallObjectWeight = weight
            let recipe = InstanceRecipe(settings)
            let model = recipe.model()
            // Every pixel is said to be ground: the loss of an object's pixel is 8, that of the ground next to nothing.
            model.network.scoreHead.bias!.elements = [-8]
            model.network.scoreHead.weights.elements = model.network.scoreHead.weights.elements.map { _ in 0 }
            return try recipe.advance(recipe.training(of: model), of: model, on: images)[0]
        }
        // A mean over weights: heavier objects have a larger share. Discs have at most 154 pixels: a weight of 1.6 or more.
        #expect(losses[0] < losses[1] && losses[1] < losses[2] && losses[2] <= losses[3] && losses[3] < 8)
    }

    @Test("folders without labelled pictures, and labels of another size, are refused by name")
    func folders() throws {
        let folder = try DiscFolder(pictures: 1)
        defer { folder.remove() }
        try FileManager.default.removeItem(atPath: "\(folder.path)/disc0.png")
        #expect { try InstanceImages(folder: folder.path) } throws: { "\($0)".contains("ID_labels.png") }
        try PNGFile.write(DiscFolder.discs(side: 40, seed: 0).image, to: "\(folder.path)/disc0.png")
        let images = try InstanceImages(folder: folder.path)
        #expect { try images[0] } throws: { "\($0)".contains("40 x 40 pixels, its labels 48 x 48") }
    }

    @Test("crowded pictures come up more often: once for every few objects, at least once and at most twelve times")
    func visits() throws {
        let folder = try DiscFolder(pictures: 3)
        defer { folder.remove() }
        func write(_ picture: Int, objects: Int) throws {
            var labels = [Int32](repeating: 0, count: 48 * 48)
            // A number that is left out, and pixels that play no part, count for nothing.
            for object in 0..<objects { labels[object] = Int32(object + 2) }
            labels[47] = InstanceImages.ignoredLabel
            try LabelMap(width: 48, height: 48, labels: labels).writePNG(to: "\(folder.path)/disc\(picture)_labels.png")
        }
        try write(0, objects: 0)
        try write(1, objects: 6)
        try write(2, objects: 40)
        let images = try InstanceImages(folder: folder.path)
        let repeated = try images.repeated(objectsPerVisit: 2)
        #expect(
            repeated.names == ["disc0"] + [String](repeating: "disc1", count: 3)
                + [String](repeating: "disc2", count: 12))
        #expect(try repeated[3].name == "disc1" && repeated[15].labels == images[2].labels)
    }

    @Test("with classes learn what scenes of digits show, and come back from their files")
    func classes() throws {
        var design = InstanceDesign.digits
        design.width = 8
        var settings = InstanceRecipe.Settings.of(design)
        (settings.steps, settings.sampledPixels) = (300, 256)
        settings.learningRate = 5e-3
        let recipe = InstanceRecipe(settings)
        let digits = try DigitSet.bundled()
        let images = InstanceImages(
            scenes: 0..<1000, of: try ToyDigitGenerator(digits: digits.part(.training), seed: 1, digitCounts: 3...7))
        let model = recipe.model()
        let training = recipe.training(of: model)
        while training.next != nil { try recipe.advance(training, of: model, on: images) }
        let test = InstanceImages(
            scenes: 0..<10, of: try ToyDigitGenerator(digits: digits.part(.test), seed: 2, digitCounts: 3...7))
        var scores = InstanceClassScores(classes: 10)
        for index in 0..<test.count {
            let example = try test[index]
            let maps = model.maps(of: example.image)
            try scores.add(model.objects(of: maps), maps: maps, image: index, truth: example)
        }
        // No object anywhere has 0.08 and 0.08.
        #expect(scores.pixels.value! > 0.12 && scores.votes.value! > 0.2, "\(scores.pixels) \(scores.votes)")
        #expect(scores.regionPrecision(threshold: 4).value! > 0.1, "\(scores.regionPrecision(threshold: 4))")

        let folder = try DiscFolder(pictures: 1)
        defer { folder.remove() }
        let path = "\(folder.path)/digits.safetensors"
        try model.save(to: path)
        let read = try InstanceModel(path: path)
        let image = try test[0].image
        #expect(read.design == design && read.maps(of: image).classScores == model.maps(of: image).classScores)
        let found = try SegmentedObjects(name: "scene", image: image, model: read)
        #expect(found.classNames.count == found.segmentation.count && found.classNames.allSatisfy { Int($0) != nil })
    }

    @Test("with the residual trunk group some pixels, and all pixels of objects have one")
    func someGrouped() throws {
        var design = InstanceDesign.pedestrians
        design.width = 4
        design.leastArea = 0
        let model = InstanceModel(design, seed: 1)
        model.network.scoreHead.bias!.elements = [1e6]
        let (image, _) = DiscFolder.discs(side: 70, seed: 1)
        let color = Image<UInt8>(
            width: 70, height: 70, channels: 3, samples: image.samples.flatMap { [$0, 255 - $0, $0 / 2] })
        let found = try model.objects(of: model.maps(of: color))
        #expect(design.groupedStep == 5 && found.step == 5 && found.pixels.count == 14 * 14)
        #expect(found.labels.labels.allSatisfy { $0 > 0 } && found.votes.classes.count == found.count)
        for (pixel, label) in zip(found.pixels, found.grouping!.labels) {
            let other = found.pixels.indices.first { found.grouping!.labels[$0] == label }!
            #expect(found.labels.labels[pixel] == found.labels.labels[found.pixels[other]])
        }
    }
}

@Suite("Classes of objects")
struct InstanceClassTests {
    /// Two objects of two pixels each beside a pixel of none.
    private static let labels = LabelMap(width: 5, height: 1, labels: [1, 1, 0, 2, 2])

    private static func maps(_ classScores: [Float], scores: [Float] = [1, 1, -1, 1, 1]) -> InstanceModel.Maps {
        InstanceModel.Maps(
            width: 5, height: 1, scores: scores, classScores: classScores,
            offsets: [Float](repeating: 0, count: 10))
    }

    @Test("are what the pixels' probabilities vote for, never no object")
    func votes() {
        // Softmax of (0, log 3, 0): 0.2, 0.6, 0.2; of (log 8, 0, 0): 0.8, 0.1, 0.1; of (0, 0, log 8): 0.1, 0.1, 0.8.
        let (three, eight) = (log(Float(3)), log(Float(8)))
        let maps = Self.maps([0, three, 0, eight, 0, 0, 9, 0, 0, 0, three, 0, 0, 0, eight])
        let votes = InstanceVotes(labels: Self.labels, maps: maps)
        #expect(votes.classes == [1, 2])
        #expect(abs(votes.confidences[0] - 0.35) < 1e-6 && abs(votes.confidences[1] - 0.5) < 1e-6)
        #expect(votes.classMap(of: Self.labels).labels == [1, 1, 0, 2, 2])
        #expect(maps.classMap.labels == [1, 0, 0, 1, 2])
        let plain = InstanceVotes(labels: Self.labels, maps: Self.maps([], scores: [0, 0, -9, 50, 50]))
        #expect(plain.classes == [1, 1] && plain.confidences == [0.5, 1])
        #expect(Self.maps([]).classMap.labels == [1, 1, 0, 1, 1])
    }

    @Test("of a folder are those of the annotations that fit best; what is missing is named")
    func folder() throws {
        let folder = try DiscFolder(pictures: 1)
        defer { folder.remove() }
        let labels = LabelMap(
            width: 4, height: 2, labels: [1, 1, 0, InstanceImages.ignoredLabel, 2, 2, 0, InstanceImages.ignoredLabel])
        try PNGFile.write(Image<UInt8>(width: 4, height: 2, channels: 3), to: "\(folder.path)/disc0.png")
        try labels.writePNG(to: "\(folder.path)/disc0_labels.png")
        #expect { try InstanceImages(folder: folder.path, classes: ["cat"]) } throws: {
            "\($0)".contains("instances.json")
        }
        func write(_ image: String, annotations: [(category: Int, runs: [Int])]) throws {
            let list = annotations.enumerated().map { number, annotation in
                """
                {"id": \(number), "image_id": 7, "category_id": \(annotation.category), "iscrowd": 0, "area": 2,
                 "segmentation": {"size": [2, 4], "counts": \(annotation.runs)}}
                """
            }
            let text = """
                {"images": [{"id": 7, "file_name": "\(image)", "width": 4, "height": 2}],
                 "categories": [{"id": 3, "name": "dog"}, {"id": 5, "name": "cat"}],
                 "annotations": [\(list.joined(separator: ","))]}
                """
            try text.write(toFile: "\(folder.path)/instances.json", atomically: true, encoding: .utf8)
        }
        // Runs go down columns: pixels (0, 0) and (1, 0); all but one column; (0, 1) and (1, 1).
        let both = [
            (category: 3, runs: [0, 1, 1, 1, 5]), (category: 5, runs: [0, 6, 2]), (category: 5, runs: [1, 1, 1, 1, 4]),
        ]
        func load(_ classes: [String]) throws -> InstanceImages.Example {
            try InstanceImages(folder: folder.path, classes: classes)[0]
        }
        try write("disc0.png", annotations: both)
        let example = try load(["cat", "dog"])
        #expect(example.classes == [2, 1] && example.classMap.labels == [2, 2, 0, -1, 1, 1, 0, -1])
        #expect { try load(["cat"]) } throws: { "\($0)".contains("disc0 is a 'dog'") }
        try write("other.png", annotations: both)
        #expect { try load(["cat", "dog"]) } throws: { "\($0)".contains("no image disc0.png") }
        try write("disc0.png", annotations: [both[0]])
        #expect { try load(["cat", "dog"]) } throws: { "\($0)".contains("disc0 has the label 2") }

        var random = TrainingGenerator(seed: 1)
        let crop = InstanceCrop(
            of: example.image, labels: example.labels, classes: example.classes, for: .things, side: 32, using: &random)
        for (label, kind) in zip(crop.labels, crop.classes) {
            #expect([[0, 0], [0, -1], [1, 2], [2, 1]].contains([label, kind]))
        }
        var scores = InstanceScores()
        let found = LabelMap(width: 4, height: 2, labels: [1, 1, 0, 3, 2, 2, 0, 3])
        try scores.add(found, truth: example.labels)
        #expect(scores.precision[0] == 1 && scores.meanCountError == 0)
    }
}
