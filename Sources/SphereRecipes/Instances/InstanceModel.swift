public import SphereData
public import SphereGrouping
public import SphereKernels
internal import SphereLayers
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

/// A network that finds the objects of a picture, with what belongs to it: a score and an offset for every pixel, mean shift of the places that pixels of objects
/// point to, and the reading of the groups.
///
/// Every pixel of an object says where the object is, relative to itself. `PlaneWaves` puts that place on the sphere; there blurring
/// mean shift gathers the pixels of an object (Kong and Fowlkes, CVPR 2018, with the semi-convolutional embedding of Novotny et al., ECCV 2018).
public final class InstanceModel {
    /// What is not a weight.
    public let design: InstanceDesign
    /// Pixels to scores and offsets.
    public let network: InstanceNetwork
    /// The loops of the training.
    public let grouping: RecurrentMeanShift

    /// A model with random weights.
    ///
    /// - Precondition: the ranges that ``InstanceDesign`` gives.
    public init(_ design: InstanceDesign, seed: UInt64) {
        if let problem = design.problem { fatalError(problem) }
        self.design = design
        network = InstanceNetwork(
            inputChannels: design.channels, width: design.width, trunk: design.trunk, scoreCount: design.scoreCount,
            seed: seed)
        grouping = RecurrentMeanShift(loops: design.loops, concentration: design.concentration)
    }

    /// Why a file is no model of objects.
    public enum LoadingError: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file cannot be read.
        case file(SafetensorsError)
        /// The arrays do not fit the network.
        case module(ModuleFileError)
        /// What the header needs is missing or out of range.
        case metadata(path: String, name: String, found: String?)
        /// The network is wider than the one that is to take over its weights.
        case wider(path: String, width: Int, expected: Int)

