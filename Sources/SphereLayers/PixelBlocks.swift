/// The pixels of maps in blocks that are worked on together, of sizes that depend on the shape alone.
struct PixelBlocks: Sendable {
    /// Elements of a block, which stay in the first-level cache or near it.
    ///
    /// At most 256 pixels: sums of so many lose little in float32. At least 64: wide ones are read once from end to end, and
    /// what is merged for every block and channel is then little beside them.
    private static let elements = 16 * 1024

    private let pixels: Int
    private let unit: Int

    init(_ shape: MapShape) {
        pixels = shape.channels == 0 ? 0 : shape.pixels
        unit = max(64, min(256, Self.elements / max(1, shape.channels)))
    }

    var count: Int { (pixels + unit - 1) / unit }

    subscript(_ index: Int) -> Range<Int> { index * unit..<min(pixels, (index + 1) * unit) }
}
