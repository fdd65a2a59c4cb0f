import SphereData
import SphereGrouping
import SphereKernels
import SphereReference
import SphereTheory
import TestSupport
import Testing

/// The outputs of the authors' own trained networks for 30 toy images: embeddings after loops 1 to 5.
private struct AuthorsEmbeddings {
    static let pixels = 64 * 64
    static let images = 30
    static let isHere = SharedData.has("reference") && !keepsToSmallSizes

    /// 5 loops x 30 images of 4096 x 3.
    let loops: [[Matrix]]

    init(_ name: String) throws {
        let array = try NPYFile.read(SharedData.path("reference/\(name)"), as: Float.self)
        #expect(array.shape == [5, 30, 64, 64, 3])
        let size = Self.pixels * 3
        loops = (0..<5).map { loop in
            (0..<Self.images).map { image in
                let start = (loop * Self.images + image) * size
                return Matrix(rows: Self.pixels, columns: 3, elements: Array(array.elements[start..<start + size]))
            }
        }
    }

    /// The digit that each pixel belongs to, 0 for the background, 30 images.
    static func instances() throws -> [[Int]] {
        let array = try NPYFile.read(SharedData.path("reference/toy_instance.npy"), as: Int.self)
        return (0..<images).map { Array(array.elements[$0 * pixels..<($0 + 1) * pixels]) }
    }

    static let models: [(file: String, concentration: Double)] = [
        ("toy_embeddings_main001_delta0.2.npy", 25), ("toy_embeddings_main002_delta0.1.npy", 100),
    ]
}

/// How well groups cover the digits of images: the best overlap of each digit with a group.
private struct ReadOutQuality {
    private var overlaps: [Double] = []
    private var groups = 0
    private var images = 0

    mutating func add(labels: [Int32], digits: [Int]) {
        images += 1
        groups += Set(labels).count
        for digit in Set(digits).subtracting([0]) {
            var together: [Int32: Int] = [:]
            var sizes: [Int32: Int] = [:]
            var digitSize = 0
            for (label, pixel) in zip(labels, digits) {
                sizes[label, default: 0] += 1
                if pixel == digit {
                    digitSize += 1
                    together[label, default: 0] += 1
                }
            }
            overlaps.append(
                together.map { Double($0.value) / Double(sizes[$0.key]! + digitSize - $0.value) }.max() ?? 0)
        }
    }

    var digitCount: Int { overlaps.count }
    var meanBestOverlap: Double { overlaps.reduce(0, +) / Double(overlaps.count) }
    var groupsPerImage: Double { Double(groups) / Double(images) }

    /// Average recall over ten thresholds from .5 to .95.
    var averageRecall: Double {
        let recalls = (10...19).map { step in
            Double(overlaps.filter { $0 >= Double(step) / 20 }.count) / Double(overlaps.count)
        }
        return recalls.reduce(0, +) / 10
    }
}

@Suite(
    "The authors' embeddings",
    .enabled(if: AuthorsEmbeddings.isHere, "needs ../shared/data/reference; too slow when emulated"))
struct AuthorsEmbeddingsTests {
    @Test("of every loop become those of the next in one step", arguments: AuthorsEmbeddings.models.indices)
    func everyStep(model: Int) throws {
        let (file, concentration) = AuthorsEmbeddings.models[model]
        let embeddings = try AuthorsEmbeddings(file)
        var worst = 0.0
        for (before, after) in zip(embeddings.loops, embeddings.loops.dropFirst()) {
            for (x, y) in zip(before, after) {
                let step = MeanShiftPlan.blurred(x, concentration: Float(concentration)).shifted
                worst = max(worst, ErrorReport.absolute(step.elements, y.elements.map(Double.init)).maximum)
            }
        }
        // Their arithmetic adds small constants to sums and lengths (method: 1e-6, 1e-7, 1e-5); in double the error is 5.1e-5.
        #expect(worst <= 6e-5)
        print("authors' next loop, kappa \(concentration): largest error \(worst)")
    }

    /// How their loop 5 is grouped: with their concentration, or with one from the points.
    private enum Schedule: CaseIterable {
        case fiveLoops
        case untilConverged
        case automatic
    }

    @Test("are read out at least as well as by components at a fixed cosine", arguments: [0, 1], Schedule.allCases)
    private func readOut(model: Int, schedule: Schedule) throws {
        let (file, concentration) = AuthorsEmbeddings.models[model]
        let embeddings = try AuthorsEmbeddings(file)
        let meanShift =
            switch schedule {
            case .fiveLoops: MeanShift(concentration: .fixed(Concentration(concentration)), iterations: .count(5))
            case .untilConverged: MeanShift(concentration: .fixed(Concentration(concentration)))
            case .automatic: MeanShift(concentration: .automatic)
            }
        var quality = ReadOutQuality()
        for (points, digits) in zip(embeddings.loops[4], try AuthorsEmbeddings.instances()) {
            quality.add(labels: try meanShift.group(points).labels, digits: digits)
        }
        print(
            "read-out of loop 5, model with kappa \(concentration), \(schedule): overlap \(quality.meanBestOverlap), "
                + "recall \(quality.averageRecall), groups per image \(quality.groupsPerImage)")
        #expect(quality.digitCount == 110)
        // Plain components at cos >= .9 reach .929 / .905 / 8.07 (kappa 100) and .834 / .735 / 4.87 (kappa 25).
        #expect(quality.meanBestOverlap >= (concentration == 100 ? 0.925 : 0.834))
        #expect(quality.averageRecall >= (concentration == 100 ? 0.90 : 0.735))
        #expect(quality.groupsPerImage <= (concentration == 100 ? 8.2 : 4.9))
    }
}
