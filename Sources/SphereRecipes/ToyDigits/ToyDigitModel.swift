public import SphereData
public import SphereGrouping
public import SphereKernels
public import SphereNetworks
public import SphereTensor
internal import SphereTheory

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The network of the toy digits with what belongs to it: the margin it was trained with and the loops that group its pixels.
public final class ToyDigitModel {
    /// Pixels to unit vectors.
    public let network: ToyDigitNetwork
    /// The loops of the training.
    public let grouping: RecurrentMeanShift
    /// alpha of the pair loss.
    public let margin: Double
    /// The power that colours in [0, 1] are raised to before the network sees them; 1, as in the paper, leaves them.
    ///
    /// With 1/2 faint ink, which is a digit's as much as bright ink, stands out from black: a tenth of a digit's pixels are
    /// darker than 0.1.
    public let gamma: Double

    /// A model with random weights.
    ///
    /// - Parameters:
    ///   - dimension: D >= 1.
    ///   - margin: alpha in (0, 1).
    ///   - concentration: kappa of the kernel.
    ///   - loops: loops with a loss in training, 0 or more.
    ///   - usesCoordinates: whether the network is told the place of a pixel, which the paper's is not.
    ///   - gamma: see ``gamma``.
    /// - Precondition: `gamma` is more than 0.
    public init(
        dimension: Int, margin: Double, concentration: Float, loops: Int, usesCoordinates: Bool = false,
        gamma: Double = 1, seed: UInt64
    ) {
        require(gamma > 0 && gamma.isFinite, "a gamma of \(gamma): must be more than 0")
        self.gamma = gamma
        network = ToyDigitNetwork(dimension: dimension, usesCoordinates: usesCoordinates, seed: seed)
        grouping = RecurrentMeanShift(loops: loops, concentration: concentration)
        self.margin = margin
    }

    /// Why a file is no model of toy digits.
    public enum LoadingError: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file cannot be read.
        case file(SafetensorsError)
        /// The arrays do not fit the network.
        case module(ModuleFileError)
        /// A number that the header needs is missing or out of range.
        case metadata(path: String, name: String, found: String?)

