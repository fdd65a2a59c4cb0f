import Foundation
import SphereData
import SphereEvaluation
import SphereGrouping
import SphereKernels
import SphereLinearAlgebra
import SphereNetworks
import SphereRecipes
import SphereReference
import SphereReports
import SphereTensor
import TestSupport
import Testing

@Suite("Held-out predictions")
struct HeldOutPredictionTests {
    /// Twelve groups of ten normal rows.
    private let groups = (0..<120).map { $0 / 10 }

    @Test("find a planted linear function")
    func planted() throws {
        var generator = SeededGenerator(seed: 1)
        let inputs = generator.normalMatrix(rows: 120, columns: 4)
        let targets = (0..<120).map { 2 * Double(inputs[$0, 1]) - Double(inputs[$0, 3]) + 7 }
        let prediction = try HeldOutPrediction(of: targets, from: inputs, groups: groups)
        #expect(prediction.determination! > 0.9999 && prediction.correlation! > 0.9999)
    }

    @Test("find nothing in noise, nor what only the rows of one group share")
    func noise() throws {
        var generator = SeededGenerator(seed: 2)
        let inputs = generator.normalMatrix(rows: 120, columns: 4)
        let noise = (0..<120).map { _ in generator.normal() }
        let prediction = try HeldOutPrediction(of: noise, from: inputs, groups: groups)
        // Four coefficients learned from 96 rows of noise cost about 4/96.
        #expect(prediction.determination! < 0.05 && prediction.determination! > -0.3)
        #expect(abs(prediction.correlation!) < 0.35)
        // A column for each group says all about a group that has been seen, and nothing about another.
        let names = Matrix(groups.map { group in (0..<12).map { $0 == group ? 1 : 0 } })
        let levels = (0..<12).map { _ in generator.normal() }
        let shared = try HeldOutPrediction(of: groups.map { levels[$0] }, from: names, groups: groups)
        #expect(shared.determination! <= 0)
        let known = try RidgeRegression(names.view, targets: groups.map { levels[$0] })
        #expect(Correlation.pearson(known.predict(names.view), groups.map { levels[$0] })! > 0.999)
    }

    @Test("have no R² and no correlation where all targets are equal")
    func constant() throws {
        let inputs = Matrix(rows: 4, columns: 1, elements: [1, 2, 3, 4])
        let prediction = try HeldOutPrediction(of: [3, 3, 3, 3], from: inputs, groups: [0, 0, 1, 1])
        #expect(prediction.predicted == [3, 3, 3, 3])
        #expect(prediction.determination == nil && prediction.correlation == nil)
    }

    @Test("correlations are those of lines and of ranks")
    func correlations() {
        #expect(abs(Correlation.pearson([1, 2, 3], [5, 7, 9])! - 1) < 1e-15)
        #expect(abs(Correlation.pearson([1, 2, 3], [9, 7, 5])! + 1) < 1e-15)
        #expect(abs(Correlation.pearson([1, 2, 3, 4], [1, -1, -1, 1])!) < 1e-15)
        #expect(Correlation.pearson([1], [1]) == nil && Correlation.pearson([1, 1], [1, 2]) == nil)
        #expect(abs(Correlation.rank([1, 10, 100, 1000], [1, 2, 3, 4])! - 1) < 1e-15)
        // Ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3: 4.5 / sqrt(4.5 * 5).
        #expect(abs(Correlation.rank([1, 2, 2, 9], [1, 2, 3, 4])! - 4.5 / (4.5 * 5).squareRoot()) < 1e-15)
    }
}

