public import SphereData
public import SphereEvaluation
public import SphereKernels
public import SphereNetworks
public import SphereTensor

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A trained detector of boundaries: HED, or the paper's network on the sphere.
public struct BoundaryModel {
    /// The networks.
    public enum Network {
        /// Xie and Tu's, fused score alone.
        case edges(HolisticEdgeNetwork)
        /// Embeddings and six scores, beside that of the detector that the trunk comes from.
        case embedding(BoundaryNetwork)
    }

    /// The network.
    public let network: Network
    /// The sizes at which a picture is looked at; probabilities are averaged over them.
    public var scales: [Double]
    /// Which of the scores of ``BoundaryNetwork/Output`` are averaged; of no meaning for HED.
    public var outputs: [Int]

    /// What is averaged unless a file says otherwise: three sizes, and all scores of the network itself.
    public static let defaultScales = [0.5, 1, 1.5]
    /// See ``defaultScales``.
    public static let defaultOutputs = [0, 1, 2, 3, 4, 5]

    /// A network as it comes from its training.
    public init(_ network: BoundaryNetwork) {
        self.network = .embedding(network)
        scales = Self.defaultScales
        outputs = Self.defaultOutputs
    }

    /// HED, which looks at a picture once.
    public init(_ network: HolisticEdgeNetwork) {
        self.network = .edges(network)
        scales = [1]
        outputs = []
    }

    /// Why a file is no detector of boundaries.
    public enum LoadingError: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file cannot be read.
        case file(SafetensorsError)
        /// The arrays do not fit the network.
        case module(ModuleFileError)
        /// The file is that of something else.
        case otherModel(path: String, found: String?)
        /// A number that the header needs is missing or out of range.
        case metadata(path: String, name: String, found: String?)