        /// One line for the user.
        public var description: String {
            switch self {
            case .file(let error): error.description
            case .module(let error): error.description
            case .metadata(let path, let name, let found):
                "\(path): is no model of toy digits: \"\(name)\" in its header is \(found.map { "'\($0)'" } ?? "missing")"
            }
        }
    }

    /// Reads a model that ``save(to:as:)`` wrote.
    ///
    /// - Throws: ``LoadingError``.
    public convenience init(path: String) throws(LoadingError) {
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path) } catch { throw .file(error) }
        func number<Number: LosslessStringConvertible & Comparable>(
            _ name: String, in range: ClosedRange<Number>
        ) throws(LoadingError) -> Number {
            let text = file.metadata[name]
            guard let value = text.flatMap({ Number($0) }), range.contains(value) else {
                throw .metadata(path: path, name: name, found: text)
            }
            return value
        }
        self.init(
            dimension: try number("dimension", in: 1...4096),
            margin: try number("margin", in: 1e-6...0.999999),
            concentration: try number("concentration", in: 1e-6...MeanShiftPlan.largestConcentration),
            loops: try number("loops", in: 0...1000),
            usesCoordinates: try number("coordinates", in: 0...1) == 1,
            gamma: try number("gamma", in: 0.01...100), seed: 0)
        do { try network.load(from: file) } catch { throw .module(error) }
    }

    /// The weights that come with the package, trained as docs/models.md tells.
    public enum Bundled: String, Sendable, CaseIterable {
        /// D = 8, alpha = 1/2: room for every number of digits.
        case best = "toy-digits"
        /// D = 3, alpha = 0.1, as in the paper.
        case paper = "toy-digits-paper"
    }

    /// A model that comes with the package.
    ///
    /// - Throws: ``PackageResources/NotFound`` or ``LoadingError``.
    public static func bundled(_ name: Bundled = .best) throws -> ToyDigitModel {
        try ToyDigitModel(path: PackageResources.path("ToyDigits/\(name.rawValue).safetensors"))
    }

    /// A model that comes with the package, or the one in a file, whichever `name` is.
    ///
    /// - Throws: as ``bundled(_:)``.
    public static func named(_ name: String) throws -> ToyDigitModel {
        try Bundled(rawValue: name).map { try bundled($0) } ?? ToyDigitModel(path: name)
    }

    /// Takes over the weights of `other`.
    ///
    /// Where its dimension is another one the last convolution keeps its own; where one of them has coordinates and the other has
    /// not, the first convolution takes the weights of the three colours.
    public func takeWeights(from other: ToyDigitModel) {
        let (own, its) = (network.stem.convolution.weights, other.network.stem.convolution.weights)
        if own.shape != its.shape {
            var elements = own.elements
            let (theirs, outputs) = (its.elements, own.shape[3])
            for tap in 0..<9 {
                for i in 0..<3 * outputs {
                    elements[tap * own.shape[2] * outputs + i] = theirs[tap * its.shape[2] * outputs + i]
                }
            }
            own.elements = elements
        }
        for (own, its) in zip(network.parameters, other.network.parameters) where own.shape == its.shape {
            own.elements = its.elements
        }
    }

    /// Writes the model; the file appears under its name when it is complete.
    ///
    /// - Throws: ``ModuleFileError``.
    public func save(to path: String, as element: SafetensorsElement = .float32) throws(ModuleFileError) {
        try network.save(
            to: path, as: element,
            metadata: [
                "model": "toy-digits", "dimension": "\(network.dimension)", "margin": "\(margin)",
                "concentration": "\(grouping.concentration)", "loops": "\(grouping.loops)",
                "coordinates": network.usesCoordinates ? "1" : "0", "gamma": "\(gamma)",
            ])
    }

    /// One unit row for each pixel of the image, row by row.
    ///
    /// - Parameter image: height x width x 3 numbers in [0, 1].
    /// - Precondition: `image` has three numbers for each pixel.
    /// - Complexity: 1.3 million multiply-adds for each pixel.
    public func embedding(of image: [Float], width: Int, height: Int, on execution: Execution = .default) -> Matrix {
        require(
            image.count == width * height * 3,
            "\(image.count) numbers for an image of \(width) x \(height) pixels and three channels")
        return TensorExecution.$current.withValue(execution) {
            TensorExecution.withoutGradients { network(input([image], width: width, height: height)).matrix }
        }
    }

    /// What the network sees of images: the colours to the power ``gamma``, less the mean; shape [N, height, width, 3].
    package func input(_ images: [[Float]], width: Int, height: Int) -> Tensor {
        let mean = ToyDigitNetwork.imageMean
        let elements = images.flatMap { image in
            image.indices.map { (gamma == 1 ? image[$0] : pow(image[$0], Float(gamma))) - mean[$0 % 3] }
        }
        return Tensor(shape: [images.count, height, width, 3], elements: elements)
    }

    /// How pixels are grouped: with the concentration of the training, until the groups have collapsed.
    public func meanShift(on execution: Execution = .default) -> MeanShift {
        MeanShift(concentration: .fixed(Concentration(Double(grouping.concentration))), execution: execution)
    }

    /// Groups the pixels of an image: 0 for the largest group, the background, and numbers from 1 for the objects.
    ///
    /// - Parameters:
    ///   - image: height x width x 3 numbers in [0, 1].
    ///   - onIteration: called after every loop of mean shift.
    /// - Precondition: as ``embedding(of:width:height:on:)``; at least one pixel.
    /// - Complexity: O(pixels^2) for each loop.
    /// - Throws: `GroupingError` where the network's output is not finite.
    public func segment(
        _ image: [Float], width: Int, height: Int, on execution: Execution = .default,
        onIteration: ((MeanShift.Progress) -> Void)? = nil
    ) throws(GroupingError) -> Segmentation {
        let points = embedding(of: image, width: width, height: height, on: execution)
        let grouping = try meanShift(on: execution).group(points, onIteration: onIteration)
        return Segmentation(
            labels: LabelMap(width: width, height: height, labels: grouping.labels), grouping: grouping,
            embedding: points, workingWidth: width, workingHeight: height)
    }
}

extension ToyDigitModel: Segmenter {
    /// Groups the pixels of `image` at full size.
    ///
    /// - Parameter onIteration: called after every loop of mean shift.
    /// - Precondition: the picture has 1 or 3 channels and at least one pixel.
    /// - Complexity: O(pixels^2) for each loop.
    /// - Throws: `GroupingError` where the network's output is not finite.
    public func segment(
        _ image: Image<UInt8>, onIteration: ((MeanShift.Progress) -> Void)?
    ) throws(GroupingError) -> Segmentation {
        try segment(
            image.colors, width: image.width, height: image.height, on: TensorExecution.current,
            onIteration: onIteration)
    }
}
