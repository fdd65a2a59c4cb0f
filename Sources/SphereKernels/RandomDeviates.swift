#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Random numbers of the usual distributions from the bits of a generator, which alone decides them.
struct RandomDeviates {
    /// The second normal number of a pair.
    private var spare: Double?

    /// A uniform number in (0, 1): the middles of 2^53 equal intervals.
    func uniform(_ generator: inout some RandomNumberGenerator) -> Double {
        let bits: UInt64 = generator.next()
        return (Double(bits >> 11) + 0.5) * 0x1p-53
    }

    /// A normal number of mean 0 and variance 1, by Marsaglia's polar method (SIAM Review 1964).
    mutating func normal(_ generator: inout some RandomNumberGenerator) -> Double {
        if let value = spare {
            spare = nil
            return value
        }
        while true {
            let (x, y) = (2 * uniform(&generator) - 1, 2 * uniform(&generator) - 1)
            let square = x * x + y * y
            if square > 0 && square < 1 {
                let scale = (-2 * log(square) / square).squareRoot()
                spare = scale * y
                return scale * x
            }
        }
    }

    /// A number of the gamma distribution with scale 1, by Marsaglia and Tsang (ACM TOMS 2000); `shape` is 1/2 or 1 and more.
    mutating func gamma(shape: Double, _ generator: inout some RandomNumberGenerator) -> Double {
        if shape == 0.5 {
            let x = normal(&generator)
            return x * x / 2
        }
        let d = shape - 1 / 3.0
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(&generator)
            let root = 1 + c * x
            if root <= 0 { continue }
            let v = root * root * root
            if log(uniform(&generator)) < x * x / 2 + d * (1 - v + log(v)) { return d * v }
        }
    }
}
