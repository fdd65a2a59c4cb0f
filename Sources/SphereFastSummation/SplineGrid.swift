#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Cardinal B-splines on a circle of equidistant points, as a stand-in for its trigonometric functions.
///
/// With the spline B of order p, at a place x between points of the distance 1, n of which make a circle,
///
///     sum over g of B(x - g) e^(2 pi i k g / n) = b_k (e^(2 pi i k x / n) + error),    b_k = (sin(pi k / n) / (pi k / n))^p
struct SplineGrid: Sendable {
    /// p, even: a place has this many points with a value other than 0.
    let order: Int
    /// n, even.
    let points: Int

    /// Points before the first and after the last that places near them reach.
    var reach: Int { order / 2 }

    /// No spline has more.
    static let largestOrder = 16

    /// b_k.
    func transform(_ frequency: Int) -> Double {
        if frequency == 0 { return 1 }
        let x = Double.pi * Double(frequency) / Double(points)
        return pow(sin(x) / x, Double(order))
    }

    /// A bound of the error of frequency k: the sum of (a / |a + r|)^p over r other than 0, a = |k| / n <= 1/2.
    func aliasing(_ frequency: Int) -> Double {
        let a = Double(frequency) / Double(points)
        let order = Double(order)
        var sum = 0.0
        for r in 1...8 { sum += pow(a / (Double(r) - a), order) + pow(a / (Double(r) + a), order) }
        // The rest is below twice the integral from 8 - a on.
        return sum + 2 * pow(a, order) * pow(8 - a, 1 - order) / (order - 1)
    }

    /// The values of the spline at the ``order`` points around `place`, 0 or more; returns the first of them, which may be negative.
    func weights(at place: Double, into weights: UnsafeMutablePointer<Double>) -> Int {
        let cell = place.rounded(.down)
        let t = place - cell
        weights[0] = 1
        for degree in 1..<order {
            let inverse = 1 / Double(degree)
            weights[degree] = t * inverse * weights[degree - 1]
            for j in stride(from: degree - 1, to: 0, by: -1) {
                weights[j] =
                    ((t + Double(degree - j)) * weights[j - 1] + (Double(j + 1) - t) * weights[j]) * inverse
            }
            weights[0] *= (1 - t) * inverse
        }
        return Int(cell) - order / 2 + 1
    }

    /// The least even number from `least` on without a prime factor above 5.
    static func size(atLeast least: Int) -> Int {
        var size = (least + 1) / 2 * 2
        while true {
            var rest = size
            for prime in [2, 3, 5] { while rest % prime == 0 { rest /= prime } }
            if rest == 1 { return size }
            size += 2
        }
    }
}
