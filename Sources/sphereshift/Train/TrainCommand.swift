import ArgumentParser

/// `sphereshift train`: data in, weights out.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train one of the models that come with the package.",
        discussion: """
            The output folder receives checkpoint.safetensors, curves.svg and weights.safetensors, which are written again and again while the \
            training runs. A training that was stopped, by Ctrl-C, a kill or a power cut, goes on with --resume and ends with the same bits \
            as one that was not.

            Examples:
              sphereshift train toy-digits --output toy
              sphereshift train toy-digits --output toy --resume
              sphereshift train nuclei --data train --output nuclei
            """,
        subcommands: [
            TrainToyDigitsCommand.self, TrainBoundariesCommand.self, TrainNucleiCommand.self, TrainLeavesCommand.self,
            TrainPedestriansCommand.self, TrainThingsCommand.self, TrainDigitsCommand.self, TrainAverageCommand.self,
        ])
}