@Suite("Focus of gradients", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
struct GradientFocusTests {
    @Test("is the share of the length on a part beside the part's share of the pixels")
    func share() throws {
        let share = try #require(FocusShare([6, 2, 1, 1], isInside: [true, false, false, true]))
        #expect(share.pixels == 0.5 && abs(share.gradient - 0.7) < 1e-15)
        #expect(abs(share.ratio! - 1.4) < 1e-15)
        let nothing = try #require(FocusShare([6, 2, 1, 1], isInside: [false, false, false, false]))
        #expect(nothing.pixels == 0 && nothing.gradient == 0 && nothing.ratio == nil)
        #expect(FocusShare([0, 0], isInside: [true, false]) == nil)
        #expect(FocusShare([.nan, 1], isInside: [true, false]) == nil)
        let mean = try #require(FocusShare(mean: [share, nothing]))
        #expect(mean.pixels == 0.25 && abs(mean.gradient - 0.35) < 1e-15)
        #expect(FocusShare(mean: []) == nil)
        #expect(FocusShare.holdingHalf(of: [6, 2, 1, 1]) == 0.25)
        #expect(FocusShare.holdingHalf(of: [1, 1, 1, 1]) == 0.5)
        #expect(FocusShare.holdingHalf(of: [0, 0]) == nil)
    }

    @Test("pixels are wrong, and objects merged or split, as their groups say")
    func agreement() {
        // Object 1 has group 0, of which object 2's two pixels are a part; object 3 is halved; object 4 is right.
        let objects: [Int32] = [1, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4]
        let groups: [Int32] = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 3]
        let agreement = GroupAgreement(groups: groups, objects: objects)
        #expect(agreement.isWrong.indices.filter { agreement.isWrong[$0] } == [4, 5, 8])
        #expect(agreement.isOfConfused == objects.map { $0 != 4 })
        #expect(GroupAgreement(groups: [], objects: []).isWrong.isEmpty)
    }

    @Test("of places that are wrong on one side of a picture is there")
    func places() throws {
        // Two discs far apart whose pixels all point to their middles, and two squares side by side that point to one place.
        let (width, height) = (120, 60)
        var labels = LabelMap(width: width, height: height, labels: [Int32](repeating: 0, count: width * height))
        var offsets = [Float](repeating: 0, count: 2 * width * height)
        func put(_ label: Int32, _ x: Int, _ y: Int, to place: SIMD2<Float>) {
            labels[x, y] = label
            offsets[2 * (y * width + x)] = place.x - Float(x)
            offsets[2 * (y * width + x) + 1] = place.y - Float(y)
        }
        for y in 0..<8 {
            for x in 0..<8 {
                put(1, 4 + x, 4 + y, to: SIMD2(8, 8))
                // Not a wavelength of 40 from the first in any direction.
                put(2, 27 + x, 45 + y, to: SIMD2(31, 49))
                put(3, 100 + x, 24 + y, to: SIMD2(108, 28) + SIMD2(Float(x) - 4, 0) / 8)
                put(4, 108 + x, 24 + y, to: SIMD2(108, 28) + SIMD2(Float(x) + 4, 0) / 8)
            }
        }
        let model = InstanceModel(.nuclei, seed: 1)
        let maps = InstanceModel.Maps(
            width: width, height: height, scores: labels.labels.map { $0 == 0 ? -1 : 1 },
            offsets: offsets)
        var settings = GradientFocus.Settings()
        // After more loops the squares' points are one, and a loss between equal points has no slope along the sphere.
        settings.loops = [0, 1]
        let focus = try GradientFocus(maps: maps, labels: labels, model: model, settings: settings)
        #expect(focus.pixels.count == 256 && !focus.isSample)
        #expect(focus.loops == [0, 1] && focus.lengths.allSatisfy { $0.count == 256 })
        for (number, _) in focus.loops.enumerated() {
            let confused = try #require(focus.share(of: .confused, number: number))
            #expect(confused.pixels == 0.5 && confused.gradient > 0.9)
            let border = try #require(focus.share(of: .border, number: number))
            // Two columns of each of the squares.
            #expect(border.pixels == 32.0 / 256)
            #expect(try #require(focus.share(of: .either, number: number)).pixels >= 0.25)
        }
        let summary = GradientFocusSummary([focus, focus])
        #expect(summary.pictureCount == 2 && summary.loops == focus.loops)
        #expect(summary.rows[1].shares[.border] == focus.share(of: .border, number: 1))
        // All objects have the same number of pixels.
        let weights = try #require(summary.weights.shares[.confused])
        #expect(abs(weights.gradient - weights.pixels) < 1e-12 && summary.weights.half == 0.5)

        // What is known of the embedding: discs point to their middles, squares half a pixel beyond their border.
        let objects = ObjectEmbedding.objects(in: maps, labels: labels, picture: 3, model: model)
        #expect(objects.map(\.label) == [1, 2, 3, 4] && objects.allSatisfy { $0.area == 64 && $0.picture == 3 })
        #expect(objects[0].center == SIMD2(7.5, 7.5) && objects[0].place == SIMD2(8, 8))
        #expect(
            objects[0].placeDeviation == 0 && abs(objects[0].spread) < 1e-6 && objects[0].spreadWithoutOffsets > 0.02)
        #expect(abs(objects[0].radius - 10.5.squareRoot()) < 1e-12)
        settings.largestCount = 100
        #expect(try GradientFocus(maps: maps, labels: labels, model: model, settings: settings).pixels.count == 100)
    }
}

@Suite("Analysis of models of objects", .enabled(if: !keepsToSmallSizes, "too slow when emulated"))
struct InstanceAnalysisTests {
    @Test("has every figure and number of a folder, and refuses one with objects in one picture alone")
    func folder() throws {
        let folder = try DiscFolder(pictures: 5)
        defer { folder.remove() }
        let model = try InstanceModel.bundled(.nuclei)
        var settings = InstanceAnalysis.Settings()
        settings.loops = [0, 2]
        var seen: [String] = []
        let images = try InstanceImages(folder: folder.path)
        let analysis = try InstanceAnalysis(of: images, model: model, settings: settings) { seen.append($2) }
        #expect(seen == images.names && analysis.pictureCount == 5)
        let scale = analysis.scaleAndLocation
        #expect(scale.objects.count >= 10 && scale.targets.map(\.key) == ["log_area", "x", "y", "phase"])
        // The waves at the true centre have cos(2 pi x / 40) as a coordinate.
        #expect(scale.targets[3].byConstruction.determination! > 0.9)
        #expect(analysis.loopScores.scores.map(\.imageCount) == [5, 5])
        #expect(analysis.frames.frames.count == settings.frameLoops.count)
        #expect(analysis.frames.image.width == 48)
        let names = analysis.figures.map(\.name)
        #expect(Set(names).count == names.count && names.contains("offset-length") && names.contains("loops"))
        for figure in analysis.figures {
            let path = try figure.write(to: folder.path)
            #expect(FileManager.default.fileExists(atPath: path))
        }
        let report = analysis.report(model: "nuclei", parameters: [])
        #expect(report.sections.map(\.heading) == ["Scale and location", "Focus of the gradient", "Loops"])
        #expect(try report.html().contains("Half of the objects"))

        let path = folder.path
        for number in 1..<5 {
            try LabelMap(width: 48, height: 48, labels: [Int32](repeating: 0, count: 48 * 48))
                .writePNG(to: "\(path)/disc\(number)_labels.png")
        }
        #expect(throws: InstanceAnalysis.Failure.tooFewPictures(path: path, found: 1)) {
            try InstanceAnalysis(of: images, model: model, settings: settings)
        }
        model.network.offsetHead.bias!.elements = [.nan, 0]
        #expect(throws: InstanceAnalysis.Failure.notFinite(path: path, name: "disc0")) {
            try InstanceAnalysis(of: images, model: model, settings: settings)
        }
    }
}
