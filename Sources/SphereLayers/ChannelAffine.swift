internal import SphereKernels

/// A map that is to be read through a scale and a shift per channel, and perhaps a rectifier:
/// `a = scale_c x + shift_c`, then `max(a, 0)` if `rectifies` (NaN stays NaN).
///
/// What batch normalization is once its statistics are known. Borrowed: it costs nothing to make.
public struct ChannelAffine: ~Escapable {
    /// The factors, one per channel.
    public let scale: Span<Float>
    /// What is added, one per channel.
    public let shift: Span<Float>
    /// Whether negative results become 0.
    public let rectifies: Bool

    /// Reads maps as `scale_c x + shift_c`, rectified if `rectifies`.
    ///
    /// - Precondition: as many scales as shifts.
    @_lifetime(copy scale, copy shift)
    public init(scale: Span<Float>, shift: Span<Float>, rectifies: Bool = false) {
        require(scale.count == shift.count, "\(scale.count) scales and \(shift.count) shifts of channels")
        self.scale = scale
        self.shift = shift
        self.rectifies = rectifies
    }

    func requireChannels(_ channels: Int) {
        require(scale.count == channels, "\(scale.count) scales for maps of \(channels) channels")
    }
}

/// A second map that is added before the rectifier: the shortcut of a residual block, as it is or through a scale and a
/// shift per channel (a projection's batch normalization).
public struct Shortcut: ~Escapable {
    /// The map that is added.
    public let map: Span<Float>
    /// Its factors, one per channel; `nil`: 1.
    public let scale: Span<Float>?
    /// What is added to it, one per channel; `nil`: 0.
    public let shift: Span<Float>?

    /// The shortcut `map`.
    @_lifetime(copy map)
    public init(_ map: Span<Float>) {
        self.map = map
        scale = nil
        shift = nil
    }

    /// The shortcut `scale_c map + shift_c`.
    ///
    /// - Precondition: as many scales as shifts.
    @_lifetime(copy map, copy scale, copy shift)
    public init(_ map: Span<Float>, scale: Span<Float>, shift: Span<Float>) {
        require(scale.count == shift.count, "\(scale.count) scales and \(shift.count) shifts of channels")
        self.map = map
        self.scale = scale
        self.shift = shift
    }

    func requireShape(_ shape: MapShape) {
        shape.requireCount(map.count, "the shortcut")
        if let scale { require(scale.count == shape.channels, "\(scale.count) scales for a shortcut of \(shape.text)") }
    }
}
