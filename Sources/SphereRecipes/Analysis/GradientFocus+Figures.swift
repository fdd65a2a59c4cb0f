public import SphereData
internal import SphereReports

extension GradientFocus {
    /// The lengths after `loops[number]` loops as colours, the rest of the picture dark; the lightest colour has the length that one pixel of a hundred
    /// exceeds.
    public func picture(number: Int) -> Image<UInt8> {
        let heat = HeatPicture.picture(
            of: lengths[number], width: pixels.count, height: 1,
            largest: max(largestShown(number: number), .leastNormalMagnitude))
        return ForegroundPicture.picture(heat, at: pixels, width: width, height: height)
    }

    /// The length that one pixel of a hundred exceeds.
    func largestShown(number: Int) -> Double {
        let sorted = lengths[number].sorted()
        return sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, 99 * sorted.count / 100)])
    }

    /// The pixels near a border in blue, near a wrong pixel in orange, near both in white; objects that are merged or split brighter than others.
    public var partPicture: Image<UInt8> {
        var samples: [UInt8] = []
        for row in pixels.indices {
            let color =
                switch (isNearBorder[row], isNearWrong[row]) {
                case (true, true): RGBColor(red: 255, green: 255, blue: 255)
                case (true, false): RGBColor(red: 58, green: 129, blue: 246)
                case (false, true): RGBColor(red: 240, green: 140, blue: 40)
                case (false, false):
                    isOfConfused[row]
                        ? RGBColor(red: 150, green: 150, blue: 150) : RGBColor(red: 84, green: 84, blue: 84)
                }
            samples += [color.red, color.green, color.blue]
        }
        return ForegroundPicture.picture(
            Image(width: pixels.count, height: 1, channels: 3, samples: samples), at: pixels, width: width,
            height: height)
    }
}

extension InstanceAnalysis {
    /// The shares of the gradient over loops.
    public var focusFigure: AnalysisFigure {
        func series(_ name: String, _ value: (GradientFocusSummary.Row) -> Double?) -> LinePlot.Series {
            LinePlot.Series(
                name,
                points: zip(focus.loops, focus.rows).map { LinePlot.Point(x: Double($0), y: value($1) ?? .nan) })
        }
        return AnalysisFigure(
            name: "gradient-focus",
            content: .plot(
                LinePlot(
                    title: "Where the gradient is", x: .init("loops"),
                    y: .init("gradient of a pixel / of all pixels"),
                    series: [
                        series("near a border of two objects") { $0.shares[.border]?.ratio },
                        series("near a wrongly grouped pixel") { $0.shares[.wrong]?.ratio },
                        series("of a merged or split object") { $0.shares[.confused]?.ratio },
                    ])),
            caption: "Means over \(focus.pictureCount) pictures; 1 would be no focus")
    }

    /// The gradients of the pictures that are shown, each with the parts of its pixels.
    func heatFigures(of picture: FocusedPicture) -> [AnalysisFigure] {
        let name = "gradient-\(picture.index)"
        return [
            AnalysisFigure(
                name: "\(name)-parts", content: .picture(picture.focus.partPicture),
                caption:
                    "near a border: blue, near a wrong pixel: orange, both: white; merged or split objects brighter")
        ]
            + picture.focus.loops.enumerated().map { number, loops in
                AnalysisFigure(
                    name: "\(name)-loops-\(loops)", content: .picture(picture.focus.picture(number: number)),
                    caption:
                        "\(loops) loops, lightest = \(DecimalText.scientific(picture.focus.largestShown(number: number)))"
                )
            }
    }

    /// The gradients of the first picture that is shown side by side, as a file has them.
    var heatRow: AnalysisFigure? {
        shown.first.map { picture in
            AnalysisFigure(
                name: "gradient-pictures",
                content: .picture(
                    PictureRow.joined(
                        [picture.focus.partPicture] + picture.focus.loops.indices.map(picture.focus.picture))),
                caption: picture.name)
        }
    }

    var focusSection: HTMLReport.Section {
        if focus.pictureCount == 0 {
            return HTMLReport.Section(
                "Focus of the gradient", text: "No two objects of a picture are near each other: nothing to focus on.")
        }
        let parts = settings.focus
        func percent(_ value: Double?) -> String {
            value.map { DecimalText.fixed(100 * $0, decimals: 1) + " %" } ?? "–"
        }
        return HTMLReport.Section(
            "Focus of the gradient",
            text: """
                The pair loss (margin \(DecimalText.fixed(parts.margin, decimals: 2)), weight of pairs of one object \
                \(DecimalText.fixed(parts.positiveWeight, decimals: 2))) of the pixels of true objects, before the first loop and after some, propagated \
                through the loops to the points as the network gives them: the length of the gradient along the sphere at each pixel. \
                \(focus.pictureCount) pictures in which two objects are within \(parts.distance) pixels of each other, each of the same weight; \
                of \(focus.sampledCount) of them \(parts.largestCount) random pixels. A pixel counts as near within \(parts.distance) columns and rows. \
                Wrong pixels are those whose group after \(parts.loops.max() ?? 0) loops is not their object's; an object is merged or split if a tenth of its pixels is \
                in other groups, or a tenth of its group of other objects. An object's weight does not \
                depend on its size, pixels of small objects have longer gradients: the row of weights alone has lengths of 1 / area.
                """,
            galleries: [HTMLReport.Gallery(figures: [focusFigure.figure])]
                + shown.map { picture in
                    HTMLReport.Gallery(picture.name, figures: heatFigures(of: picture).map(\.figure))
                },
            tables: [
                HTMLReport.Table(
                    header: [
                        "loops", "near a border: gradient", "pixels", "near a wrong pixel: gradient", "pixels",
                        "either: gradient", "pixels", "of a merged or split object: gradient", "pixels",
                        "half of the gradient is on",
                    ],
                    rows: (zip(focus.loops.map { "\($0)" }, focus.rows) + [("weights alone", focus.weights)]).map {
                        name, row in
                        [name]
                            + GradientFocus.Part.allCases.flatMap { part in
                                [percent(row.shares[part]?.gradient), percent(row.shares[part]?.pixels)]
                            } + [percent(row.half)]
                    }, caption: "Shares of the gradient's length and of the pixels")
            ])
    }
}
