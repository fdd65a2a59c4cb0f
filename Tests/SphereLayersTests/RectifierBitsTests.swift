import SphereKernels
import SphereLayers
import SphereReference
import TestSupport
import Testing

@Suite struct RectifierBitsTests {
    private static let shapes: [MapShape] = [1, 3, 4, 7, 8, 16, 17, 70].flatMap { channels in
        [(1, 1, 1), (1, 1, 31), (2, 4, 4), (1, 3, 11), (3, 20, 23)].map { batch, height, width in
            MapShape(batch: batch, height: height, width: width, channels: channels)
        }
    }

    @Test("keep which elements are above 0 and clear the gradient of the others", arguments: InstructionSet.available)
    func gradient(set: InstructionSet) {
        var generator = SeededGenerator(seed: 3)
        for shape in Self.shapes {
            var map = (0..<shape.count).map { _ in Float(generator.normal()) }
            let specials: [Float] = [0, -0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude]
            for (i, special) in specials.enumerated() {
                if 5 * i < map.count { map[5 * i] = special }
            }
            let upstream = (0..<shape.count).map { _ in Float(generator.normal()) }
            for threads in [1, 3] {
                let execution = Execution(for: set, threads: threads)
                var words = [UInt32](repeating: .max, count: RectifierBits.wordCount(shape))
                var wordSpan = words.mutableSpan
                RectifierBits.measure(map.span, shape: shape, into: &wordSpan, on: execution)
                for pixel in 0..<shape.pixels {
                    for c in 0..<shape.channels {
                        let bit = words[pixel / 32 * shape.channels + c] >> UInt32(pixel % 32) & 1
                        #expect((bit == 1) == (map[pixel * shape.channels + c] > 0), "\(shape), \(pixel), \(c), \(set)")
                    }
                }
                #expect(words.reduce(0) { $0 + $1.nonzeroBitCount } == map.count { $0 > 0 })
                var gradient = upstream
                var gradientSpan = gradient.mutableSpan
                RectifierBits.backward(&gradientSpan, shape: shape, words: words.span, on: execution)
                #expect(gradient == zip(upstream, map).map { $1 > 0 ? $0 : 0 }, "\(shape), \(set)")
            }
        }
    }

    @Test("of no pixels or no channels are none", arguments: InstructionSet.available)
    func empty(set: InstructionSet) {
        for shape in [
            MapShape(batch: 0, height: 4, width: 4, channels: 3), MapShape(batch: 1, height: 4, width: 4, channels: 0),
        ] {
            #expect(RectifierBits.wordCount(shape) == 0)
            var words: [UInt32] = []
            var gradient: [Float] = []
            var wordSpan = words.mutableSpan
            var gradientSpan = gradient.mutableSpan
            let none: [Float] = []
            RectifierBits.measure(none.span, shape: shape, into: &wordSpan, on: Execution(for: set))
            RectifierBits.backward(&gradientSpan, shape: shape, words: [UInt32]().span, on: Execution(for: set))
        }
    }
}
