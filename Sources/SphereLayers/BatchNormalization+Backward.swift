internal import SphereKernels

extension BatchNormalization {
    /// Both passes of the gradients, that of the input to `result`, which may be `gradient`; the gradient behind the rectifier to `masked`
    /// where that is given.
    static func backward(
        _ gradient: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>, _ masked: UnsafeMutablePointer<Float>?,
        _ input: UnsafePointer<Float>, _ shape: MapShape, _ affine: ChannelAffine, _ shortcut: Shortcut?,
        _ moments: ChannelMoments, _ isFrozen: Bool, _ gamma: Span<Float>?, _ epsilon: Double,
        _ gammaGradient: inout MutableSpan<Float>, _ betaGradient: inout MutableSpan<Float>, _ accumulates: Bool,
        _ workspace: LayerWorkspace, _ execution: Execution
    ) {
        let channels = shape.channels
        affine.requireChannels(channels)
        shortcut?.requireShape(shape)
        moments.requireChannels(channels)
        requireCount(gamma, channels, "gamma")
        require(epsilon > 0, "epsilon is positive, found \(epsilon)")
        require(
            gammaGradient.count == channels && betaGradient.count == channels,
            "gradients of \(gammaGradient.count) gammas and \(betaGradient.count) betas for \(channels) channels")
        let blocks = PixelBlocks(shape)
        let kernels = execution.instructionSet.layerKernels
        // Factors a, b, base and e of every channel, then the sums of the blocks.
        workspace.withFloats((4 + 2 * blocks.count) * channels) { memory in
            nonisolated(unsafe) let factors = memory
            nonisolated(unsafe) let sums = factors + 4 * channels
            nonisolated(unsafe) let base = factors + 2 * channels
            nonisolated(unsafe) let (gradient, result, masked, input) = (gradient, result, masked, input)
            for c in 0..<channels { base[c] = Float(moments.means[c]) }
            withPointers(affine, shortcut) { affine in
                parallelFor(units: blocks.count, threads: execution.threads) { _, number in
                    let offset = blocks[number].lowerBound * channels
                    let block = sums + 2 * number * channels
                    block.update(repeating: 0, count: 2 * channels)
                    var pixels = affine.source(input + offset, step: channels, offset: offset)
                    kernels.gradientSums(
                        gradient + offset, &pixels, blocks[number].count, channels, base, block, block + channels)
                }
                withSums(of: sums, step: 2 * channels, count: blocks.count, columns: 2 * channels) { totals in
                    for c in 0..<channels {
                        let sum = totals[c]
                        // Around the mean, not its float32 value.
                        let offset = Double(base[c]) - moments.means[c]
                        let product = totals[channels + c] + offset * sum
                        let inverse = 1 / (moments.variances[c] + epsilon).squareRoot()
                        gammaGradient[c] = Float((accumulates ? Double(gammaGradient[c]) : 0) + product * inverse)
                        betaGradient[c] = Float((accumulates ? Double(betaGradient[c]) : 0) + sum)
                        var a = inverse
                        if let gamma { a *= Double(gamma[c]) }
                        let pixels = Double(max(1, shape.pixels))
                        let b = isFrozen ? 0 : -a * inverse * inverse * product / pixels
                        let e = isFrozen ? 0 : -a * sum / pixels + b * offset
                        (factors[c], factors[channels + c], factors[3 * channels + c]) = (Float(a), Float(b), Float(e))
                    }
                }
                parallelFor(units: blocks.count, threads: execution.threads) { _, unit in
                    // The sums have read the last pixels last: of large maps they are in a cache, the first ones not.
                    let number = blocks.count - 1 - unit
                    let offset = blocks[number].lowerBound * channels
                    var pixels = affine.source(input + offset, step: channels, offset: offset)
                    kernels.normalizationGradient(
                        gradient + offset, &pixels, blocks[number].count, channels, factors,
                        result + offset, masked.map { $0 + offset }, isFrozen)
                }
            }
        }
    }
}

/// Stops the program unless `values`, where given, are one per channel.
func requireCount(_ values: Span<Float>?, _ channels: Int, _ name: String) {
    if let values { require(values.count == channels, "\(name) of \(values.count) elements for \(channels) channels") }
}
