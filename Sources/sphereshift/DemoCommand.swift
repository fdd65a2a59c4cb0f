import ArgumentParser
import SphereData
import SphereGrouping
import SphereKernels
import SphereRecipes
import SphereReports

/// `sphereshift demo`: the main job on bundled photographs.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract:
            "Segment the bundled photographs, scenes of digits and cell nuclei, find boundaries, and write a report.",
        discussion: """
            Examples:
              sphereshift demo
              sphereshift demo --output /tmp/demo
            """)

    @Option(help: ArgumentHelp("Folder for the report; made if it is missing.", valueName: "dir"))
    var output = "demo"

    @OptionGroup(title: "Execution") var executionOptions: ExecutionOptions
    @OptionGroup var format: FormatOptions

    private struct Summary: Encodable {
        let report: String
        let photographs: [Row]
        let digitScenes: [SceneRow]
        let nuclei: Int
    }

    private struct SceneRow: Encodable {
        let digits: Int
        let groups: Int
    }

    private struct Row: Encodable {
        let name: String
        let groups: Int
        let iterations: Int
        let seconds: Double
    }

    func run() throws {
        let folder = try BundledPhotographs.folder()
        try OutputPath.makeFolder(output)
        let options = try SegmentationOptions.parse([])
        let recipe = options.recipe(executionOptions.execution)
        var rows: [Row] = []
        var sections: [HTMLReport.Section] = []
        for file in BundledPhotographs.names {
            let name = PictureName.base(of: file)
            let image = try ImageFile.readRGB("\(folder)/\(file)")
            var bar = ProgressBar(name)
            let photograph = try SegmentedPhotograph(name: name, image: image, segmenter: recipe) { loop, maximum in
                bar.update(loop, of: maximum)
            }
            bar.finish()
            _ = try SegmentationFiles.write(photograph, to: output)
            sections.append(photograph.section)
            let grouping = photograph.segmentation.grouping
            rows.append(
                Row(name: name, groups: grouping.count, iterations: grouping.iterations, seconds: photograph.seconds))
            if !format.json {
                Terminal.note(
                    "\(name): \(grouping.count) groups after \(grouping.iterations) loops, "
                        + "\(photograph.seconds.text(digits: 2)) s")
            }
        }
        let scenes = try digitScenes()
        sections += scenes.map(\.section)
        let nuclei = try nuclei()
        sections += [nuclei.section, try boundaries(of: BundledPhotographs.names[1], in: folder)]
        let path = "\(output)/report.html"
        let report = HTMLReport(
            title: "SphereShift: photographs and digits in groups",
            introduction: """
                Every pixel is a point on the unit sphere: its CIE Lab colour and its place, scaled and lifted. Blurring mean \
                shift with the von Mises-Fisher kernel moves all points to the mean of their neighbours until each group has \
                collapsed onto its mode. The frames show the embedding's three principal components as red, green and \
                blue, with the same axes for all loops of a picture: groups become single colours. For the scenes of digits the \
                embedding is that of a trained network.
                """,
            sections: sections, parameters: options.parameters(executionOptions.execution))
        try report.write(to: path)
        print(
            format.json
                ? try JSON.text(
                    Summary(
                        report: path, photographs: rows, digitScenes: scenes.map(\.row),
                        nuclei: nuclei.segmentation.count))
                : "report written to \(path)")
    }

    /// The cell nuclei of the bundled picture, found by the model that comes with the package.
    private func nuclei() throws -> SegmentedObjects {
        let image = try ImageFile.readRGB(PackageResources.path("Instances/nuclei-example.png"))
        let found = try SegmentedObjects(
            name: "Cell nuclei", image: image, model: .bundled(.nuclei), on: executionOptions.execution)
        if !format.json {
            Terminal.note(
                "cell nuclei: \(found.segmentation.count) objects, "
                    + "\((found.networkSeconds + found.groupingSeconds).text(digits: 2)) s")
        }
        return found
    }

    /// The boundaries of a bundled photograph.
    private func boundaries(of file: String, in folder: String) throws -> HTMLReport.Section {
        let found = try DetectedBoundaries(
            name: "Boundaries of \(PictureName.base(of: file))", image: try ImageFile.readRGB("\(folder)/\(file)"),
            model: try .named("boundaries"), on: executionOptions.execution)
        if !format.json { Terminal.note("\(found.name): \(found.seconds.text(digits: 2)) s") }
        return found.section
    }

    /// Scenes of bundled digits that no training has seen, grouped with the model that comes with the package.
    private func digitScenes() throws -> [(row: SceneRow, section: HTMLReport.Section)] {
        let model = try ToyDigitModel.bundled()
        let generator = ToyDigitGenerator(
            digits: try DigitSet.bundled().part(.test), seed: 1, oneClassShare: 0.5, digitCounts: 4...9)
        return try (0..<4).map { number in
            let scene = generator.scene(number)
            let report = try ToyDigitReport(of: scene, model: model, on: executionOptions.execution)
            let row = SceneRow(digits: scene.digitCount, groups: report.groupCount)
            if !format.json {
                Terminal.note(
                    "scene of digits \(number + 1): \(row.groups) groups, \(row.digits) digits and the background")
            }
            return (row, report.section("Scene of digits \(number + 1)"))
        }
    }
}
