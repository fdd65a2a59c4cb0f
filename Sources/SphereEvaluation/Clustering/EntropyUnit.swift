#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The unit of an amount of information.
public enum EntropyUnit: String, Sendable, CaseIterable {
    /// Logarithms to base 2: scikit-image and the BSDS benchmark.
    case bits
    /// Natural logarithms: scikit-learn.
    case nats

    /// This unit in nats.
    var nats: Double { self == .bits ? log(2) : 1 }
}

/// How two numbers become one that normalises.
public enum InformationMean: String, Sendable, CaseIterable {
    /// (a + b) / 2: scikit-learn's default since 0.22, equal to the V-measure.
    case arithmetic
    /// sqrt(a b): scikit-learn's default before 0.22.
    case geometric
    /// The smaller one.
    case minimum
    /// The larger one.
    case maximum

    func callAsFunction(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .arithmetic: (a + b) / 2
        case .geometric: a.squareRoot() * b.squareRoot()
        case .minimum: min(a, b)
        case .maximum: max(a, b)
        }
    }
}
