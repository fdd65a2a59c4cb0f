internal import SphereKernels
internal import SphereLinearAlgebra
internal import SphereReports

extension ScaleAndLocation {
    /// Predictions against the truth, one figure for each of log area, x and y.
    public var predictionFigures: [AnalysisFigure] {
        targets.prefix(3).map { target in
            let prediction = target.learned
            return AnalysisFigure(
                name: "predicted-\(target.key.replacing("_", with: "-"))",
                content: .plot(
                    LinePlot(
                        title: "\(target.name), from the mean direction", x: .init("true"), y: .init("predicted"),
                        series: [
                            Self.dots("objects", prediction.targets, prediction.predicted),
                            Self.diagonal("equal", prediction.targets),
                        ])),
                caption: "R² \(Self.text(prediction.determination)), correlation \(Self.text(prediction.correlation))")
        }
    }

    /// What the offsets do: their length and the spread of points against scale, the place against the centre.
    public var learnedFigures: [AnalysisFigure] {
        let radii = objects.map(\.radius)
        let areas = objects.map { Double($0.area) }
        let slope = radii.map { 2 / 3 * 2.0.squareRoot() * $0 }
        return [
            AnalysisFigure(
                name: "offset-length",
                content: .plot(
                    LinePlot(
                        title: "Length of offsets and scale", x: .init("RMS radius, pixels", scale: .logarithmic),
                        y: .init("mean length of offsets, pixels", scale: .logarithmic),
                        series: [
                            Self.dots("objects", radii, objects.map(\.offsetLength)),
                            Self.ends("a disc whose pixels point to its centre", radii, slope),
                        ])),
                caption: "Rank correlation with area \(Self.text(offsetScaleCorrelation))"),
            AnalysisFigure(
                name: "spread",
                content: .plot(
                    LinePlot(
                        title: "Spread of points and scale", x: .init("area, pixels", scale: .logarithmic),
                        y: .init("1 - mean resultant length", scale: .logarithmic),
                        series: [
                            Self.dots("with offsets", areas, objects.map(\.spread)),
                            Self.dots("without: by construction", areas, objects.map(\.spreadWithoutOffsets)),
                        ])),
                caption: """
                    Rank correlation with area \(Self.text(spreadScaleCorrelation)); without offsets \
                    \(Self.text(spreadWithoutOffsetsScaleCorrelation)), by construction
                    """),
            AnalysisFigure(
                name: "place",
                content: .plot(
                    LinePlot(
                        title: "Place and centre", x: .init("centre, pixels"), y: .init("pixel + offset, mean, pixels"),
                        series: [
                            Self.dots("x", objects.map(\.center.x), objects.map(\.place.x)),
                            Self.dots("y", objects.map(\.center.y), objects.map(\.place.y)),
                        ])),
                caption: """
                    Correlation \(Self.text(placeCorrelation.x)) and \(Self.text(placeCorrelation.y)), \
                    by construction: the mean of pixels alone is the centre
                    """),
            AnalysisFigure(
                name: "displacement",
                content: .plot(
                    LinePlot(
                        title: "From the centre to the place", x: .init("x, pixels"), y: .init("y, pixels, down"),
                        series: [
                            Self.dots("objects", objects.map(\.displacement.x), objects.map(\.displacement.y))
                        ])),
                caption: "Half of the objects have less than \(Self.text(placeError)) pixels"),
        ]
    }

    /// The mean directions along their first two principal components, in three series by scale; `nil` if there are none.
    public var componentFigure: AnalysisFigure? {
        let directions = Self.matrix(objects.map(\.direction))
        guard let components = try? PrincipalComponents(of: directions.view, count: directions.columns) else {
            return nil
        }
        let projected = components.project(directions.view)
        let order = objects.indices.sorted { (objects[$0].area, $0) < (objects[$1].area, $1) }
        let names = ["smallest third", "middle third", "largest third"]
        let series = names.enumerated().map { third, name in
            let part = order[third * order.count / 3..<(third + 1) * order.count / 3]
            return Self.dots(
                name, part.map { Double(projected[$0, 0]) },
                part.map { projected.columns > 1 ? Double(projected[$0, 1]) : 0 })
        }
        let all = components.variances.reduce(0, +)
        let share = all > 0 ? components.variances.prefix(2).reduce(0, +) / all : 0
        return AnalysisFigure(
            name: "components",
            content: .plot(
                LinePlot(
                    title: "Mean directions by scale", x: .init("first principal component"), y: .init("second"),
                    series: series)),
            caption:
                "Two of \(components.variances.count) components, \(DecimalText.fixed(100 * share, decimals: 0)) % of the variance"
        )
    }

