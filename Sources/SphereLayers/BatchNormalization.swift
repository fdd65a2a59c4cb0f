public import SphereKernels

/// Batch normalization of NHWC maps (Ioffe and Szegedy, 2015), in pieces that fuse with what is around it.
///
///     y = gamma_c (x - mean_c) / sqrt(variance_c + epsilon) + beta_c = scale_c x + shift_c
///
/// Forward: ``measure(_:shape:into:workspace:on:)`` (or the moments that a convolution delivers), then ``coefficients(of:gamma:beta:epsilon:scale:shift:)``,
/// then ``apply(_:shape:through:adding:into:on:)``, or nothing, where the next convolution reads through a ``ChannelAffine``. Backward: ``backward(_:input:shape:through:adding:moments:isFrozen:gamma:epsilon:gammaGradient:betaGradient:workspace:on:)``.
public enum BatchNormalization {
    /// Mean and variance of every channel over all pixels.
    ///
    /// In float32 around a pixel's value within blocks of pixels, merged in double (Chan, Golub and LeVeque 1979). No pixels: 0.
    ///
    /// - Precondition: the counts match.
    public static func measure(
        _ input: Span<Float>, shape: MapShape, into moments: inout ChannelMoments, workspace: LayerWorkspace? = nil,
        on execution: Execution = .default
    ) {
        shape.requireCount(input.count, "the input")
        moments.requireChannels(shape.channels)
        let blocks = PixelBlocks(shape)
        let (channels, size) = (shape.channels, 3 * shape.channels)
        let kernels = execution.instructionSet.layerKernels
        (workspace ?? LayerWorkspace()).withFloats(blocks.count * size) { memory in
            nonisolated(unsafe) let memory = memory
            withStart(input) { start in
                nonisolated(unsafe) let start = start
                parallelFor(units: blocks.count, threads: execution.threads) { _, number in
                    let (base, pixels) = (memory + number * size, blocks[number])
                    let from = start + pixels.lowerBound * channels
                    kernels.setBase(
                        from, step: channels, pixels: pixels.count, channels: channels, base, base + channels)
                    kernels.channelSums(
                        from, channels, pixels.count, channels, base, base + channels, base + 2 * channels)
                }
            }
            moments.merge(memory, count: blocks.count) { blocks[$0].count }
        }
    }

    /// Scale and shift of every channel: `scale = gamma / sqrt(variance + epsilon)`, `shift = beta - mean scale`.
    ///
    /// Evaluated in double. `moments` are those of the batch or running ones.
    ///
    /// - Parameters:
    ///   - gamma: `nil`: 1.
    ///   - beta: `nil`: 0.
    /// - Precondition: the counts match, `epsilon` is positive.
    public static func coefficients(
        of moments: ChannelMoments, gamma: Span<Float>? = nil, beta: Span<Float>? = nil, epsilon: Double = 1e-5,
        scale: inout MutableSpan<Float>, shift: inout MutableSpan<Float>
    ) {
        let channels = moments.channels
        require(
            scale.count == channels && shift.count == channels,
            "\(scale.count) scales and \(shift.count) shifts for \(channels) channels")
        requireCount(gamma, channels, "gamma")
        requireCount(beta, channels, "beta")
        require(epsilon > 0, "epsilon is positive, found \(epsilon)")
        for c in 0..<channels {
            var factor = 1 / (moments.variances[c] + epsilon).squareRoot()
            if let gamma { factor *= Double(gamma[c]) }
            var offset = -moments.means[c] * factor
            if let beta { offset += Double(beta[c]) }
            scale[c] = Float(factor)
            shift[c] = Float(offset)
        }
    }

    /// `y = scale_c x + shift_c + shortcut`, then `max(y, 0)` if `affine` rectifies, in one pass.
    ///
    /// - Precondition: the counts match.
    public static func apply(
        _ input: Span<Float>, shape: MapShape, through affine: ChannelAffine, adding shortcut: Shortcut? = nil,
        into output: inout MutableSpan<Float>, on execution: Execution = .default
    ) {
        shape.requireCount(input.count, "the input")
        shape.requireCount(output.count, "the output")
        withStart(input) { input in
            withStart(&output) { apply(input, shape, affine, shortcut, $0, execution) }
        }
    }

