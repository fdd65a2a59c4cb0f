import ArgumentParser
import SphereData
import SphereGrouping
import SphereRecipes
import SphereReports

/// `sphereshift segment`: pictures in, label maps, overlays and a report out.
struct SegmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: "Segment pictures by colour and position, or with a trained model.",
        discussion: """
            Each pixel is embedded on the sphere by its CIE Lab colour and its place and grouped by blurring mean shift at \
            a reduced size. With --model a trained network embeds the pixels, which are grouped at full size: toy-digits is the \
            network for scenes of handwritten digits that comes with the package, nuclei the one for cell nuclei in fluorescence images, or \
            name a file of weights. Without --model dark gray pictures are taken for fluorescence images, all others are segmented by \
            colour. For every picture NAME.png or NAME.jpg the output folder receives NAME_labels.png (16-bit, \
            0 = background, the largest group), NAME_overlay.png and NAME_embedding.png, and one report.html for all.

            With --task boundaries it receives NAME_boundaries.png instead, the probability of a boundary in 16-bit gray, which \
            'evaluate boundaries --suppress-non-maxima --smooth 1' reads, and NAME_embedding.png. The model is then boundaries, which comes with \
            the package, a file of 'train boundaries', or the weights of HED.

            Examples:
              sphereshift segment photo.jpg --output out
              sphereshift segment *.png --output out --color-bandwidth 6 --position-bandwidth 0.2 --json
              sphereshift segment scene.png --output out --model toy-digits
              sphereshift segment photo.jpg --output out --task boundaries
              sphereshift segment photo.jpg --output out --task boundaries --model hed_vgg16_bsds500_i8.safetensors
            """)

    @Argument(help: ArgumentHelp("PNG or JPEG pictures.", valueName: "image"))
    var images: [String]

    @Option(help: ArgumentHelp("Folder for the results; made if it is missing.", valueName: "dir"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "What embeds the pixels: color, toy-digits, nuclei or a file of weights (default: color, or nuclei for dark gray pictures).",
            valueName: "name|file"))
    var model: String?

    @Option(
        help: ArgumentHelp("What is looked for: groups of pixels, or boundaries.", valueName: "groups|boundaries"))
    var task: SegmentationTask = .groups

    @Option(
        help: ArgumentHelp(
            "Boundaries: a size at which pictures are looked at, may be given several times (default: the model's).",
            valueName: "s"))
    var scale: [Double] = []

    @Flag(help: ArgumentHelp(Self.augmentHelp))
    var augment = false

    @OptionGroup(title: "Embedding") var segmentation: SegmentationOptions
    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    /// Of the flag that `evaluate instances` has too.
    static let augmentHelp =
        "Models of objects: average the network's output over the picture's turns and mirror images: up to eight times as slow, better on nuclei."

    func validate() throws {
        var seen: Set<String> = []
        for image in images where !seen.insert(PictureName.base(of: image)).inserted {
            throw ValidationError(
                "two pictures are called '\(PictureName.base(of: image))'; their results would collide")
        }
        for scale in scale where !(scale >= 0.05 && scale <= 4) {
            throw ValidationError("--scale must be in [0.05, 4], found \(scale)")
        }
        if !scale.isEmpty && task != .boundaries { throw ValidationError("--scale needs --task boundaries") }
    }

    /// What is reported of one picture.
    private struct Row: Encodable {
        let image: String
        let width: Int
        let height: Int
        let groups: Int
        let iterations: Int
        let converged: Bool
        let seconds: Double
        let labels: String
        let overlay: String
        let embedding: String
    }

    /// What suits the pictures: the model of nuclei if all are gray and more than half of each is dark, as fluorescence images are.
    private static func model(for images: [Image<UInt8>]) -> String {
        let areFluorescent = images.allSatisfy { image in
            let pixels = image.width * image.height
            let isGray = (0..<pixels).allSatisfy { pixel in
                (1..<image.channels).allSatisfy {
                    image.samples[pixel * image.channels] == image.samples[pixel * image.channels + $0]
                }
            }
            return isGray && 2 * (0..<pixels).lazy.filter { image.samples[$0 * image.channels] < 100 }.count > pixels
        }
        return areFluorescent ? InstanceModel.Bundled.nuclei.rawValue : "color"
    }

    func run() throws {
        // All pictures are read before anything is written: a wrong path loses no work.
        let pictures = try images.map { (name: PictureName.base(of: $0), path: $0, image: try ImageFile.readRGB($0)) }
        for picture in pictures where picture.image.width == 0 || picture.image.height == 0 {
            throw InputError("\(picture.path): has no pixels")
        }
        if task == .boundaries || model == "boundaries" {
            if augment { throw InputError("--augment needs a model of objects, found one of boundaries") }
            return try SegmentBoundaries(
                model ?? "boundaries", scales: scale, execution: executionOptions.execution
            )
            .run(pictures, output: output, json: format.json)
        }
        let model = model ?? Self.model(for: pictures.map(\.image))
        if let instances = try InstanceModel.ifNamed(model) {
            return try SegmentInstances(
                model: instances, name: model, augments: augment, execution: executionOptions.execution
            )
            .run(pictures, output: output, json: format.json)
        }
        if augment { throw InputError("--augment needs a model of objects, found '\(model)'") }
        let segmenter = try SegmentationModel(model, color: segmentation, execution: executionOptions.execution)
        for picture in pictures { try segmenter.check(picture.image, path: picture.path) }
        try OutputPath.makeFolder(output)
        var rows: [Row] = []
        var sections: [HTMLReport.Section] = []
        var bar = ProgressBar("segment")
        for (index, picture) in pictures.enumerated() {
            let photograph = try segmenter.segment(picture.name, picture.image) { loop, _ in
                bar.update(index, of: pictures.count, note: "\(picture.name), loop \(loop)")
            }
            let paths = try SegmentationFiles.write(photograph, to: output)
            sections.append(photograph.section)
            rows.append(
                Row(
                    image: picture.path, width: picture.image.width, height: picture.image.height,
                    groups: photograph.segmentation.grouping.count,
                    iterations: photograph.segmentation.grouping.iterations,
                    converged: photograph.segmentation.grouping.isConverged, seconds: photograph.seconds,
                    labels: paths.labels, overlay: paths.overlay, embedding: paths.embedding))
        }
        bar.finish()
        let report = HTMLReport(
            title: segmenter.title, sections: sections, parameters: segmenter.parameters)
        try report.write(to: "\(output)/report.html")

        if format.json {
            print(try JSON.text(rows))
        } else {
            var table = TextTable(header: ["picture", "size", "groups", "loops", "seconds"])
            for row in rows {
                table.add([
                    row.image, "\(row.width) x \(row.height)", "\(row.groups)", "\(row.iterations)",
                    row.seconds.text(digits: 2),
                ])
            }
            print(table.text + "\n\nsegmented with --model \(model), written to \(output)/report.html")
        }
    }
}
