internal import SphereData
internal import SphereEvaluation
internal import SphereGrouping
public import SphereKernels
internal import SphereLinearAlgebra
internal import SphereTensor

/// What a model of objects has learned, on labelled pictures: scale and location in its embedding, the focus of its gradients, what loops do.
///
/// The analyses of the poster of Kong and Fowlkes, "Recurrent Pixel Embedding for Instance Grouping", CVPR 2018.
public struct InstanceAnalysis: Sendable {
    /// What is analysed.
    public struct Settings: Sendable, Hashable {
        /// The first so many pictures of the folder; `nil`: all.
        public var limit: Int?
        /// Numbers of loops of the scores.
        public var loops = [0, 1, 2, 3, 5, 10]
        /// Numbers of loops of the pictures of an embedding.
        public var frameLoops = [0, 1, 2, 5, 10]
        /// The gradients.
        public var focus = GradientFocus.Settings()
        /// Pictures of which gradients are shown.
        public var shownCount = 3

        /// The defaults.
        public init() {}
    }

    /// Why there is nothing to analyse.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// Objects are predicted by those of other pictures, and fewer than two pictures have any.
        case tooFewPictures(path: String, found: Int)
        /// The network's output for a picture is NaN or infinite.
        case notFinite(path: String, name: String)

        /// One line for the user.
        public var description: String {
            switch self {
            case .tooFewPictures(let path, let found):
                "\(path): objects in \(found) of the pictures, 2 pictures with objects are needed"
            case .notFinite(let path, let name): "\(path)/\(name): the model's output is not finite"
            }
        }
    }

    /// The gradients of a picture.
    public struct FocusedPicture: Sendable {
        /// Its ID.
        public let name: String
        /// Its number.
        public let index: Int
        /// Its gradients.
        public let focus: GradientFocus
    }

    /// What was analysed.
    public let settings: Settings
    /// Number of pictures.
    public let pictureCount: Int
    /// Scale and location of the true objects.
    public let scaleAndLocation: ScaleAndLocation
    /// The means of the gradients over the pictures in which objects are near each other.
    public let focus: GradientFocusSummary
    /// Those of them in which most pixels are near another object, those of which all pixels took part first.
    public let shown: [FocusedPicture]
    /// The scores after loops.
    public let loopScores: LoopScores
    /// The embedding of the first of ``shown``, or else of the first picture.
    public let frames: EmbeddingFrames

    /// Analyses `model` on `images`.
    ///
    /// - Parameter onPicture: called before every picture with its number, how many there are, and its ID.
    /// - Throws: ``Failure``, `InstanceImages.LoadingError`; `GroupingError` and `EvaluationError` as the parts.
    /// - Complexity: for each picture the network, and O(T n² D) for n pixels of objects and T loops of all parts.
    public init(
        of images: InstanceImages, model: InstanceModel, settings: Settings = Settings(),
        on execution: Execution = .default, onPicture: (Int, Int, String) -> Void = { _, _, _ in }
    ) throws {
        let path = images.path
        let count = min(images.count, settings.limit ?? images.count)
        var objects: [ObjectEmbedding] = []
        var focused: [FocusedPicture] = []
        var loopScores = LoopScores(loops: settings.loops)
        for index in 0..<count {
            onPicture(index, count, images.names[index])
            let example = try images[index]
            let (labels, maps) = (example.objects, model.maps(of: example.image, on: execution))
            guard maps.scores.allSatisfy(\.isFinite), maps.offsets.elements.allSatisfy(\.isFinite) else {
                throw Failure.notFinite(path: path, name: example.name)
            }
            objects += ObjectEmbedding.objects(in: maps, labels: labels, picture: index, model: model)
            try loopScores.add(maps, truth: labels, model: model, on: execution)
            let border = PixelNeighborhood.isNearBorder(labels, distance: settings.focus.distance)
            guard border.contains(true) else { continue }
            let focus = try GradientFocus(
                maps: maps, labels: labels, model: model, settings: settings.focus, on: execution)
            focused.append(FocusedPicture(name: example.name, index: index, focus: focus))
        }
        let found = Set(objects.map(\.picture)).count
        if found < 2 { throw Failure.tooFewPictures(path: path, found: found) }
        scaleAndLocation = try ScaleAndLocation(objects, waves: model.design.waves, scale: model.design.scale)
        focus = GradientFocusSummary(focused.map(\.focus))
        func order(_ picture: FocusedPicture) -> (Int, Double, Int) {
            let near = picture.focus.isNearBorder.filter { $0 }.count
            return (picture.focus.isSample ? 1 : 0, -Double(near) / Double(picture.focus.pixels.count), picture.index)
        }
        shown = Array(focused.sorted { order($0) < order($1) }.prefix(settings.shownCount))
        frames = try EmbeddingFrames(
            of: images[shown.first?.index ?? 0], model: model, loops: settings.frameLoops, on: execution)
        self.loopScores = loopScores
        self.settings = settings
        pictureCount = count
    }
}
