import ArgumentParser
import SphereData
import SphereKernels
import SphereRecipes
import SphereReports

/// What `segment --task` names.
enum SegmentationTask: String, ExpressibleByArgument, CaseIterable {
    /// A label for every pixel.
    case groups
    /// The probability of a boundary at every pixel.
    case boundaries
}

/// `sphereshift segment --task boundaries`.
struct SegmentBoundaries {
    let model: BoundaryModel
    let name: String
    let execution: Execution

    /// The model called `name`: `boundaries` or a file.
    init(_ name: String, scales: [Double], execution: Execution) throws {
        self.name = name
        var model = try BoundaryModel.named(name)
        if !scales.isEmpty { model.scales = scales }
        self.model = model
        self.execution = execution
    }

    /// Pixels, at the largest scale, beyond which a picture is refused: 16 million take about 10 GB.
    private static let largestPixelCount = 16_000_000.0

    private struct Row: Encodable {
        let image: String
        let width: Int
        let height: Int
        let seconds: Double
        let boundaries: String
        let embedding: String?
    }

    func run(
        _ pictures: [(name: String, path: String, image: Image<UInt8>)], output: String, json: Bool
    ) throws {
        let scale = model.scales.max() ?? 1
        for picture in pictures {
            let pixels = Double(picture.image.width * picture.image.height) * scale * scale
            if pixels > Self.largestPixelCount {
                throw InputError(
                    "\(picture.path): has \(picture.image.width) x \(picture.image.height) pixels; at \(scale) times the size "
                        + "that is more than the \(Int(Self.largestPixelCount)) that the network takes")
            }
        }
        try OutputPath.makeFolder(output)
        var rows: [Row] = []
        var sections: [HTMLReport.Section] = []
        var bar = ProgressBar("segment")
        for (index, picture) in pictures.enumerated() {
            bar.update(index, of: pictures.count, note: picture.name)
            let found: DetectedBoundaries
            do {
                found = try DetectedBoundaries(name: picture.name, image: picture.image, model: model, on: execution)
            } catch { throw InputError("\(picture.path) with --model \(name): \(error)") }
            let boundaries = "\(output)/\(picture.name)_boundaries.png"
            try PNGFile.write(found.probabilityPicture, to: boundaries)
            var embedding: String?
            if let colors = found.embeddingPicture {
                embedding = "\(output)/\(picture.name)_embedding.png"
                try PNGFile.write(colors, to: embedding!)
            }
            if index < SegmentationFiles.longestReport { sections.append(found.section) }
            rows.append(
                Row(
                    image: picture.path, width: picture.image.width, height: picture.image.height,
                    seconds: found.seconds, boundaries: boundaries, embedding: embedding))
        }
        bar.finish()
        let report = HTMLReport(title: title, sections: sections, parameters: parameters)
        try report.write(to: "\(output)/report.html")
        if json {
            print(try JSON.text(rows))
        } else {
            var table = TextTable(header: ["picture", "size", "seconds"])
            for row in rows { table.add([row.image, "\(row.width) x \(row.height)", row.seconds.text(digits: 2)]) }
            let kept = rows.count > sections.count ? ", which has the first \(sections.count) pictures" : ""
            print(table.text + "\n\nboundaries by --model \(name), written to \(output)/report.html\(kept)")
        }
    }

    private var title: String {
        switch model.network {
        case .edges: "Boundaries by holistically-nested edge detection"
        case .embedding: "Boundaries from embeddings on the sphere"
        }
    }

    private var parameters: [HTMLReport.Parameter] {
        [
            HTMLReport.Parameter("weights", name),
            HTMLReport.Parameter("scales", model.scales.map(\.shortText).joined(separator: ", ")),
            HTMLReport.Parameter("threads", "\(execution.threads)"),
            HTMLReport.Parameter("instruction set", execution.instructionSet.rawValue),
            HTMLReport.Parameter("processor", InstructionSet.processorName),
        ]
    }
}
