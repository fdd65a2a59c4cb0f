public import SphereData
public import SphereGrouping
public import SphereKernels
public import SphereReports

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A picture with its objects and what is shown of them.
public struct SegmentedObjects: Sendable {
    /// What the picture is called.
    public let name: String
    /// The picture, RGB.
    public let image: Image<UInt8>
    /// Objects and groups.
    public let segmentation: InstanceSegmentation
    /// What the objects 1, 2 and so on are, by name; empty if the model does not say.
    public let classNames: [String]
    /// The points of the pixels of objects in colours, before the first loop and after the last; the rest is dark.
    public let frames: [Image<UInt8>]
    /// Seconds for the network, and for mean shift and the reading of groups.
    public let networkSeconds, groupingSeconds: Double

    /// Finds the objects of `image` with `model`.
    ///
    /// - Parameters:
    ///   - symmetries: ways to lay the picture down, over which the network's output is averaged.
    ///   - onIteration: called after every loop of mean shift.
    /// - Precondition: as `InstanceModel.maps(of:symmetries:largestPiece:on:)`.
    /// - Throws: `GroupingError` where the network's output is not finite.
    public init(
        name: String, image: Image<UInt8>, model: InstanceModel, symmetries: [SquareSymmetry] = [.identity],
        on execution: Execution = .default, onIteration: ((MeanShift.Progress) -> Void)? = nil
    ) throws(GroupingError) {
        let clock = ContinuousClock()
        let start = clock.now
        let maps = model.maps(of: image, symmetries: symmetries, on: execution)
        let middle = clock.now
        let segmentation = try model.objects(of: maps, on: execution, onIteration: onIteration)
        let end = clock.now
        networkSeconds = (middle - start).seconds
        groupingSeconds = (end - middle).seconds
        self.name = name
        self.image = image
        self.segmentation = segmentation
        let names = model.design.classes
        classNames = names.isEmpty ? [] : segmentation.votes.classes.map { names[$0 - 1] }
        let colors = EmbeddingPicture(reference: segmentation.points.view)
        frames = [segmentation.points, segmentation.grouping?.shifted ?? segmentation.points].map { points in
            let row = colors.picture(of: points.view, width: points.rows, height: 1)
            return ForegroundPicture.picture(
                row, at: segmentation.pixels, step: segmentation.step, width: image.width, height: image.height)
        }
    }

    /// How many there are of each name, the most frequent first: "3 person, 1 dog".
    public static func counted(_ names: [String]) -> String {
        Dictionary(grouping: names) { $0 }.map { (name: $0.key, count: $0.value.count) }
            .sorted { (-$0.count, $0.name) < (-$1.count, $1.name) }
            .map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    }

    /// The picture under its objects.
    public var overlay: Image<UInt8> { Overlay.picture(of: segmentation.labels, over: image) }

    /// The part of a report about this picture.
    public var section: HTMLReport.Section {
        let score = Image<UInt8>(
            width: image.width, height: image.height, channels: 1,
            samples: segmentation.scores.map { UInt8(255 / (1 + exp(-Double($0)))) })
        func seconds(_ value: Double) -> String { DecimalText.fixed(value, decimals: 2) }
        return HTMLReport.Section(
            name,
            text: """
                \(image.width) x \(image.height) pixels, \(segmentation.count) objects\
                \(classNames.isEmpty ? "" : ": \(Self.counted(classNames))"). The network took \(seconds(networkSeconds)) s, \
                grouping \(segmentation.pixels.count) pixels in \(segmentation.grouping?.iterations ?? 0) loops \
                \(seconds(groupingSeconds)) s.
                """,
            galleries: [
                HTMLReport.Gallery(figures: [
                    HTMLReport.Figure(Thumbnail.photo(image), caption: "Picture"),
                    HTMLReport.Figure(
                        LabelColors.picture(of: Thumbnail.labels(segmentation.labels)),
                        caption: "\(segmentation.count) objects"),
                    HTMLReport.Figure(Thumbnail.photo(overlay), caption: "Overlay"),
                ]),
                HTMLReport.Gallery(
                    "Scores, and the points of the pixels of objects in colours",
                    figures: [
                        HTMLReport.Figure(Thumbnail.photo(score), caption: "Score"),
                        HTMLReport.Figure(Thumbnail.photo(frames[0]), caption: "Before the first loop"),
                        HTMLReport.Figure(Thumbnail.photo(frames[1]), caption: "After the last"),
                    ]),
            ])
    }
}
