import SphereData
import SphereGrouping
import SphereKernels
import SphereRecipes
import SphereReports

/// `sphereshift segment` with a model of objects.
struct SegmentInstances {
    let model: InstanceModel
    let name: String
    /// Whether the network's output is averaged over the design's symmetries.
    let augments: Bool
    let execution: Execution

    private struct Row: Encodable {
        let image: String
        let width: Int
        let height: Int
        let objects: Int
        /// What the objects 1, 2 and so on are, for models that say so, and how sure.
        let classes: [String]
        let confidences: [Double]
        let pixels: Int
        let iterations: Int
        let networkSeconds: Double
        let groupingSeconds: Double
        let labels: String
        let overlay: String
        let embedding: String
    }

    func run(
        _ pictures: [(name: String, path: String, image: Image<UInt8>)], output: String, json: Bool
    ) throws {
        try OutputPath.makeFolder(output)
        var rows: [Row] = []
        var sections: [HTMLReport.Section] = []
        var bar = ProgressBar("segment")
        for (index, picture) in pictures.enumerated() {
            let found: SegmentedObjects
            do {
                found = try SegmentedObjects(
                    name: picture.name, image: picture.image, model: model,
                    symmetries: augments ? model.design.symmetries : [.identity], on: execution
                ) { bar.update(index, of: pictures.count, note: "\(picture.name), loop \($0.iteration)") }
            } catch { throw InputError("\(picture.path) with --model \(name): \(error)") }
            let path = { (kind: String) in "\(output)/\(picture.name)_\(kind).png" }
            try found.segmentation.labels.writePNG(to: path("labels"))
            try PNGFile.write(found.overlay, to: path("overlay"))
            try PNGFile.write(found.frames[1], to: path("embedding"))
            if index < SegmentationFiles.longestReport { sections.append(found.section) }
            rows.append(
                Row(
                    image: picture.path, width: picture.image.width, height: picture.image.height,
                    objects: found.segmentation.count, classes: found.classNames,
                    confidences: found.segmentation.votes.confidences, pixels: found.segmentation.pixels.count,
                    iterations: found.segmentation.grouping?.iterations ?? 0, networkSeconds: found.networkSeconds,
                    groupingSeconds: found.groupingSeconds, labels: path("labels"), overlay: path("overlay"),
                    embedding: path("embedding")))
        }
        bar.finish()
        let report = HTMLReport(
            title: "Objects: \(model.design.name)", sections: sections,
            parameters: [
                HTMLReport.Parameter("weights", name),
                HTMLReport.Parameter("concentration", Double(model.design.concentration).shortText),
                HTMLReport.Parameter("turns and mirror images", "\(augments ? model.design.symmetries.count : 1)"),
                HTMLReport.Parameter("threads", "\(execution.threads)"),
                HTMLReport.Parameter("instruction set", execution.instructionSet.rawValue),
                HTMLReport.Parameter("processor", InstructionSet.processorName),
            ])
        try report.write(to: "\(output)/report.html")
        if json {
            print(try JSON.text(rows))
        } else {
            let hasClasses = !model.design.classes.isEmpty
            var table = TextTable(
                header: ["picture", "size", "objects", "loops", "network s", "grouping s"]
                    + (hasClasses ? ["classes"] : []))
            for row in rows {
                table.add(
                    [
                        row.image, "\(row.width) x \(row.height)", "\(row.objects)", "\(row.iterations)",
                        row.networkSeconds.text(digits: 2), row.groupingSeconds.text(digits: 2),
                    ] + (hasClasses ? [SegmentedObjects.counted(row.classes)] : []))
            }
            let kept = rows.count > sections.count ? ", which has the first \(sections.count) pictures" : ""
            print(table.text + "\n\nsegmented with --model \(name), written to \(output)/report.html\(kept)")
        }
    }
}
