public import SphereData
internal import SphereGrouping
public import SphereKernels
internal import SphereLosses
public import SphereReports
internal import SphereTensor

/// What the loops do to the embedding of a scene, in pictures: colours, points on the sphere, gradients.
public struct ToyDigitReport: Sendable {
    /// The embedding in colours before the first loop and after every loop.
    public let embeddings: [Image<UInt8>]
    /// The points on the sphere, in the colours of the digits that they belong to.
    public let spheres: [Image<UInt8>]
    /// For every loop t the length of dL_t/dx of every pixel x of the embedding, of the pair loss L_t after that loop.
    public let gradientLengths: [[Float]]
    /// Groups that were found.
    public let groups: LabelMap
    private let scene: ToyDigitScene

    /// Runs `model` and its loops on `scene`.
    ///
    /// - Throws: `GroupingError` where the network's output is not finite.
    public init(of scene: ToyDigitScene, model: ToyDigitModel, on execution: Execution = .default) throws {
        let side = ToyDigitScene.side
        self.scene = scene
        let segmentation = try model.segment(scene.image, width: side, height: side, on: execution)
        groups = segmentation.labels
        let points = segmentation.embedding
        let labels = scene.instances.labels
        let colors = EmbeddingPicture(reference: points.view)
        var (embeddings, spheres, lengths) = ([Image<UInt8>](), [Image<UInt8>](), [[Float]]())
        TensorExecution.$current.withValue(execution) {
            for loop in 0...model.grouping.loops {
                // A graph of its own for every loop: a result can be propagated from only once.
                let variable = Tensor(points).requiringGradient()
                let shifted = model.grouping(variable)[loop]
                let matrix = shifted.matrix
                embeddings.append(colors.picture(of: matrix.view, width: side, height: side))
                spheres.append(SpherePicture.picture(of: matrix.view, labels: labels.span))
                let loss = PairLoss(margin: model.margin)(shifted, labels: [labels]).loss
                let gradient = loss.backward()[variable].matrix
                lengths.append(
                    (0..<gradient.rows).map { row in gradient.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot() })
            }
        }
        self.embeddings = embeddings
        self.spheres = spheres
        gradientLengths = lengths
    }

    /// The lengths of the gradients after loop `loop` as gray values, white for the longest.
    public func gradientPicture(loop: Int) -> Image<UInt8> {
        let lengths = gradientLengths[loop]
        let longest = max(lengths.max() ?? 0, .leastNormalMagnitude)
        return Image(
            width: ToyDigitScene.side, height: ToyDigitScene.side, channels: 3,
            samples: lengths.flatMap { [UInt8](repeating: UInt8((255 * $0 / longest).rounded()), count: 3) })
    }

    /// The longest gradient of a pixel after loop `loop`.
    public func longestGradient(loop: Int) -> Double { Double(gradientLengths[loop].max() ?? 0) }

    /// Number of groups that were found, the background among them.
    public var groupCount: Int { Set(groups.labels).count }

    /// The part of a report about this scene.
    public func section(_ heading: String) -> HTMLReport.Section {
        return HTMLReport.Section(
            heading,
            text: "\(scene.digitCount) digits and the background; \(groupCount) groups were found.",
            galleries: [
                HTMLReport.Gallery(
                    figures: [
                        .init(Thumbnail.enlarged(scene.picture), caption: "Scene"),
                        .init(Thumbnail.enlarged(LabelColors.picture(of: scene.instances)), caption: "Truth"),
                        .init(Thumbnail.enlarged(LabelColors.picture(of: groups)), caption: "Groups"),
                    ]),
                HTMLReport.Gallery(
                    "The embedding before and after every loop",
                    figures: embeddings.enumerated().map { .init(Thumbnail.enlarged($1), caption: "loop \($0)") }),
                HTMLReport.Gallery(
                    "Its points on the sphere, in the colours of the truth",
                    figures: spheres.enumerated().map { .init($1, caption: "loop \($0)") }),
                HTMLReport.Gallery(
                    "Length of the gradient of the loss after each loop, per pixel of the embedding",
                    figures: gradientLengths.indices.map {
                        .init(
                            Thumbnail.enlarged(gradientPicture(loop: $0)),
                            caption: "loop \($0), white = \(DecimalText.scientific(longestGradient(loop: $0)))")
                    }),
            ])
    }
}
