public import SphereData
internal import SphereGrouping
internal import SphereKernels
public import SphereReports
internal import SphereTheory

/// A photograph with its segmentation and what is shown of it: frames after every loop, pictures, times.
public struct SegmentedPhotograph: Sendable {
    /// What the photograph is called.
    public let name: String
    /// The photograph, RGB.
    public let image: Image<UInt8>
    /// Labels and groups.
    public let segmentation: Segmentation
    /// The embedding in colours before the first loop and after each, at the size at which it was grouped.
    public let frames: [Image<UInt8>]
    /// Mean distance that a pixel moved in each loop, in bandwidths.
    public let movements: [Double]
    /// Seconds that each loop took.
    public let loopSeconds: [Double]
    /// Seconds for everything from embedding to labels, without drawing.
    public let seconds: Double

    /// Segments `image` with `segmenter`.
    ///
    /// - Parameter onLoop: called after every loop with its number and the most there will be.
    /// - Throws: `GroupingError`, as the segmenter does.
    public init(
        name: String, image: Image<UInt8>, segmenter: some Segmenter,
        onLoop: @escaping (_ loop: Int, _ maximum: Int) -> Void = { _, _ in }
    ) throws {
        let clock = ContinuousClock()
        var states: [MeanShift.Progress] = []
        var loopSeconds: [Double] = []
        let start = clock.now
        var last = start
        let segmentation = try segmenter.segment(image) { progress in
            let now = clock.now
            loopSeconds.append((now - last).seconds)
            last = now
            states.append(progress)
            onLoop(progress.iteration, progress.maximum)
        }
        let seconds = (clock.now - start).seconds
        // The axes and scale of the first embedding serve every loop, so that colours can be compared.
        let colors = EmbeddingPicture(reference: segmentation.embedding.view)
        let (width, height) = (segmentation.workingWidth, segmentation.workingHeight)
        frames = ([segmentation.embedding] + states.map(\.shifted)).map {
            colors.picture(of: $0.view, width: width, height: height)
        }
        let bandwidth = segmentation.grouping.concentration.bandwidth
        movements = states.map { $0.meanMovement / bandwidth }
        self.name = name
        self.image = image
        self.segmentation = segmentation
        self.loopSeconds = loopSeconds
        self.seconds = seconds
    }

    /// The label map in colours.
    public var labelPicture: Image<UInt8> { LabelColors.picture(of: segmentation.labels) }

    /// The photograph under its labels.
    public var overlay: Image<UInt8> { Overlay.picture(of: segmentation.labels, over: image) }

    /// The part of a report about this photograph.
    public var section: HTMLReport.Section {
        let grouping = segmentation.grouping
        let pictures = HTMLReport.Gallery(
            figures: [
                HTMLReport.Figure(Thumbnail.photo(image), caption: "Photograph"),
                HTMLReport.Figure(
                    LabelColors.picture(of: Thumbnail.labels(segmentation.labels)),
                    caption: "Labels: \(grouping.count) groups"),
                HTMLReport.Figure(Thumbnail.photo(overlay), caption: "Overlay"),
            ])
        let loops = HTMLReport.Gallery(
            "The embedding after every loop",
            figures: frames.enumerated().map { HTMLReport.Figure($1, caption: "loop \($0)") })
        let size = "\(segmentation.workingWidth) x \(segmentation.workingHeight)"
        return HTMLReport.Section(
            name,
            text: "\(image.width) x \(image.height) pixels, grouped at \(size): \(grouping.count) groups after "
                + "\(grouping.iterations) loops in \(text(seconds, digits: 2)) s.",
            galleries: [pictures, loops], tables: [loopTable, groupTable])
    }

    private var loopTable: HTMLReport.Table {
        let pairs = Double(frames[0].width * frames[0].height)
        return HTMLReport.Table(
            header: ["loop", "moved (bandwidths)", "milliseconds", "million pairs / s"],
            rows: zip(movements, loopSeconds).enumerated().map { loop, values in
                let (movement, seconds) = values
                return [
                    "\(loop + 1)", text(movement, digits: 3), text(1000 * seconds, digits: 1),
                    text(pairs * pairs / max(seconds, 1e-9) / 1e6, digits: 0),
                ]
            }, caption: "Loops")
    }

    private var groupTable: HTMLReport.Table {
        let grouping = segmentation.grouping
        let total = Double(max(1, grouping.sizes.reduce(0, +)))
        return HTMLReport.Table(
            header: ["group", "share", "score"],
            rows: (0..<grouping.count).map { group in
                [
                    group == 0 ? "0 (background)" : "\(group)",
                    "\(text(100 * Double(grouping.sizes[group]) / total, digits: 1)) %",
                    text(Double(grouping.scores[group]), digits: 2),
                ]
            }, caption: "Groups")
    }

    private func text(_ value: Double, digits: Int) -> String {
        DecimalText.fixed(value, decimals: digits)
    }
}
