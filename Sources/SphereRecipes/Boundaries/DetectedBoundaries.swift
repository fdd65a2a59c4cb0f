public import SphereData
internal import SphereEvaluation
public import SphereKernels
public import SphereReports

/// A picture with its boundaries and what is shown of them.
public struct DetectedBoundaries {
    /// What the picture is called.
    public let name: String
    /// The picture, RGB.
    public let image: Image<UInt8>
    /// Probabilities and embeddings.
    public let detection: BoundaryModel.Detection
    /// The embedding of all taps in colours, the three principal components as red, green and blue; `nil` for HED.
    public let embeddingPicture: Image<UInt8>?
    /// Seconds for the network, without drawing.
    public let seconds: Double

    /// Detects the boundaries of `image` with `model`.
    ///
    /// - Precondition: as ``BoundaryModel/detect(_:on:)``.
    /// - Throws: ``BoundaryModel/NotFinite``.
    public init(
        name: String, image: Image<UInt8>, model: BoundaryModel, on execution: Execution = .default
    ) throws(BoundaryModel.NotFinite) {
        let start = ContinuousClock.now
        detection = try model.detect(image, on: execution)
        seconds = (ContinuousClock.now - start).seconds
        embeddingPicture = detection.embedding.map {
            EmbeddingPicture(reference: $0.view).picture(of: $0.view, width: image.width, height: image.height)
        }
        self.name = name
        self.image = image
    }

    /// The probability of every pixel as gray of 16 bits: 8 bits would make neighbours equal that are not, which are then both
    /// kept when what is not the largest across a boundary is taken away.
    public var probabilityPicture: Image<UInt16> {
        let map = detection.probability
        return Image(
            width: map.width, height: map.height, channels: 1,
            samples: map.strengths.map { UInt16((65535 * min(max($0, 0), 1)).rounded()) })
    }

    /// The part of a report about this picture.
    public var section: HTMLReport.Section {
        let gray = Image<UInt8>(
            width: image.width, height: image.height, channels: 1,
            samples: detection.probability.strengths.map { UInt8((255 - 255 * min(max($0, 0), 1)).rounded()) })
        let thin = detection.probability.suppressingNonMaxima(smoothingRadius: 1)
        let lines = Image<UInt8>(
            width: image.width, height: image.height, channels: 1,
            samples: thin.strengths.map { UInt8((255 - 255 * min(max($0, 0), 1)).rounded()) })
        var galleries = [
            HTMLReport.Gallery(figures: [
                HTMLReport.Figure(Thumbnail.photo(image), caption: "Photograph"),
                HTMLReport.Figure(Thumbnail.photo(gray), caption: "Probability of a boundary, black is 1"),
                HTMLReport.Figure(Thumbnail.photo(lines), caption: "The same without what is not the largest across"),
            ])
        ]
        if let embeddingPicture {
            let all = HTMLReport.Figure(Thumbnail.photo(embeddingPicture), caption: "All taps")
            let taps = detection.taps.enumerated().map { index, tap in
                HTMLReport.Figure(
                    EmbeddingPicture(reference: tap.points.view)
                        .picture(of: tap.points.view, width: tap.width, height: tap.height),
                    caption: "Tap \(index + 1): \(tap.width) x \(tap.height)")
            }
            galleries.append(
                HTMLReport.Gallery(
                    "The embedding, three principal components as red, green and blue", figures: [all] + taps))
        }
        return HTMLReport.Section(
            name, text: "\(image.width) x \(image.height) pixels in \(DecimalText.fixed(seconds, decimals: 2)) s.",
            galleries: galleries)
    }
}
