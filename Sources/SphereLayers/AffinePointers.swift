internal import SphereKernels

/// The addresses of a ``ChannelAffine`` and a ``Shortcut``, for the kernels.
struct AffinePointers: @unchecked Sendable {
    // Sendable: borrowed for the duration of an operation and only read.
    var scale: UnsafePointer<Float>?
    var shift: UnsafePointer<Float>?
    var other: UnsafePointer<Float>?
    var otherScale: UnsafePointer<Float>?
    var otherShift: UnsafePointer<Float>?
    var rectifies = false

    /// Nothing: pixels as they are.
    static var none: AffinePointers { AffinePointers() }

    var isNone: Bool { scale == nil && shift == nil && other == nil && !rectifies }

    /// The pixels from `start`, whose channel 0 is the coefficients' channel `channel`.
    func source(_ start: UnsafePointer<Float>, step: Int, channel: Int = 0, offset: Int = 0) -> LayerKernels.PixelSource
    {
        (
            start, step, scale.map { $0 + channel }, shift.map { $0 + channel }, other.map { $0 + offset },
            otherScale.map { $0 + channel }, otherShift.map { $0 + channel }, rectifies
        )
    }
}

/// Calls `body` with the addresses of `affine` and `shortcut`.
func withPointers<Result>(
    _ affine: ChannelAffine?, _ shortcut: Shortcut?, _ body: (AffinePointers) -> Result
) -> Result {
    var pointers = AffinePointers()
    if let affine {
        pointers.rectifies = affine.rectifies
        return affine.scale.withUnsafeBufferPointer { scale in
            affine.shift.withUnsafeBufferPointer { shift in
                pointers.scale = scale.baseAddress
                pointers.shift = shift.baseAddress
                return withPointers(shortcut, &pointers, body)
            }
        }
    }
    return withPointers(shortcut, &pointers, body)
}

private func withPointers<Result>(
    _ shortcut: Shortcut?, _ pointers: inout AffinePointers, _ body: (AffinePointers) -> Result
) -> Result {
    guard let shortcut else { return body(pointers) }
    return shortcut.map.withUnsafeBufferPointer { map in
        pointers.other = map.baseAddress
        guard let scale = shortcut.scale, let shift = shortcut.shift else { return body(pointers) }
        return scale.withUnsafeBufferPointer { scale in
            shift.withUnsafeBufferPointer { shift in
                pointers.otherScale = scale.baseAddress
                pointers.otherShift = shift.baseAddress
                return body(pointers)
            }
        }
    }
}

/// Calls `body` with the address of `span`, `nil` where there is none.
func withAddress<Result>(_ span: Span<Float>?, _ body: (UnsafePointer<Float>?) -> Result) -> Result {
    if let span { return span.withUnsafeBufferPointer { body($0.baseAddress) } }
    return body(nil)
}

/// Calls `body` with the address of `span`, one that is never read where it has no elements.
func withStart<Result>(_ span: Span<Float>, _ body: (UnsafePointer<Float>) -> Result) -> Result {
    span.withUnsafeBufferPointer { body($0.baseAddress ?? UnsafePointer(bitPattern: 64)!) }
}

/// Calls `body` with the address of `span`, one that is never used where it has no elements.
func withStart<Result>(
    _ span: inout MutableSpan<Float>, _ body: (UnsafeMutablePointer<Float>) -> Result
) -> Result {
    span.withUnsafeMutableBufferPointer { body($0.baseAddress ?? UnsafeMutablePointer(bitPattern: 64)!) }
}
