import SphereData
import SphereEvaluation
import SphereGrouping
import SphereKernels
import SphereLayers
import SphereLosses
import SphereNetworks
import SphereTensor
import SphereTheory

// Pictures of coloured discs on black, and the disc that each pixel belongs to; 0 is the background.
let side = 32

func discs(_ number: Int) -> (image: [Float], labels: [Int32]) {
    var random = TrainingGenerator(seed: 1).derived(number)
    var image = [Float](repeating: 0, count: side * side * 3)
    var labels = [Int32](repeating: 0, count: side * side)
    for disc in Int32(1)...3 {
        let color = (0..<3).map { _ in Float(0.3 + 0.7 * random.uniform()) }
        let (x, y) = (random.uniform() * Double(side), random.uniform() * Double(side))
        let radius = 4 + 4 * random.uniform()
        for pixel in labels.indices {
            let (dx, dy) = (Double(pixel % side) - x, Double(pixel / side) - y)
            guard dx * dx + dy * dy < radius * radius else { continue }
            labels[pixel] = disc
            for c in 0..<3 { image[3 * pixel + c] = color[c] }
        }
    }
    return (image, labels)
}

// A model is a class with modules as properties: a backbone, a head to D channels, and the loops.
final class DiscModel: Module {
    let backbone: [NormalizedConvolution]
    let head: ConvolutionLayer
    let grouping: RecurrentMeanShift

    init(dimension: Int, concentration: Float, loops: Int, seed: UInt64) {
        var random = TrainingGenerator(seed: seed)
        backbone = [(3, 16, 1), (16, 32, 2), (32, 32, 4)].map { inputs, outputs, dilation in
            NormalizedConvolution(
                inputChannels: inputs, outputChannels: outputs,
                window: SlidingWindow(3, padding: dilation, dilation: dilation), using: &random)
        }
        head = ConvolutionLayer(
            inputChannels: 32, outputChannels: dimension, window: SlidingWindow(1), hasBias: true, using: &random)
        grouping = RecurrentMeanShift(loops: loops, concentration: concentration, learnsConcentration: true)
    }

    /// The points before the loops and after each of them.
    func callAsFunction(_ images: Tensor) -> [Tensor] {
        grouping(head(backbone.reduce(images) { $1($0) }).normalizedRows())
    }
}

let model = DiscModel(dimension: 8, concentration: 10, loops: 2, seed: 1)
let loss = PairLoss(margin: 0.5)
let training = TrainingLoop(
    model, optimizer: Adam(), schedule: LearningRateSchedule(base: 3e-3, steps: 120, warmUpSteps: 10),
    measures: ["loss"], largestGradient: 5)

// Every step draws its own picture and pixels, both from the step's number alone: a checkpoint can then be continued to the bit.
while let step = training.next {
    let (image, labels) = discs(step)
    let images = Tensor(shape: [1, side, side, 3], elements: image)
    let pixels = PairSampling(.count(400)).rows(of: side * side, seed: UInt64(step))
    let losses = model(images).map { loss($0, labels: [labels], samples: [pixels]).loss }
    let total = losses.dropFirst().reduce(losses[0], +)
    training.advance(total, measures: [Double(losses.last!.scalar)])
}
let last = training.history[0].suffix(20).reduce(0, +) / 20
print("pair loss of the last 20 steps: \(last), concentration \(model.grouping.concentration)")

// Groups of a new picture, and how well they are its discs.
let (image, labels) = discs(1_000_000)
let points = TensorExecution.withoutGradients {
    model(Tensor(shape: [1, side, side, 3], elements: image))[0].matrix
}
let grouping = try MeanShift(concentration: .fixed(Concentration(Double(model.grouping.concentration)))).group(points)
let histogram = try JointHistogram(
    truth: LabelMap(width: side, height: side, labels: labels),
    prediction: LabelMap(width: side, height: side, labels: grouping.labels))
print("\(grouping.count) groups, covering \(histogram.covering().value ?? 0)")