    /// ``apply(_:shape:through:adding:into:on:)`` in place.
    public static func apply(
        to map: inout MutableSpan<Float>, shape: MapShape, through affine: ChannelAffine,
        adding shortcut: Shortcut? = nil, on execution: Execution = .default
    ) {
        shape.requireCount(map.count, "the map")
        withStart(&map) { apply(UnsafePointer($0), shape, affine, shortcut, $0, execution) }
    }

    /// `map = scale_c x + shift_c + map`, then `max(., 0)` if `affine` rectifies: the shortcut's memory becomes the result.
    ///
    /// - Precondition: the counts match.
    public static func apply(
        _ input: Span<Float>, shape: MapShape, through affine: ChannelAffine, addingTo map: inout MutableSpan<Float>,
        on execution: Execution = .default
    ) {
        affine.requireChannels(shape.channels)
        shape.requireCount(input.count, "the input")
        shape.requireCount(map.count, "the map")
        withStart(input) { input in
            withStart(&map) { map in
                withPointers(affine, nil) { affine in
                    var affine = affine
                    affine.other = UnsafePointer(map)
                    apply(input, shape, affine, map, execution)
                }
            }
        }
    }

    private static func apply(
        _ input: UnsafePointer<Float>, _ shape: MapShape, _ affine: ChannelAffine, _ shortcut: Shortcut?,
        _ output: UnsafeMutablePointer<Float>, _ execution: Execution
    ) {
        affine.requireChannels(shape.channels)
        shortcut?.requireShape(shape)
        withPointers(affine, shortcut) { apply(input, shape, $0, output, execution) }
    }

    private static func apply(
        _ input: UnsafePointer<Float>, _ shape: MapShape, _ affine: AffinePointers,
        _ output: UnsafeMutablePointer<Float>, _ execution: Execution
    ) {
        let blocks = PixelBlocks(shape)
        let (kernels, channels) = (execution.instructionSet.layerKernels, shape.channels)
        nonisolated(unsafe) let (input, output) = (input, output)
        parallelFor(units: blocks.count, threads: execution.threads) { _, unit in
            // Whoever measured or wrote the maps did the last pixels last: of large maps they are in a cache, the first ones not.
            let number = blocks.count - 1 - unit
            let offset = blocks[number].lowerBound * channels
            var pixels = affine.source(input + offset, step: channels, offset: offset)
            kernels.affinePixels(&pixels, blocks[number].count, channels, output + offset, channels)
        }
    }

    /// The gradients through ``apply(_:shape:through:adding:into:on:)`` and the statistics.
    ///
    /// With g the gradient of y, 0 where the rectifier (recomputed from x and the shortcut) cut off (y <= 0), and h = (x - mean) / sqrt(variance + epsilon):
    ///
    ///     dbeta = sum of g,  dgamma = sum of g h,  P pixels
    ///     dx = gamma / sqrt(variance + epsilon) (g - dbeta / P - h dgamma / P)     batch statistics
    ///     dx = gamma / sqrt(variance + epsilon) g                                  frozen statistics
    ///
    /// In two passes over the maps; the sums are merged in double in a fixed order. NaN or infinity in a channel of x make its dgamma, and dx
    /// with batch statistics, NaN (dgamma infinite, where g is not 0); with frozen statistics dx depends on x through the rectifier
    /// alone, which takes +infinity for positive and NaN for cut off.
    ///
    /// - Parameters:
    ///   - gradient: the gradient of y before; dx afterwards.
    ///   - affine: the one of the forward pass.
    ///   - moments: those that `affine` comes from.
    ///   - isFrozen: whether they are running statistics, which do not depend on x.
    ///   - gammaGradient, betaGradient: overwritten, or added to if `accumulates`.
    public static func backward(
        _ gradient: inout MutableSpan<Float>, input: Span<Float>, shape: MapShape, through affine: ChannelAffine,
        adding shortcut: Shortcut? = nil, moments: ChannelMoments, isFrozen: Bool = false, gamma: Span<Float>? = nil,
        epsilon: Double = 1e-5, gammaGradient: inout MutableSpan<Float>, betaGradient: inout MutableSpan<Float>,
        accumulates: Bool = false, workspace: LayerWorkspace? = nil, on execution: Execution = .default
    ) {
        shape.requireCount(gradient.count, "the gradient")
        shape.requireCount(input.count, "the input")
        withStart(&gradient) { gradient in
            withStart(input) { input in
                backward(
                    UnsafePointer(gradient), gradient, nil, input, shape, affine, shortcut, moments, isFrozen, gamma,
                    epsilon, &gammaGradient, &betaGradient, accumulates, workspace ?? LayerWorkspace(), execution)
            }
        }
    }

