internal import SphereKernels
public import SphereLayers

extension Tensor {
    /// The batch normalization of maps, with what may follow it in a residual block:
    /// y = gamma_c (x - mean_c) / sqrt(variance_c + epsilon) + beta_c + shortcut, then max(y, 0) if `rectifies`.
    ///
    /// See ``BatchNormalization``. The result is not stored: convolutions read x through the scale and shift, and where the elements are
    /// needed they are computed, in the backward pass once more. A shortcut that is itself a batch normalization without
    /// rectifier is read through its scale and shift too. Of a rectified sum with a shortcut a bit for each element is kept, whether
    /// it is above 0: the gradient needs no more of it.
    ///
    /// - Parameters:
    ///   - gamma: [channels].
    ///   - beta: [channels].
    ///   - statistics: running mean and variance to be used as constants; `nil`: those of these maps, through which gradients go.
    ///   - shortcut: maps of the same shape, added.
    /// - Returns: the result and the moments that were used.
    /// - Precondition: the shapes match, epsilon > 0.
    public func batchNormalized(
        gamma: Tensor, beta: Tensor, epsilon: Double = 1e-5, statistics: ChannelMoments? = nil,
        adding shortcut: Tensor? = nil, rectifies: Bool = false
    ) -> (result: Tensor, moments: ChannelMoments) {
        let maps = mapShape
        for (name, tensor) in [("gamma", gamma), ("beta", beta)] {
            require(
                tensor.shape == [maps.channels], "\(name) of shape \(tensor.shape) for \(maps.channels) channels")
        }
        if let shortcut {
            require(shortcut.shape == shape, "a shortcut of shape \(shortcut.shape) for maps of shape \(shape)")
        }
        let moments = statistics ?? value.moments ?? measuredMoments(maps, TensorExecution.current)
        let map = NormalizedMap(
            of: value, shape: maps, gamma: gamma.memory, beta: beta.memory, epsilon: epsilon, moments: moments,
            isFrozen: statistics != nil, adding: shortcut?.value, rectifies: rectifies)
        var result = TensorValue(count: value.count, channelAffine: map.channelAffine) { map.elements() }
        let hasShortcut = shortcut != nil
        let tensor = Tensor.operation(
            [self, gamma, beta] + (shortcut.map { [$0] } ?? []), shape: shape, value: result
        ) { pass in
            let gradient = pass.takeUpstream()
            let gradients = map.backward(
                gradient, needsShortcut: hasShortcut && pass.needsGradient(of: 3),
                isLast: isKnownUniquelyReferenced(&result))
            pass.add(gradient, to: 0)
            pass.add(gradients.gamma, to: 1)
            pass.add(gradients.beta, to: 2)
            if let shortcut = gradients.shortcut { pass.add(shortcut, to: 3) }
        }
        return (tensor, moments)
    }

    private func measuredMoments(_ maps: MapShape, _ execution: Execution) -> ChannelMoments {
        var moments = ChannelMoments(channels: maps.channels)
        let memory = memory
        Workspaces.with { workspace in
            BatchNormalization.measure(memory.span, shape: maps, into: &moments, workspace: workspace, on: execution)
        }
        return moments
    }
}
