internal import SphereKernels

/// What decides how a convolution or a gradient of one is cut up.
struct GatherPlanKey: Hashable {
    /// The passes over a convolution.
    enum Pass: Hashable {
        case forward
        case backwardInput
        case backwardWeights
    }

    let geometry: ConvolutionGeometry
    let pass: Pass
    /// Whether the source is read as it is.
    let isPlain: Bool
    let lanes: Int
}

extension LayerWorkspace {
    /// The plans of a pass over a convolution, one per grid, those of the packed weights one behind the other; kept from the first
    /// call on.
    func plans(
        _ pass: GatherPlanKey.Pass, _ geometry: ConvolutionGeometry, isPlain: Bool, _ kernels: LayerKernels
    ) -> [GatherPlan] {
        let key = GatherPlanKey(geometry: geometry, pass: pass, isPlain: isPlain, lanes: kernels.lanes)
        return plans(for: key) {
            let grids =
                pass == .backwardInput
                ? (0..<geometry.window.verticalStride).flatMap { y in
                    (0..<geometry.window.horizontalStride).compactMap { x in
                        TapGrid(backward: geometry, y: y, x: x)
                    }
                } : [TapGrid(forward: geometry)]
            let (source, result) =
                pass == .backwardInput ? (geometry.output, geometry.input) : (geometry.input, geometry.output)
            var plans: [GatherPlan] = []
            var packedSize = 0
            for grid in grids {
                plans.append(
                    GatherPlan(
                        grid, pass, source: source, resultChannels: result.channels, isPlain: isPlain,
                        kernels: kernels, packedStart: packedSize))
                packedSize += plans[plans.count - 1].packedSize
            }
            return plans
        }
    }
}
