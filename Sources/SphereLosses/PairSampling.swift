internal import SphereKernels

/// Which points take part in a loss: a uniform sample without replacement.
///
/// The pair loss goes over N² pairs; the authors evaluate it on a random part of the pixels, drawn anew for every loss.
public struct PairSampling: Sendable, Hashable {
    /// How many points are taken.
    public enum Amount: Sendable, Hashable {
        /// This share of the points, in [0, 1], rounded to the nearest number.
        case fraction(Double)
        /// So many points, or all if there are fewer.
        case count(Int)
    }

    /// How many points are taken.
    public let amount: Amount
    /// The largest number that is taken, whatever the amount; `nil`: no limit.
    public let maximum: Int?

    /// A sample of `amount` points, at most `maximum`.
    ///
    /// - Precondition: a fraction lies in [0, 1], a count and the maximum are 0 or more.
    public init(_ amount: Amount, maximum: Int? = nil) {
        switch amount {
        case .fraction(let fraction):
            require(fraction >= 0 && fraction <= 1, "a fraction of \(fraction) of the points: must lie in [0, 1]")
        case .count(let count): require(count >= 0, "\(count) points: must be 0 or more")
        }
        require(maximum ?? 0 >= 0, "at most \(maximum ?? 0) points: must be 0 or more")
        self.amount = amount
        self.maximum = maximum
    }

    /// How many of `total` points are taken: a fraction above 0 takes 1 at least, unless the maximum is 0.
    ///
    /// - Precondition: `total` >= 0.
    public func count(of total: Int) -> Int {
        require(total >= 0, "a sample of \(total) points: must be 0 or more")
        let wanted =
            switch amount {
            case .fraction(let fraction):
                fraction > 0 ? min(total, max(1, Int((fraction * Double(total)).rounded()))) : 0
            case .count(let count): min(total, count)
            }
        return min(wanted, maximum ?? wanted)
    }

    /// The sampled rows of `total`, in ascending order; every set of that size is equally likely.
    ///
    /// The generator alone decides: the same bits give the same rows, on every machine.
    ///
    /// Selection sampling: Knuth, "The Art of Computer Programming", volume 2, algorithm S.
    ///
    /// - Complexity: O(`total`).
    /// - Precondition: `total` >= 0.
    public func rows(of total: Int, using generator: inout some RandomNumberGenerator) -> PairSample {
        var left = count(of: total)
        var rows: [Int] = []
        rows.reserveCapacity(left)
        for row in 0..<total where left > 0 {
            if Self.number(below: total - row, &generator) < left {
                rows.append(row)
                left -= 1
            }
        }
        return PairSample(rows: rows)
    }

    /// The sampled rows of `total` that follow from `seed` alone, by SplitMix64.
    public func rows(of total: Int, seed: UInt64) -> PairSample {
        var generator = SplitMix64(seed: seed)
        return rows(of: total, using: &generator)
    }

    /// A uniform number in 0..<`bound`, by Lemire's multiplication with rejection (ACM TOMACS 2019).
    ///
    /// Written out, since the algorithm of `Int.random(in:using:)` may change between versions of Swift.
    private static func number(below bound: Int, _ generator: inout some RandomNumberGenerator) -> Int {
        let bound = UInt64(bound)
        let threshold = (0 &- bound) % bound
        while true {
            let bits: UInt64 = generator.next()
            let product = bits.multipliedFullWidth(by: bound)
            if product.low >= threshold { return Int(product.high) }
        }
    }
}
