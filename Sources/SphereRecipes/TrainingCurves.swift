public import SphereNetworks
public import SphereReports

extension LinePlot {
    /// The measures of a training over its steps, each the mean of a hundredth of the training.
    public init(of training: TrainingLoop, title: String, y: String) {
        let width = max(1, training.schedule.steps / 100)
        self.init(
            title: title, x: .init("step"), y: .init(y),
            series: zip(training.measures, training.history).map { name, values in
                Series(
                    name.replacing("_", with: " "),
                    points: stride(from: 0, to: values.count, by: width).map { start in
                        let piece = values[start..<min(values.count, start + width)]
                        let mean = piece.reduce(0.0) { $0 + Double($1) } / Double(piece.count)
                        return Point(x: Double(start) + Double(piece.count) / 2, y: mean)
                    })
            })
    }
}
