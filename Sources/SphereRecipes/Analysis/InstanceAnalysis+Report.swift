public import SphereReports

extension InstanceAnalysis {
    /// Scores over the number of loops.
    public var scoreFigures: [AnalysisFigure] {
        func series(_ name: String, _ value: (InstanceScores) -> Double?) -> LinePlot.Series {
            LinePlot.Series(
                name,
                points: zip(loopScores.loops, loopScores.scores).map {
                    LinePlot.Point(x: Double($0), y: value($1) ?? .nan)
                })
        }
        return [
            AnalysisFigure(
                name: "loops",
                content: .plot(
                    LinePlot(
                        title: "Objects found over loops", x: .init("loops"), y: .init("score"),
                        series: [
                            series("TP / (TP + FP + FN) at IoU .5") { $0.precision[0] },
                            series("symmetric best Dice", \.symmetricBestDice),
                        ])),
                caption: "\(pictureCount) pictures"),
            AnalysisFigure(
                name: "count-error",
                content: .plot(
                    LinePlot(
                        title: "Error in count over loops", x: .init("loops"), y: .init("|found - true|, mean"),
                        series: [series("error in count", \.meanCountError)])),
                caption: "\(pictureCount) pictures"),
        ]
    }

    /// The embedding after loops side by side, as a file has it.
    private var frameRow: AnalysisFigure {
        AnalysisFigure(
            name: "embedding-loops",
            content: .picture(PictureRow.joined(([frames.image] + frames.frames).map { Thumbnail.enlarged($0) })),
            caption: frames.name)
    }

    /// All figures, as files have them.
    public var figures: [AnalysisFigure] {
        scaleAndLocation.predictionFigures + scaleAndLocation.learnedFigures
            + (scaleAndLocation.componentFigure.map { [$0] } ?? [])
            + (focus.pictureCount > 0 ? [focusFigure] : []) + (heatRow.map { [$0] } ?? []) + scoreFigures + [frameRow]
    }

    private var loopSection: HTMLReport.Section {
        HTMLReport.Section(
            "Loops",
            text: """
                The objects that are read off the points after each number of loops, against the true ones, and the points of a \
                part of \(frames.name) in colours, the first three principal components of its points before the first loop.
                """,
            galleries: [
                HTMLReport.Gallery(figures: scoreFigures.map(\.figure)),
                HTMLReport.Gallery(
                    frames.name,
                    figures: [
                        HTMLReport.Figure(Thumbnail.enlarged(frames.image), caption: "Picture"),
                        HTMLReport.Figure(
                            Thumbnail.enlarged(LabelColors.picture(of: frames.labels)), caption: "True objects"),
                    ]
                        + zip(frames.loops, frames.frames).map { loops, frame in
                            HTMLReport.Figure(Thumbnail.enlarged(frame), caption: "\(loops) loops")
                        }),
            ],
            tables: [
                HTMLReport.Table(
                    header: [
                        "loops", "TP/(TP+FP+FN) at IoU .5", "symmetric best Dice", "|found - true|, mean",
                    ],
                    rows: zip(loopScores.loops, loopScores.scores).map { loops, scores in
                        ["\(loops)"]
                            + [scores.precision[0], scores.symmetricBestDice, scores.meanCountError]
                            .map(ScaleAndLocation.text)
                    })
            ])
    }

    /// The report.
    ///
    /// - Parameter parameters: how it was made, for the footer.
    public func report(model: String, parameters: [HTMLReport.Parameter]) -> HTMLReport {
        HTMLReport(
            title: "What the model \(model) has learned",
            introduction: """
                \(pictureCount) labelled pictures, \(scaleAndLocation.objects.count) objects: what the embedding of an object says of its scale and \
                location, where the gradient of the loss is before and after loops of mean shift, and what loops do to the objects that are found.
                """,
            sections: [scaleAndLocation.section, focusSection, loopSection], parameters: parameters)
    }
}
