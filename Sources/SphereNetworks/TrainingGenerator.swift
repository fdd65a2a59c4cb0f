internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The source of everything that a training draws at random: weights, scenes, pixels, changes of images.
///
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
public struct TrainingGenerator: RandomNumberGenerator, Sendable, Hashable {
    private var bits: SplitMix64

    /// A generator whose numbers follow from `seed` alone.
    public init(seed: UInt64) { bits = SplitMix64(seed: seed) }

    /// 64 random bits.
    public mutating func next() -> UInt64 { bits.next() }

    /// The generator of the part of this one's work that `number` names: its numbers have nothing to do with those of other parts.
    public func derived(_ number: Int) -> TrainingGenerator {
        var generator = TrainingGenerator(
            seed: bits.state &+ UInt64(bitPattern: Int64(number)) &* 0xd134_2543_de82_ef95)
        return TrainingGenerator(seed: generator.next())
    }

    /// A uniform number in (0, 1).
    public mutating func uniform() -> Double {
        // The largest of all would be rounded to 1.
        min((Double(next() >> 11) + 0.5) * 0x1p-53, 1.nextDown)
    }

    /// A normal number of mean 0 and variance 1 (Box and Muller, without the second of the pair: no state beside the seed).
    public mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }

    mutating func normal(count: Int, standardDeviation: Double) -> [Float] {
        (0..<count).map { _ in Float(standardDeviation * normal()) }
    }
}
