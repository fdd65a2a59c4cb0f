#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The source of random weights and of everything else that a training draws; its whole state is one number, which a
/// checkpoint keeps.
///
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
public struct WeightGenerator: RandomNumberGenerator, Sendable, Hashable {
    /// All there is to know of it.
    public private(set) var state: UInt64

    /// A generator whose numbers follow from `seed` alone.
    public init(seed: UInt64) { state = seed }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// The generator of the part of this one's work that `number` names: its numbers have nothing to do with those of other parts.
    public func derived(_ number: Int) -> WeightGenerator {
        var generator = WeightGenerator(seed: state &+ UInt64(bitPattern: Int64(number)) &* 0xd134_2543_de82_ef95)
        return WeightGenerator(seed: generator.next())
    }

    /// A uniform number in (0, 1).
    public mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// A normal number of mean 0 and variance 1 (Box and Muller, without the second of the pair: no state beside the seed).
    public mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }

    mutating func normal(count: Int, standardDeviation: Double) -> [Float] {
        (0..<count).map { _ in Float(standardDeviation * normal()) }
    }
}
