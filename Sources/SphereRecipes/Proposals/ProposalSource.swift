public import SphereData
public import SphereGrouping
public import SphereKernels
internal import SphereTheory

/// What proposes regions of a picture: a model of objects, or colour and position.
///
/// Both group the pixels with several concentrations, and read groups off after several numbers of loops.
public enum ProposalSource {
    /// The objects of a model at 1/4, 1/2, 1, 2 and 4 times its concentration, after 1 and 5 loops and at rest.
    case objects(InstanceModel)
    /// Colour and position with bandwidths of 0.6, 1, 1.6 and 2.5 times those of the segmentation, after 2 and 5 loops and at rest.
    case color(ColorSegmentation)

    /// The proposals for a picture.
    ///
    /// - Precondition: 1 or 3 channels, at least one pixel.
    /// - Throws: `GroupingError` where a network's output is not finite.
    public func proposals(
        for image: Image<UInt8>, on execution: Execution = .default
    ) throws(GroupingError) -> RegionProposals {
        switch self {
        case .objects(let model):
            let maps = model.maps(of: image, on: execution)
            var segmentations: [LabelMap] = []
            for factor in [1, 2, 0.5, 4, 0.25] as [Float] {
                let concentration = min(model.design.concentration * factor, MeanShiftPlan.largestConcentration)
                for iterations in [.untilConverged(), .count(5), .count(1)] as [MeanShift.Iterations] {
                    segmentations.append(
                        try model.objects(
                            of: maps, concentration: concentration, iterations: iterations, on: execution
                        ).labels)
                }
            }
            return RegionProposals(of: segmentations, background: 0, leastArea: max(1, model.design.leastArea))
        case .color(let segmentation):
            var segmentations: [LabelMap] = []
            for factor in [1, 1.6, 0.6, 2.5] {
                for iterations in [.untilConverged(), .count(5), .count(2)] as [MeanShift.Iterations] {
                    var changed = segmentation
                    changed.embedding.colorBandwidth *= factor
                    changed.embedding.positionBandwidth *= factor
                    changed.iterations = iterations
                    changed.execution = execution
                    segmentations.append(try changed.segment(image).labels)
                }
            }
            return RegionProposals(
                of: segmentations, background: nil, leastArea: max(1, image.width * image.height / 2000))
        }
    }
}
