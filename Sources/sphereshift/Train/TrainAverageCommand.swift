import ArgumentParser
import SphereData
import SphereNetworks

/// `sphereshift train average`: several weights in, their mean out.
struct TrainAverageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "average",
        abstract: "The mean of the weights of several trainings of one model.",
        discussion: """
            For trainings that began from the same weights: their mean is often better on new pictures than each of them. \
            All files must be of the same model.

            Examples:
              sphereshift train average first/weights.safetensors second/weights.safetensors --output mean.safetensors
              sphereshift evaluate instances --model mean.safetensors --data val
            """)

    @Argument(help: ArgumentHelp("Two files of weights or more.", valueName: "file"))
    var weights: [String]

    @Option(help: ArgumentHelp("Where the mean goes.", valueName: "file"))
    var output: String

    @Flag(help: "Write the weights as float16, half as large.")
    var halfPrecision = false

    @OptionGroup var format: FormatOptions

    func validate() throws {
        if weights.count < 2 {
            throw ValidationError("two files of weights or more are needed, found \(weights.count)")
        }
    }

    private struct Result: Encodable {
        let weights: String
        let files: [String]
    }

    func run() throws {
        try OutputPath.checkFile(output)
        try WeightAverage.write(of: weights, to: output, as: halfPrecision ? .float16 : .float32)
        print(
            format.json
                ? try JSON.text(Result(weights: output, files: weights))
                : "the mean of \(weights.count) files written to \(output)")
    }
}