    /// The part of a report.
    var section: HTMLReport.Section {
        let lengths = wavelengths.map { DecimalText.fixed($0, decimals: 0) }.joined(separator: " and ")
        return HTMLReport.Section(
            "Scale and location",
            text: """
                \(objects.count) true objects. A point is the phases of waves of \(lengths) pixels at pixel + offset: location \
                modulo these lengths is in it by construction, location over a picture wider than a wave is not linear in it. Each number is \
                predicted from the mean direction of an object's points by a ridge regression that has not seen its picture, and, to compare, \
                from the waves at the object's true centre, of which nothing is learned.

                What is learned are the offsets. Their length says how large the object is; they bring the pixels of an \
                object together, so that its points spread less than those of the pixels alone.
                """,
            galleries: [
                HTMLReport.Gallery("Predicted from the mean direction", figures: predictionFigures.map(\.figure)),
                HTMLReport.Gallery(
                    "What offsets do",
                    figures: (learnedFigures + (componentFigure.map { [$0] } ?? [])).map(\.figure)),
            ], tables: [predictionTable, measureTable])
    }

    private var predictionTable: HTMLReport.Table {
        HTMLReport.Table(
            header: ["predicted", "R²", "correlation", "R² by construction", "correlation by construction"],
            rows: targets.map { target in
                [target.name]
                    + [
                        target.learned.determination, target.learned.correlation, target.byConstruction.determination,
                        target.byConstruction.correlation,
                    ].map(Self.text)
            }, caption: "Held-out predictions: from the mean direction, and from the waves at the true centre")
    }

    private var measureTable: HTMLReport.Table {
        HTMLReport.Table(
            header: ["measure", "value"],
            rows: measures.map { [$0.name, Self.text($0.value)] }, caption: "Scale and place")
    }

    /// The measures with their keys and names.
    public var measures: [(key: String, name: String, value: Double?)] {
        [
            ("offset_scale_correlation", "rank correlation of offset length and area", offsetScaleCorrelation),
            ("offset_per_radius", "offset length / RMS radius, median (.943: a disc to its centre)", offsetPerRadius),
            ("spread_scale_correlation", "rank correlation of spread and area", spreadScaleCorrelation),
            (
                "spread_without_offsets_scale_correlation", "the same without offsets, by construction",
                spreadWithoutOffsetsScaleCorrelation
            ),
            (
                "remaining_deviation", "RMS distance from the place / from the centre without offsets, median",
                remainingDeviation
            ),
            ("place_x_correlation", "correlation of place and centre, x, by construction near 1", placeCorrelation.x),
            ("place_y_correlation", "the same, y", placeCorrelation.y),
            ("place_error", "distance of place and centre, median, pixels", placeError),
            ("mean_displacement_x", "place - centre, mean, x", meanDisplacement.x),
            ("mean_displacement_y", "the same, y", meanDisplacement.y),
            (
                "displacement_scale_correlation", "rank correlation of their distance and area",
                displacementScaleCorrelation
            ),
        ]
    }

    static func text(_ value: Double?) -> String { value.map { DecimalText.fixed($0, decimals: 3) } ?? "–" }

    private static func dots(_ name: String, _ x: [Double], _ y: [Double]) -> LinePlot.Series {
        LinePlot.Series(name, points: zip(x, y).map { LinePlot.Point(x: $0, y: $1) }, form: .dots)
    }

    private static func diagonal(_ name: String, _ values: [Double]) -> LinePlot.Series {
        ends(name, values, values)
    }

    /// The line from the smallest to the largest of positive `x`, or of all, with the `y` of these.
    private static func ends(_ name: String, _ x: [Double], _ y: [Double]) -> LinePlot.Series {
        let pairs = zip(x, y).filter { $0.0 != 0 }.sorted { $0.0 < $1.0 }
        return LinePlot.Series(
            name, points: [pairs.first, pairs.last].compactMap { $0 }.map { LinePlot.Point(x: $0.0, y: $0.1) },
            form: .reference)
    }
}
