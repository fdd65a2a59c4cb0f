import SphereData
import SphereGrouping
import SphereKernels
import SphereNetworks
import SphereRecipes
import SphereReports
import SphereTensor

/// What `segment --model` names.
enum SegmentationModel {
    /// Colour and position.
    case color(SegmentationOptions, Execution)
    /// A network of toy digits and where its weights are from.
    case toyDigits(ToyDigitModel, String, Execution)

    /// Pixels beyond this many are not grouped at full size: every pair of pixels is looked at.
    private static let largestPixelCount = 1 << 17

    /// The model called `name`: `color`, `toy-digits`, `toy-digits-paper` or a file.
    init(_ name: String, color: SegmentationOptions, execution: Execution) throws {
        switch name {
        case "color": self = .color(color, execution)
        default: self = .toyDigits(try ToyDigitModel.named(name), name, execution)
        }
    }

    /// Throws if a picture is too large.
    func check(_ image: Image<UInt8>, path: String) throws {
        guard case .toyDigits = self else { return }
        let pixels = image.width * image.height
        if pixels > Self.largestPixelCount {
            throw InputError(
                "\(path): has \(image.width) x \(image.height) = \(pixels) pixels, "
                    + "the model takes at most \(Self.largestPixelCount)"
            )
        }
    }

    /// Segments a picture.
    func segment(
        _ name: String, _ image: Image<UInt8>, onLoop: @escaping (Int, Int) -> Void
    ) throws -> SegmentedPhotograph {
        switch self {
        case .color(let options, let execution):
            try SegmentedPhotograph(
                name: name, image: image, segmenter: options.recipe(execution), onLoop: onLoop)
        case .toyDigits(let model, _, let execution):
            try TensorExecution.$current.withValue(execution) {
                try SegmentedPhotograph(name: name, image: image, segmenter: model, onLoop: onLoop)
            }
        }
    }

    /// The heading of a report.
    var title: String {
        switch self {
        case .color: "Segmentation by colour and position"
        case .toyDigits: "Segmentation with the network of the toy digits"
        }
    }

    /// The parameters as a report states them.
    var parameters: [HTMLReport.Parameter] {
        switch self {
        case .color(let options, let execution): options.parameters(execution)
        case .toyDigits(let model, let name, let execution):
            [
                HTMLReport.Parameter("weights", name), HTMLReport.Parameter("dimension", "\(model.network.dimension)"),
                HTMLReport.Parameter("margin", model.margin.shortText),
                HTMLReport.Parameter("concentration", Double(model.grouping.concentration).shortText),
                HTMLReport.Parameter("threads", "\(execution.threads)"),
                HTMLReport.Parameter("instruction set", execution.instructionSet.rawValue),
                HTMLReport.Parameter("processor", InstructionSet.processorName),
            ]
        }
    }
}