        /// One line for the user.
        public var description: String {
            switch self {
            case .file(let error): error.description
            case .module(let error): error.description
            case .metadata(let path, let name, let found):
                "\(path): is no model of objects: \"\(name)\" in its header is \(found.map { "'\($0)'" } ?? "missing")"
            case .wider(let path, let width, let expected):
                "\(path): its network has a width of \(width), expected \(expected) or less"
            }
        }
    }

    /// Reads a model that ``save(to:as:)`` wrote.
    ///
    /// - Throws: ``LoadingError``.
    public convenience init(path: String) throws(LoadingError) {
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path) } catch { throw .file(error) }
        switch InstanceDesign.parse(file.metadata) {
        case .failure(let error): throw .metadata(path: path, name: error.name, found: error.found)
        case .success(let design):
            let least = InstanceNetwork.leastParameterCount(width: design.width, trunk: design.trunk)
            guard file.elementCount >= least else {
                throw .metadata(path: path, name: "width", found: file.metadata["width"])
            }
            self.init(design, seed: 0)
        }
        do { try network.load(from: file) } catch { throw .module(error) }
    }

    /// The weights that come with the package, trained as docs/models.md tells.
    public enum Bundled: String, Sendable, CaseIterable {
        /// Cell nuclei in fluorescence images.
        case nuclei
    }

    /// A model that comes with the package.
    ///
    /// - Throws: ``PackageResources/NotFound`` or ``LoadingError``.
    public static func bundled(_ name: Bundled) throws -> InstanceModel {
        try InstanceModel(path: PackageResources.path("Instances/\(name.rawValue).safetensors"))
    }

    /// A model that comes with the package, or the one in a file, whichever `name` is.
    ///
    /// - Throws: as ``bundled(_:)``.
    public static func named(_ name: String) throws -> InstanceModel {
        try Bundled(rawValue: name).map { try bundled($0) } ?? InstanceModel(path: name)
    }

    /// Takes over the weights of `other`, which has the same network or a narrower one, see `InstanceNetwork.takeWeights(from:)`.
    ///
    /// - Parameter path: where `other` is from, for the error.
    /// - Throws: ``LoadingError/wider(path:width:expected:)``, or ``LoadingError/metadata(path:name:found:)`` where the networks differ otherwise.
    public func takeWeights(from other: InstanceModel, path: String) throws(LoadingError) {
        let (own, its) = (design.texts, other.design.texts)
        for name in ["gray", "trunk", "classes"] where own[name] != its[name] {
            throw .metadata(path: path, name: name, found: its[name])
        }
        if other.design.width > design.width {
            throw .wider(path: path, width: other.design.width, expected: design.width)
        }
        network.takeWeights(from: other.network)
    }

    /// Takes a residual trunk from a file of folded weights, as `ResidualNetwork.load(folded:)` reads it.
    ///
    /// - Precondition: the trunk is residual.
    /// - Throws: ``LoadingError``.
    public func loadTrunk(path: String) throws(LoadingError) {
        guard let residual = network.residual else {
            fatalError("a trunk for \(design.name), whose trunk is not residual")
        }
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path) } catch { throw .file(error) }
        do { try residual.load(folded: file) } catch { throw .module(error) }
    }

    /// A model that comes with the package, or the one in a file; `nil` where `name` is neither, and for files of other models.
    ///
    /// - Throws: as ``bundled(_:)``.
    public static func ifNamed(_ name: String) throws -> InstanceModel? {
        if Bundled(rawValue: name) != nil { return try named(name) }
        guard (try? SafetensorsFile(name))?.metadata["model"] == "instances" else { return nil }
        return try InstanceModel(path: name)
    }

    /// Writes the model; the file appears under its name when it is complete.
    ///
    /// - Throws: ``ModuleFileError``.
    public func save(to path: String, as element: SafetensorsElement = .float32) throws(ModuleFileError) {
        try network.save(to: path, as: element, metadata: design.texts)
    }

    // MARK: - The network's output

    /// Scores and offsets of every pixel of a picture, at the picture's size.
    public struct Maps {
        /// Size in pixels.
        public let width, height: Int
        /// Logits that a pixel belongs to an object, row by row.
        public let scores: [Float]
        /// With classes the logits of no object and of each class, [pixels, 1 + classes]; else empty.
        public let classScores: [Float]
        /// x and y to the object's place for each pixel, in pixels of the network, [pixels, 2].
        public let offsets: Tensor
        /// The pixels of objects, those with a score above 0.
        public var foreground: [Int] { scores.indices.filter { scores[$0] > 0 } }

        /// The likeliest class of every pixel, 0 for no object; without classes 1 for all objects.
        public var classMap: LabelMap {
            let count = classScores.count / max(1, scores.count)
            return LabelMap(
                width: width, height: height,
                labels: scores.indices.map { pixel in
                    if count == 0 { return scores[pixel] > 0 ? 1 : 0 }
                    let row = classScores[pixel * count..<(pixel + 1) * count]
                    return Int32(row.indices.max { row[$0] < row[$1] }! - row.startIndex)
                })
        }
    }

    /// The network's output for a picture.
    ///
    /// Pictures of more than `largestPiece` pixels a side are looked at in pieces with a border of the trunk's `margin` pixels, beyond
    /// which nothing plays a part: the result is that of the whole up to rounding.
    ///
    /// - Parameters:
    ///   - symmetries: ways to lay the picture down, over which the scores (logits) and the offsets are averaged; one or more.
    ///     `InstanceDesign/symmetries` are those that a training shows the network.
    ///   - largestPiece: pixels of the network, a multiple of the trunk's `sideMultiple`.
    /// - Precondition: 1 or 3 channels, at least one pixel.
    /// - Complexity: some 22,000 multiply-adds for each pixel of the network at width 16, 50,000 at 24, 24,000 with a residual trunk at 32, times the number
    ///   of symmetries; memory O(`largestPiece`²).
    public func maps(
        of image: Image<UInt8>, symmetries: [SquareSymmetry] = [.identity], largestPiece: Int = 1024,
        on execution: Execution = .default
    ) -> Maps {
        let multiple = design.trunk.sideMultiple
        require(
            image.width > 0 && image.height > 0 && largestPiece >= multiple && largestPiece % multiple == 0,
            "a picture of \(image.width) x \(image.height) pixels in pieces of \(largestPiece)")
        require(!symmetries.isEmpty, "an average over no symmetries")
        return TensorExecution.$current.withValue(execution) {
            TensorExecution.withoutGradients {
                network.setStatistics(.running)
                let (scores, offsets) =
                    symmetries == [.identity]
                    ? output(of: image, largestPiece: largestPiece)
                    : averagedOutput(of: image, over: symmetries, largestPiece: largestPiece)
                let isClassified = design.scoreCount > 1
                return Maps(
                    width: image.width, height: image.height,
                    scores: isClassified ? objectScores(scores) : scores.elements,
                    classScores: isClassified ? scores.elements : [], offsets: offsets.reshaped(-1, 2))
            }
        }
    }

    /// Scores [1, height, width, scores] and offsets [1, height, width, 2] at the picture's size.
    private func output(of image: Image<UInt8>, largestPiece: Int) -> (scores: Tensor, offsets: Tensor) {
        let (width, height) = size(ofWidth: image.width, height: image.height)
        let picture = Tensor(
            shape: [1, image.height, image.width, design.channels], elements: design.normalized(image))
        let seen = shrunk(picture, width: width, height: height)
        let (scores, offsets) = inPieces(seen, width: width, height: height, side: largestPiece)
        if width == image.width && height == image.height { return (scores, offsets) }
        return (
            scores.resized(height: image.height, width: image.width),
            offsets.resized(height: image.height, width: image.width)
        )
    }

    /// The mean of ``output(of:largestPiece:)`` over ways to lay the picture down, each result laid back.
    ///
    /// (Medians, number by number, did no better on nuclei.)
    private func averagedOutput(
        of image: Image<UInt8>, over symmetries: [SquareSymmetry], largestPiece: Int
    ) -> (scores: Tensor, offsets: Tensor) {
        let (count, share) = (design.scoreCount, 1 / Float(symmetries.count))
        var scores = [Float](repeating: 0, count: image.width * image.height * count)
        var offsets = [Float](repeating: 0, count: image.width * image.height * 2)
        for symmetry in symmetries {
            let output = output(of: symmetry.applied(to: image), largestPiece: largestPiece)
            let (newScores, newOffsets) = (output.scores.elements, output.offsets.elements)
            for (new, old) in symmetry.sources(width: image.width, height: image.height).enumerated() {
                for i in 0..<count { scores[old * count + i] += share * newScores[new * count + i] }
                let offset = symmetry.undone(SIMD2(newOffsets[2 * new], newOffsets[2 * new + 1]))
                offsets[2 * old] += share * offset.x
                offsets[2 * old + 1] += share * offset.y
            }
        }
        return (
            Tensor(shape: [1, image.height, image.width, count], elements: scores),
            Tensor(shape: [1, image.height, image.width, 2], elements: offsets)
        )
    }

    /// The logit of the sum of the classes' probabilities for every pixel.
    private func objectScores(_ scores: Tensor) -> [Float] {
        let (elements, count) = (scores.elements, design.scoreCount)
        return stride(from: 0, to: elements.count, by: count).map { start in
            let classes = elements[start + 1..<start + count]
            let largest = classes.max()!
            return largest + log(classes.reduce(0) { $0 + exp($1 - largest) }) - elements[start]
        }
    }

    /// The size at which the network sees a picture.
    private func size(ofWidth width: Int, height: Int) -> (width: Int, height: Int) {
        func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * design.scale).rounded())) }
        return (scaled(width), scaled(height))
    }

    /// The picture in a smaller size: means over boxes near the size that it will have, then bilinear.
    private func shrunk(_ picture: Tensor, width: Int, height: Int) -> Tensor {
        if picture.shape[1] == height && picture.shape[2] == width { return picture }
        let box = max(1, Int((1 / design.scale).rounded()))
        let fits = picture.shape[1] >= box && picture.shape[2] >= box
        let means = fits ? picture.averagePooled(window: SlidingWindow(box, stride: box)) : picture
        return means.resized(height: height, width: width)
    }

    /// Scores [1, height, width, scores] and offsets [1, height, width, 2] of a picture of any size, piece by piece.
    private func inPieces(
        _ picture: Tensor, width: Int, height: Int, side: Int
    ) -> (scores: Tensor, offsets: Tensor) {
        let (multiple, margin, channels) = (design.trunk.sideMultiple, design.trunk.margin, design.channels)
        let paddedWidth = (width + multiple - 1) / multiple * multiple
        let paddedHeight = (height + multiple - 1) / multiple * multiple
        if paddedWidth == width && paddedHeight == height && max(width, height) <= side { return network(picture) }
        let source = picture.elements
        let sizes = [design.scoreCount, 2]
        var results = sizes.map { [Float](repeating: 0, count: $0 * width * height) }
        for top in stride(from: 0, to: height, by: side) {
            for left in stride(from: 0, to: width, by: side) {
                let (bottom, right) = (min(top + side, paddedHeight), min(left + side, paddedWidth))
                let (y0, y1) = (max(0, top - margin), min(paddedHeight, bottom + margin))
                let (x0, x1) = (max(0, left - margin), min(paddedWidth, right + margin))
                var piece: [Float] = []
                piece.reserveCapacity((y1 - y0) * (x1 - x0) * channels)
                for y in y0..<y1 {
                    // The border's pixels go on to the next multiple.
                    let row = min(y, height - 1) * width
                    piece += source[(row + x0) * channels..<(row + min(x1, width)) * channels]
                    for _ in 0..<max(0, x1 - width) {
                        piece += source[(row + width - 1) * channels..<(row + width) * channels]
                    }
                }
                let output = network(Tensor(shape: [1, y1 - y0, x1 - x0, channels], elements: piece))
                for (i, elements) in [output.scores.elements, output.offsets.elements].enumerated() {
                    let size = sizes[i]
                    let columns = size * (min(right, width) - left)
                    for y in top..<min(bottom, height) {
                        let from = size * ((y - y0) * (x1 - x0) + left - x0)
                        let to = size * (y * width + left)
                        results[i].replaceSubrange(to..<to + columns, with: elements[from..<from + columns])
                    }
                }
            }
        }
        return (
            Tensor(shape: [1, height, width, sizes[0]], elements: results[0]),
            Tensor(shape: [1, height, width, sizes[1]], elements: results[1])
        )
    }

    // MARK: - Grouping

    /// The points on the sphere of some pixels.
    ///
    /// - Parameter pixels: numbers of pixels, row by row.
    public func points(of maps: Maps, pixels: [Int]) -> Matrix {
        let (width, height) = size(ofWidth: maps.width, height: maps.height)
        let (x, y) = (Float(width) / Float(maps.width), Float(height) / Float(maps.height))
        let places = pixels.map { pixel in
            SIMD2(
                (Float(pixel % maps.width) + 0.5) * x - 0.5, (Float(pixel / maps.width) + 0.5) * y - 0.5)
        }
        return TensorExecution.withoutGradients {
            design.waves(maps.offsets.selectingRows(pixels), at: places).matrix
        }
    }

    /// Five loops, as in the paper.
    public static let defaultIterations = MeanShift.Iterations.count(5)

    /// Points that have met are merged, as far as the result stays within 1e-3 radians of the exact one: a few hundredths of a pixel.
    public static let accuracy = MeanShift.Accuracy.within(1e-3)

    /// How the points are grouped.
    ///
    /// - Parameter concentration: kappa; `nil`: that of the design.
    public func meanShift(
        concentration: Float? = nil, iterations: MeanShift.Iterations = defaultIterations,
        on execution: Execution = .default
    ) -> MeanShift {
        MeanShift(
            concentration: .fixed(Concentration(Double(concentration ?? design.concentration))),
            iterations: iterations, accuracy: Self.accuracy,
            readOut: ReadOut(
                coarseConcentration: design.coarseConcentration.map { Concentration(Double($0)) },
                smallGroups: .keep), execution: execution)
    }

    /// Finds the objects that the network's output shows: ``maps(of:symmetries:largestPiece:on:)`` of a picture.
    ///
    /// Where the network's finest level is smaller than the picture one of `InstanceDesign/groupedStep` pixels of a row and a column is grouped; the
    /// others have the group of the nearest mode.
    ///
    /// - Parameters:
    ///   - concentration: kappa; `nil`: that of the design.
    ///   - iterations: of mean shift; none reads groups off the points as the network gives them.
    ///   - onIteration: called after every loop of mean shift.
    /// - Complexity: O(n²) at most in every loop for n pixels of objects.
    /// - Throws: `GroupingError/notFinite(row:column:value:)` where the network's output is not finite.
    public func objects(
        of maps: Maps, concentration: Float? = nil, iterations: MeanShift.Iterations = defaultIterations,
        on execution: Execution = .default, onIteration: ((MeanShift.Progress) -> Void)? = nil
    ) throws(GroupingError) -> InstanceSegmentation {
        if let pixel = maps.scores.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(row: pixel, column: 0, value: maps.scores[pixel])
        }
        let foreground = maps.foreground
        let pixels = grouped(foreground, width: maps.width)
        let points = points(of: maps, pixels: pixels)
        let grouping =
            pixels.isEmpty
            ? nil
            : try meanShift(concentration: concentration, iterations: iterations, on: execution)
                .group(points, onIteration: onIteration)
        var groups = [Int32](repeating: -1, count: maps.width * maps.height)
        for (pixel, label) in zip(pixels, grouping?.labels ?? []) { groups[pixel] = label }
        if let grouping, pixels.count < foreground.count {
            let others = foreground.filter { groups[$0] < 0 }
            let labels = try grouping.predict(self.points(of: maps, pixels: others), on: execution)
            for (pixel, label) in zip(others, labels) { groups[pixel] = label }
        }
        let labels = InstanceReader(leastArea: design.leastArea, isConnected: design.isConnected)
            .labels(ofGroups: LabelMap(width: maps.width, height: maps.height, labels: groups))
        return InstanceSegmentation(
            labels: labels, votes: InstanceVotes(labels: labels, maps: maps), scores: maps.scores, pixels: pixels,
            step: pixels.count < foreground.count ? design.groupedStep : 1, points: points, grouping: grouping)
    }

    /// Those of some pixels that are grouped: one of `InstanceDesign/groupedStep` in a row and a column, unless none of them is left.
    private func grouped(_ pixels: [Int], width: Int) -> [Int] {
        let step = design.groupedStep
        if step == 1 { return pixels }
        let few = pixels.filter { $0 % width % step == step / 2 && $0 / width % step == step / 2 }
        return few.isEmpty ? pixels : few
    }
}

/// The objects of a picture, and how they were found.
public struct InstanceSegmentation: Sendable {
    /// 0 for what is no object, objects from 1 by falling size.
    public let labels: LabelMap
    /// What the objects are, and how sure.
    public let votes: InstanceVotes
    /// Logits that a pixel belongs to an object.
    public let scores: [Float]
    /// The pixels that were grouped, those of objects or, with a ``step`` of more than 1, some of them.
    public let pixels: [Int]
    /// Every how many pixels of a row and a column one was grouped.
    public let step: Int
    /// Their points before the first loop, one unit row each.
    public let points: Matrix
    /// The groups of these points; `nil` if no pixel belongs to an object.
    public let grouping: Grouping?

    /// Number of objects.
    public var count: Int { Int(labels.labels.max() ?? 0) }
}