    /// ``backward(_:input:shape:through:adding:moments:isFrozen:gamma:epsilon:gammaGradient:betaGradient:accumulates:workspace:on:)`` that leaves
    /// the gradient of y as it is.
    ///
    /// - Parameter result: dx.
    /// - Precondition: the counts match.
    public static func backward(
        _ gradient: Span<Float>, into result: inout MutableSpan<Float>, input: Span<Float>, shape: MapShape,
        through affine: ChannelAffine, adding shortcut: Shortcut? = nil, moments: ChannelMoments,
        isFrozen: Bool = false, gamma: Span<Float>? = nil, epsilon: Double = 1e-5,
        gammaGradient: inout MutableSpan<Float>, betaGradient: inout MutableSpan<Float>, accumulates: Bool = false,
        workspace: LayerWorkspace? = nil, on execution: Execution = .default
    ) {
        shape.requireCount(gradient.count, "the gradient")
        shape.requireCount(result.count, "the result")
        shape.requireCount(input.count, "the input")
        withStart(gradient) { gradient in
            withStart(&result) { result in
                withStart(input) { input in
                    backward(
                        gradient, result, nil, input, shape, affine, shortcut, moments, isFrozen, gamma, epsilon,
                        &gammaGradient, &betaGradient, accumulates, workspace ?? LayerWorkspace(), execution)
                }
            }
        }
    }

    /// ``backward(_:input:shape:through:adding:moments:isFrozen:gamma:epsilon:gammaGradient:betaGradient:accumulates:workspace:on:)`` that also
    /// delivers g, the gradient behind the rectifier: that of the shortcut (as it enters the sum).
    public static func backward(
        _ gradient: inout MutableSpan<Float>, shortcutGradient: inout MutableSpan<Float>, input: Span<Float>,
        shape: MapShape, through affine: ChannelAffine,
        adding shortcut: Shortcut? = nil, moments: ChannelMoments, isFrozen: Bool = false, gamma: Span<Float>? = nil,
        epsilon: Double = 1e-5, gammaGradient: inout MutableSpan<Float>, betaGradient: inout MutableSpan<Float>,
        accumulates: Bool = false, workspace: LayerWorkspace? = nil, on execution: Execution = .default
    ) {
        shape.requireCount(gradient.count, "the gradient")
        shape.requireCount(shortcutGradient.count, "the gradient of the shortcut")
        shape.requireCount(input.count, "the input")
        withStart(&gradient) { gradient in
            withStart(&shortcutGradient) { masked in
                withStart(input) { input in
                    backward(
                        UnsafePointer(gradient), gradient, masked, input, shape, affine, shortcut, moments, isFrozen,
                        gamma, epsilon, &gammaGradient, &betaGradient, accumulates, workspace ?? LayerWorkspace(),
                        execution)
                }
            }
        }
    }

    /// ``backward(_:shortcutGradient:input:shape:through:adding:moments:isFrozen:gamma:epsilon:gammaGradient:betaGradient:accumulates:workspace:on:)``
    /// that takes the memory of x for g, the gradient behind the rectifier.
    ///
    /// - Parameter input: x before, g afterwards.
    /// - Precondition: the counts match.
    public static func backward(
        _ gradient: inout MutableSpan<Float>, replacing input: inout MutableSpan<Float>, shape: MapShape,
        through affine: ChannelAffine, moments: ChannelMoments, isFrozen: Bool = false, gamma: Span<Float>? = nil,
        epsilon: Double = 1e-5, gammaGradient: inout MutableSpan<Float>, betaGradient: inout MutableSpan<Float>,
        accumulates: Bool = false, workspace: LayerWorkspace? = nil, on execution: Execution = .default
    ) {
        shape.requireCount(gradient.count, "the gradient")
        shape.requireCount(input.count, "the input")
        withStart(&gradient) { gradient in
            withStart(&input) { input in
                backward(
                    UnsafePointer(gradient), gradient, input, UnsafePointer(input), shape, affine, nil, moments,
                    isFrozen, gamma, epsilon, &gammaGradient, &betaGradient, accumulates, workspace ?? LayerWorkspace(),
                    execution)
            }
        }
    }
}
