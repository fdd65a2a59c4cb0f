import Foundation
import SphereData
import SphereKernels
import SphereLosses
import TestSupport
import Testing

@Suite struct AuthorsLossTests {
    private struct Model: Decodable {
        enum CodingKeys: String, CodingKey {
            case margin = "alpha"
            case losses = "losses_pos_neg_per_loop"
        }
        let margin: Double
        /// Image, loop 1 to 5, positive and negative part.
        let losses: [String: [[Double]]]
    }
    private struct Models: Decodable {
        enum CodingKeys: String, CodingKey {
            case main001 = "main001_delta0.2"
            case main002 = "main002_delta0.1"
        }
        let main001: Model
        let main002: Model
    }

    @Test(
        "is what was computed of the authors' embeddings, all pixels",
        .enabled(if: SharedData.has("reference") && !keepsToSmallSizes, "needs the shared data"))
    func reference() throws {
        let json = try Data(contentsOf: URL(fileURLWithPath: SharedData.path("reference/toy_reference_values.json")))
        let models = try JSONDecoder().decode(Models.self, from: json)
        let instances = try NPYFile.read(SharedData.path("reference/toy_instance.npy"), as: Int.self)
        let pixels = 64 * 64
        var checked = 0
        for (name, model) in [("main001_delta0.2", models.main001), ("main002_delta0.1", models.main002)] {
            let file = SharedData.path("reference/toy_embeddings_\(name).npy")
            let embeddings = try NPYFile.read(file, as: Float.self)
            let loss = PairLoss(margin: model.margin)
            for (image, parts) in model.losses {
                let image = try #require(Int(image))
                let labels = instances.elements[image * pixels..<(image + 1) * pixels].map { Int32($0) }
                for (loop, expected) in parts.enumerated() {
                    let start = (loop * 30 + image) * pixels * 3
                    let points = MatrixView(
                        embeddings.elements.span.extracting(start..<start + pixels * 3), rows: pixels, columns: 3)
                    let value = loss.evaluate(points, labels: labels.span)
                    #expect(abs(value.positive - expected[0]) <= 1e-5, "\(name), image \(image), loop \(loop + 1)")
                    #expect(abs(value.negative - expected[1]) <= 1e-5, "\(name), image \(image), loop \(loop + 1)")
                    checked += 1
                }
            }
        }
        #expect(checked == 80)
    }
}
