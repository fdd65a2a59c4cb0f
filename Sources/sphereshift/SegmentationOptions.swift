import ArgumentParser
import SphereData
import SphereKernels
import SphereRecipes
import SphereReports

/// The parameters of a segmentation by colour and position.
struct SegmentationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Colour difference (CIE Delta E) of one bandwidth.", valueName: "e"))
    var colorBandwidth = ColorPositionEmbedding().colorBandwidth

    @Option(help: ArgumentHelp("Distance of one bandwidth as a share of the diagonal.", valueName: "s"))
    var positionBandwidth = ColorPositionEmbedding().positionBandwidth

    @Option(help: ArgumentHelp("Longest side in pixels while the picture is grouped.", valueName: "n"))
    var workingSide = ColorSegmentation().workingSide

    @Option(help: ArgumentHelp("Groups of a smaller share of the pixels join the nearest.", valueName: "s"))
    var smallestShare = ColorSegmentation().smallestShare

    func validate() throws {
        if !(colorBandwidth >= 0.1 && colorBandwidth <= 1000) {
            throw ValidationError("--color-bandwidth must be in [0.1, 1000], found \(colorBandwidth)")
        }
        if !(positionBandwidth >= 0.001 && positionBandwidth <= 1000) {
            throw ValidationError("--position-bandwidth must be in [0.001, 1000], found \(positionBandwidth)")
        }
        if !(workingSide >= 1 && workingSide <= 2048) {
            throw ValidationError("--working-side must be in 1...2048, found \(workingSide)")
        }
        if !(smallestShare >= 0 && smallestShare <= 1) {
            throw ValidationError("--smallest-share must be in [0, 1], found \(smallestShare)")
        }
    }

    func recipe(_ execution: Execution) -> ColorSegmentation {
        ColorSegmentation(
            embedding: ColorPositionEmbedding(colorBandwidth: colorBandwidth, positionBandwidth: positionBandwidth),
            workingSide: workingSide, smallestShare: smallestShare, execution: execution)
    }

    /// The parameters as a report states them.
    func parameters(_ execution: Execution) -> [HTMLReport.Parameter] {
        [
            HTMLReport.Parameter("colour bandwidth", "\(colorBandwidth.shortText) Delta E"),
            HTMLReport.Parameter("position bandwidth", "\(positionBandwidth.shortText) of the diagonal"),
            HTMLReport.Parameter("working side", "\(workingSide) pixels"),
            HTMLReport.Parameter("smallest share", smallestShare.shortText),
            HTMLReport.Parameter("threads", "\(execution.threads)"),
            HTMLReport.Parameter("instruction set", execution.instructionSet.rawValue),
            HTMLReport.Parameter("processor", InstructionSet.processorName),
        ]
    }
}

/// The files that belong to one segmented picture.
enum SegmentationFiles {
    /// Pictures in a report; with hundreds it would be one that no browser opens.
    static let longestReport = 50

    static func write(
        _ photograph: SegmentedPhotograph, to folder: String
    ) throws -> (labels: String, overlay: String, embedding: String) {
        let labels = "\(folder)/\(photograph.name)_labels.png"
        let overlay = "\(folder)/\(photograph.name)_overlay.png"
        let embedding = "\(folder)/\(photograph.name)_embedding.png"
        try photograph.segmentation.labels.writePNG(to: labels)
        try PNGFile.write(photograph.overlay, to: overlay)
        try PNGFile.write(photograph.frames[photograph.frames.count - 1], to: embedding)
        return (labels, overlay, embedding)
    }
}

/// Names of pictures.
enum PictureName {
    /// The file's name without folder and ending.
    static func base(of path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
        return String(name[..<dot])
    }
}
