import SphereEvaluation
import SphereReports

/// Average recall of proposals in both readings, COCO's and Hosang's, at several numbers of proposals an image.
struct ProposalReadings {
    let numbers: [Int]
    var coco: COCOEvaluation
    var hosang: ProposalEvaluation

    /// No images yet; `numbers` ascend.
    init(numbers: [Int]) {
        self.numbers = numbers
        coco = COCOEvaluation(settings: .init(maximumDetections: numbers, separatesCategories: false))
        hosang = ProposalEvaluation(numbers: numbers)
    }

    /// Both readings at every number, and the mean overlap.
    var scores: [EvaluationOutput.Score] {
        let result = coco.result()
        return numbers.map { .init("ar\($0)", "COCO AR of \($0)", result.averageRecall(maximumDetections: $0)) }
            + numbers.map { .init("hosang_ar\($0)", "Hosang's AR of \($0)", hosang.averageRecall(number: $0)) }
            + [.init("mean_best_iou", "mean IoU of the pairs", hosang.meanIntersectionOverUnion())]
    }

    /// Recall by intersection over union, and average recall by number of proposals.
    var plots: [LinePlot] {
        let result = coco.result()
        return [
            LinePlot(
                title: "Recall by intersection over union", x: .init("intersection over union"), y: .init("recall"),
                series: numbers.compactMap { number in
                    hosang.recallCurve(number: number).map { curve in
                        .init(
                            "\(number) proposals",
                            points: stride(from: 0, to: curve.count, by: 10).map {
                                .init(x: 0.5 + Double($0) / 1000, y: curve[$0])
                            })
                    }
                }),
            LinePlot(
                title: "Average recall by number of proposals", x: .init("proposals", scale: .logarithmic),
                y: .init("average recall"),
                series: [
                    .init(
                        "COCO",
                        points: numbers.compactMap { number in
                            result.averageRecall(maximumDetections: number).value.map {
                                .init(x: Double(number), y: $0)
                            }
                        }),
                    .init(
                        "Hosang",
                        points: numbers.compactMap { number in
                            hosang.averageRecall(number: number).value.map { .init(x: Double(number), y: $0) }
                        }),
                ]),
        ]
    }
}
