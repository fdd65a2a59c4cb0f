public import SphereKernels

/// Which elements of a rectified map are above 0, one bit for each: what the gradient of a rectifier needs of a map that is not kept.
///
/// Word g C + c has the bits of channel c of the pixels 32 g ..< 32 (g + 1), the first in the lowest bit.
public enum RectifierBits {
    /// Pixels whose bits are in a word.
    static let group = 32

    /// Words for maps of `shape`: C ceil(P / 32) of P pixels.
    public static func wordCount(_ shape: MapShape) -> Int {
        (shape.pixels + group - 1) / group * shape.channels
    }

    /// The bits of `[x > 0]`; NaN is not above 0.
    ///
    /// - Precondition: the counts match.
    /// - Complexity: O(elements), one reading pass.
    public static func measure(
        _ map: Span<Float>, shape: MapShape, into words: inout MutableSpan<UInt32>, on execution: Execution = .default
    ) {
        shape.requireCount(map.count, "the map")
        requireWords(words.count, shape)
        let kernels = execution.instructionSet.layerKernels
        withStart(map) { map in
            words.withUnsafeMutableBufferPointer { words in
                nonisolated(unsafe) let (map, words) = (map, words.baseAddress)
                forGroups(of: shape, on: execution) { first, count in
                    kernels.positiveBits(
                        map + first * shape.channels, count, shape.channels, words! + first / group * shape.channels)
                }
            }
        }
    }

    /// Sets the elements of `gradient` to 0 whose bit is 0: the gradient of the rectifier, in place.
    ///
    /// - Precondition: the counts match.
    /// - Complexity: O(elements), one pass.
    public static func backward(
        _ gradient: inout MutableSpan<Float>, shape: MapShape, words: Span<UInt32>, on execution: Execution = .default
    ) {
        shape.requireCount(gradient.count, "the gradient")
        requireWords(words.count, shape)
        let kernels = execution.instructionSet.layerKernels
        withStart(&gradient) { gradient in
            words.withUnsafeBufferPointer { words in
                nonisolated(unsafe) let (gradient, words) = (gradient, words.baseAddress)
                forGroups(of: shape, on: execution) { first, count in
                    kernels.clearWithoutBit(
                        gradient + first * shape.channels, count, shape.channels,
                        words! + first / group * shape.channels)
                }
            }
        }
    }

    private static func requireWords(_ count: Int, _ shape: MapShape) {
        require(
            count == wordCount(shape), "maps of \(shape.text) have \(wordCount(shape)) words of bits, found \(count)")
    }

    /// Calls `body` with the first pixel and the number of pixels of every group.
    private static func forGroups(
        of shape: MapShape, on execution: Execution, _ body: @Sendable (_ first: Int, _ count: Int) -> Void
    ) {
        guard shape.count > 0 else { return }
        parallelFor(units: (shape.pixels + group - 1) / group, threads: execution.threads) { _, number in
            let first = number * group
            body(first, min(group, shape.pixels - first))
        }
    }
}
