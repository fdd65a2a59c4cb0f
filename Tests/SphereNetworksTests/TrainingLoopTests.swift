import Foundation
import SphereData
import SphereLayers
import SphereNetworks
import SphereReference
import SphereTensor
import Testing

/// One convolution that learns the sum of its input's channels.
private final class Line: Layer {
    let convolution: ConvolutionLayer

    init(seed: UInt64) {
        var random = TrainingGenerator(seed: seed)
        convolution = ConvolutionLayer(
            inputChannels: 3, outputChannels: 1, window: SlidingWindow(1), hasBias: true, using: &random)
    }

    func callAsFunction(_ input: Tensor) -> Tensor { convolution(input) }
}

/// The squared error of step `step`, whose data follow from its number.
private func squaredError(_ model: Line, step: Int) -> Tensor {
    var random = TrainingGenerator(seed: 7).derived(step)
    let pixels = (0..<3 * 16).map { _ in Float(random.uniform()) }
    let sums = Tensor(
        shape: [1, 4, 4, 1], elements: (0..<16).map { pixels[3 * $0] + pixels[3 * $0 + 1] + pixels[3 * $0 + 2] })
    let difference = model(Tensor(shape: [1, 4, 4, 3], elements: pixels)) - sums
    return (difference * difference).sum()
}

private func training(
    _ model: Line, optimizer: any Optimizer, steps: Int, largestGradient: Double? = nil
) -> TrainingLoop {
    TrainingLoop(
        model, optimizer: optimizer, schedule: LearningRateSchedule(base: 0.01, steps: steps, warmUpSteps: 2),
        measures: ["loss"], largestGradient: largestGradient)
}

private func advance(_ training: TrainingLoop, _ model: Line, to end: Int) {
    while let step = training.next, step < end {
        let loss = squaredError(model, step: step)
        training.advance(loss, measures: [Double(loss.scalar)])
    }
}

private struct Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "sphereshift-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

@Suite("TrainingLoop") struct TrainingLoopTests {
    private static let optimizers: [@Sendable () -> any Optimizer] = [
        { StochasticGradientDescent() }, { Adam(weightDecay: 0.01) },
    ]

    @Test("lowers the loss and keeps its history", arguments: optimizers.indices)
    func learns(optimizer: Int) {
        let model = Line(seed: 1)
        let training = training(model, optimizer: Self.optimizers[optimizer](), steps: 200)
        advance(training, model, to: 200)
        #expect(training.next == nil && training.step == 200 && training.history[0].count == 200)
        let (first, last) = (training.history[0].prefix(20).max()!, training.history[0].suffix(20).max()!)
        #expect(last < first / 10)
    }

    @Test("continues from a checkpoint to the bit", arguments: optimizers.indices)
    func resumes(optimizer: Int) throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = "\(folder.path)/checkpoint"
        let model = Line(seed: 2)
        let whole = training(model, optimizer: Self.optimizers[optimizer](), steps: 12)
        advance(whole, model, to: 5)
        try whole.save(to: path, settings: ["margin": "0.5"])
        advance(whole, model, to: 12)

        // Another start and another optimizer object: everything must come from the file.
        let other = Line(seed: 3)
        let resumed = training(other, optimizer: Self.optimizers[optimizer](), steps: 12)
        try resumed.restore(from: path, settings: ["margin": "0.5"])
        #expect(resumed.step == 5 && resumed.optimizer.stepCount == 5)
        advance(resumed, other, to: 12)
        #expect(other.parameters.map(\.elements) == model.parameters.map(\.elements))
        #expect(resumed.history == whole.history)
    }

    @Test("refuses checkpoints that do not fit and changes nothing")
    func refuses() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = "\(folder.path)/checkpoint"
        let model = Line(seed: 2)
        let loop = training(model, optimizer: Adam(), steps: 12)
        advance(loop, model, to: 3)
        try loop.save(to: path, settings: ["margin": "0.5"])
        let whole = try Data(contentsOf: URL(filePath: path))

        let before = model.parameters.map(\.elements)
        func expectRefusal(_ text: String, settings: [String: String] = ["margin": "0.5"], path: String = path) {
            do {
                try loop.restore(from: path, settings: settings)
                Issue.record("restored, expected an error with '\(text)'")
            } catch {
                #expect(error.description.contains(text), "\(error)")
            }
            #expect(model.parameters.map(\.elements) == before && loop.step == 3)
        }
        expectRefusal("margin = 0.5, this training has 0.1", settings: ["margin": "0.1"])
        expectRefusal("margin = 0.5, this training has (none)", settings: [:])
        expectRefusal("nothing", path: "\(folder.path)/nothing")
        // Weights alone are no checkpoint.
        try model.save(to: "\(folder.path)/weights")
        expectRefusal("\"step\" is missing", path: "\(folder.path)/weights")
        for length in [0, 7, 100, whole.count - 1] {
            try whole.prefix(length).write(to: URL(filePath: "\(folder.path)/part"))
            expectRefusal("part", path: "\(folder.path)/part")
        }
    }

    @Test("shortens long gradients and leaves out those that are not finite")
    func gradients() {
        let model = Line(seed: 4)
        let loop = training(
            model, optimizer: StochasticGradientDescent(momentum: 0, weightDecay: 0), steps: 10, largestGradient: 0.5)
        let start = model.parameters.flatMap(\.elements)
        let length = loop.advance(squaredError(model, step: 0), measures: [0])
        let moved = zip(model.parameters.flatMap(\.elements), start).reduce(0.0) {
            $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
        }.squareRoot()
        // The rate of the first of two warm-up steps is half of 0.01.
        #expect(length > 0.5 && abs(moved - 0.5 * 0.005) < 1e-6)

        let kept = model.parameters.map(\.elements)
        loop.advance(model(Tensor(shape: [1, 1, 1, 3], elements: [.nan, 0, 0])).sum(), measures: [0])
        #expect(model.parameters.map(\.elements) == kept && loop.step == 2)
        let normalization = BatchNormalizationLayer(channels: 3)
        _ = normalization(Tensor(shape: [1, 1, 2, 3], elements: [1, 2, 3, 4, 5, 6]))
        let averages = (normalization.runningMean.elements, normalization.runningVariance.elements)
        _ = normalization(Tensor(shape: [1, 1, 2, 3], elements: [.infinity, 2, 3, 4, 5, .nan]))
        #expect(normalization.runningMean.elements == averages.0 && averages.0 != [0, 0, 0])
        #expect(normalization.runningVariance.elements == averages.1)
        // A loss that depends on nothing is a step without a change.
        loop.advance(Tensor(0), measures: [0])
        #expect(model.parameters.map(\.elements) == kept && loop.step == 3)
    }
}

@Suite("LearningRateSchedule") struct LearningRateScheduleTests {
    @Test("rises over the warm-up and falls as (1 - t / steps)^power")
    func rates() {
        let schedule = LearningRateSchedule(base: 2, steps: 100, power: 0.5, warmUpSteps: 4)
        #expect(abs(schedule.rate(at: 0) - 0.5) < 1e-12)
        #expect(abs(schedule.rate(at: 3) - 2 * (0.97).squareRoot()) < 1e-12)
        #expect(abs(schedule.rate(at: 75) - 1) < 1e-12)
        #expect(schedule.rate(at: 100) == 0)
        #expect(LearningRateSchedule(base: 3, steps: 10, power: 0).rate(at: 9) == 3)
    }
}