        /// One line for the user.
        public var description: String {
            switch self {
            case .file(let error): error.description
            case .module(let error): error.description
            case .otherModel(let path, let found):
                "\(path): is no model of boundaries: expected one of 'sphereshift train boundaries' or HED with the layers "
                    + "conv1_1 to fuse, found \(found.map { "a model of '\($0)'" } ?? "neither")"
            case .metadata(let path, let name, let found):
                "\(path): is no model of boundaries: \"\(name)\" in its header is \(found.map { "'\($0)'" } ?? "missing")"
            }
        }
    }

    /// What `file` holds, by its header: a network of boundaries or HED.
    static func isBoundaryModel(_ file: SafetensorsFile) -> Bool {
        file.metadata["model"] == "boundaries" || isCaffe(file)
    }

    private static func isCaffe(_ file: SafetensorsFile) -> Bool {
        file.entries["conv1_1.weight"] != nil && file.entries["score_dsn1.weight"] != nil
            && file.entries["fuse.weight"] != nil
    }

    /// Reads a model that ``save(to:)`` wrote, or the weights of HED; which of both follows from the file.
    ///
    /// - Throws: ``LoadingError``.
    public init(path: String) throws(LoadingError) {
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path) } catch { throw .file(error) }
        guard Self.isBoundaryModel(file) else { throw .otherModel(path: path, found: file.metadata["model"]) }
        if Self.isCaffe(file) {
            let network = HolisticEdgeNetwork(seed: 0)
            do { try network.load(caffe: file) } catch { throw .module(error) }
            self.init(network)
            return
        }
        func number(_ name: String) throws(LoadingError) -> Int {
            guard let value = file.metadata[name].flatMap({ Int($0) }), (1...4096).contains(value) else {
                throw .metadata(path: path, name: name, found: file.metadata[name])
            }
            return value
        }
        func list<Number: LosslessStringConvertible & Comparable>(
            _ name: String, in range: ClosedRange<Number>
        ) throws(LoadingError) -> [Number] {
            let parts = file.metadata[name]?.split(separator: ",") ?? []
            let values = parts.compactMap { Number(String($0)) }.filter { range.contains($0) }
            guard !values.isEmpty, values.count == parts.count else {
                throw .metadata(path: path, name: name, found: file.metadata[name])
            }
            return values
        }
        let (dimension, width) = (try number("dimension"), try number("width"))
        let (scales, outputs) = (try list("scales", in: 0.05...4), try list("outputs", in: 0...6))
        // The embeddings' convolutions alone, before a network is made that the file cannot be of.
        guard file.elementCount >= 9 * dimension * width else {
            throw .metadata(path: path, name: "width", found: file.metadata["width"])
        }
        let network = BoundaryNetwork(dimension: dimension, width: width, seed: 0)
        do { try network.load(quantized: file) } catch { throw .module(error) }
        self.init(network)
        self.scales = scales
        self.outputs = outputs
    }

    /// The model called `boundaries` that comes with the package, or the one in a file.
    ///
    /// - Throws: ``PackageResources/NotFound`` or ``LoadingError``.
    public static func named(_ name: String) throws -> BoundaryModel {
        try BoundaryModel(
            path: name == "boundaries" ? PackageResources.path("Boundaries/boundaries.safetensors") : name)
    }

    /// Writes a network of boundaries, weights as int8 with a scale for each channel; the file appears under its name when it is complete.
    ///
    /// - Precondition: the network is no HED.
    /// - Throws: `ModuleFileError`.
    public func save(to path: String) throws(ModuleFileError) {
        guard case .embedding(let network) = network else { fatalError("HED is written by nobody here") }
        try network.save(
            quantizedTo: path,
            metadata: [
                "model": "boundaries", "dimension": "\(network.heads.dimension)", "width": "\(network.heads.width)",
                "scales": scales.map { "\($0)" }.joined(separator: ","),
                "outputs": outputs.map { "\($0)" }.joined(separator: ","),
            ])
    }

    /// The probability of a boundary at every pixel, and the embedding.
    public struct Detection {
        /// Mean over scales and outputs of 1 / (1 + exp(-score)); thick, as the network gives it.
        public let probability: SoftBoundaryMap
        /// The embeddings of the taps at the picture's own size, unit rows; none for HED.
        public let taps: [Tap]

        /// An embedding at the size at which the network makes it.
        public struct Tap {
            /// Size in pixels.
            public let width, height: Int
            /// One unit row for each pixel.
            public let points: Matrix
        }

        /// The taps one behind the other at the size of the picture, resized bilinearly: 5 D columns; `nil` for HED.
        public let embedding: Matrix?
    }

    /// The network's output is not finite: its weights are too large.
    public struct NotFinite: Error, Equatable, Sendable, CustomStringConvertible {
        /// The first pixel without a probability, row by row.
        public let pixel: Int

        /// One line for the user.
        public var description: String {
            "the network's output at pixel \(pixel) is not a number: its weights are too large"
        }
    }

    /// Looks for boundaries in `image` (RGB or gray).
    ///
    /// - Precondition: the picture has 1 or 3 channels and at least one pixel.
    /// - Throws: ``NotFinite``.
    /// - Complexity: 360,000 multiply-adds for each pixel and the sum of the squared scales.
    public func detect(
        _ image: Image<UInt8>, on execution: Execution = .default
    ) throws(NotFinite) -> Detection {
        require(
            image.width >= 1 && image.height >= 1 && image.channels % 2 == 1,
            "boundaries of a picture of \(image.width) x \(image.height) pixels with \(image.channels) channels")
        let view = BoundaryView(image, mirrored: false).image
        var sums = [Double](repeating: 0, count: image.width * image.height)
        var count = 0
        var taps: [Detection.Tap] = []
        var embedding: Matrix?
        func add(_ scores: [Tensor]) {
            count += scores.count
            for score in scores {
                let elements = score.memory.span
                for i in elements.indices { sums[i] += 1 / (1 + exp(-Double(elements[i]))) }
            }
        }
        // The embedding is shown of the size that is nearest to the picture's.
        let shown = scales.min { abs($0 - 1) < abs($1 - 1) }
        TensorExecution.$current.withValue(execution) {
            TensorExecution.withoutGradients {
                for scale in scales {
                    let input = BoundaryView.input(view, scale: scale)
                    switch network {
                    case .edges(let network):
                        add([network(input).fused.resized(height: image.height, width: image.width)])
                    case .embedding(let network):
                        let output = network(input, height: image.height, width: image.width)
                        add(outputs.map { output.scores[$0] })
                        guard scale == shown, embedding == nil else { continue }
                        taps = output.embeddings.map {
                            Detection.Tap(width: $0.shape[2], height: $0.shape[1], points: $0.matrix)
                        }
                        embedding =
                            Tensor.concatenated(
                                output.embeddings.map { $0.resized(height: image.height, width: image.width) }
                            ).matrix
                    }
                }
            }
        }
        if let pixel = sums.firstIndex(where: { $0.isNaN }) { throw NotFinite(pixel: pixel) }
        let probability = SoftBoundaryMap(
            width: image.width, height: image.height, strengths: sums.map { $0 / Double(max(1, count)) })
        return Detection(probability: probability, taps: taps, embedding: embedding)
    }
}
