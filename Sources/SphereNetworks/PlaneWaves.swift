internal import SphereKernels
public import SphereTensor

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Places of the plane as points on the sphere: the phases of J plane waves.
///
///     x(u) = (cos k_1·u, sin k_1·u, ..., cos k_J·u, sin k_J·u) / sqrt(J)
///
/// For wave vectors k_j the cosine of two places depends on their difference alone,
///
///     ⟨x(u), x(v)⟩ = (1/J) Σ_j cos k_j·(u - v) ≈ 1 - |u - v|² mean |k|² / 4,
///
/// so that mean shift with the kernel exp(kappa (⟨x, y⟩ - 1)) on the sphere is mean shift on the plane with a kernel of standard deviation
/// ``deviation(concentration:)``, and places far apart have cosines near 0. A network that is the same everywhere cannot tell two objects that look
/// alike; one that says where the middle of its object is, relative to a pixel, can (Novotny et al., "Semi-convolutional operators for
/// instance segmentation", ECCV 2018). Waves put that place on the sphere (random Fourier features of Rahimi and Recht, NIPS 2007, with
/// wave vectors of few lengths and evenly spread directions).
public struct PlaneWaves: Sendable, Hashable {
    /// Lengths of waves in pixels, all more than 0.
    public let wavelengths: [Double]
    /// Directions for each length, 2 or more: evenly spread over a half-turn, those of each length turned against the others'.
    public let directions: Int

    /// Waves of the given lengths.
    ///
    /// Short ones tell near objects apart, long ones let far pixels of a large object find each other.
    ///
    /// - Precondition: at least one length, each finite and more than 0; `directions` >= 2.
    public init(wavelengths: [Double] = [40, 160], directions: Int = 4) {
        require(
            !wavelengths.isEmpty && wavelengths.allSatisfy { $0 > 0 && $0.isFinite },
            "wavelengths \(wavelengths): at least one, each more than 0")
        require(directions >= 2, "\(directions) directions: 2 or more are needed")
        self.wavelengths = wavelengths
        self.directions = directions
    }

    /// D = 2 J.
    public var dimension: Int { 2 * wavelengths.count * directions }

    /// The standard deviation in pixels of the kernel on the plane that belongs to `concentration`: sqrt(2 / (kappa mean |k|²)).
    public func deviation(concentration: Double) -> Double {
        let squares = wavelengths.map { (2 * .pi / $0) * (2 * .pi / $0) }
        return (2 / (concentration * squares.reduce(0, +) / Double(squares.count))).squareRoot()
    }

    /// The wave vectors, those of the first length first.
    public var vectors: [SIMD2<Double>] {
        wavelengths.enumerated().flatMap { number, length in
            (0..<directions).map { direction in
                let turn = Double(direction) + Double(number) / Double(wavelengths.count)
                let angle = turn * .pi / Double(directions)
                return SIMD2(cos(angle), sin(angle)) * (2 * .pi / length)
            }
        }
    }

    /// Points x(u) [N, D] at the places u_i = `places[i]` + `offsets[i]`.
    ///
    /// - Parameters:
    ///   - offsets: [N, 2], x and y in pixels; its gradient is the exact derivative.
    ///   - places: N places in pixels.
    /// - Precondition: the shapes above.
    /// - Complexity: O(N D).
    public func callAsFunction(_ offsets: Tensor, at places: [SIMD2<Float>]) -> Tensor {
        require(
            offsets.shape == [places.count, 2], "offsets of shape \(offsets.shape) for \(places.count) places")
        let (vectors, dimension) = (vectors, dimension)
        let scale = 1 / Double(vectors.count).squareRoot()
        let (source, result) = (offsets.memory, TensorMemory(count: places.count * dimension))
        result.withMutableSpan { points in
            let offsets = source.span
            for (row, place) in places.enumerated() {
                let x = Double(place.x) + Double(offsets[2 * row])
                let y = Double(place.y) + Double(offsets[2 * row + 1])
                for (wave, vector) in vectors.enumerated() {
                    // In double: a phase of thousands of pixels keeps its fraction of a turn.
                    let phase = vector.x * x + vector.y * y
                    points[row * dimension + 2 * wave] = Float(scale * cos(phase))
                    points[row * dimension + 2 * wave + 1] = Float(scale * sin(phase))
                }
            }
        }
        let slopes = vectors.map { SIMD2<Float>($0) }
        return Tensor.operation([offsets], shape: [places.count, dimension], memory: result) { pass in
            let (upstreamMemory, rows) = (pass.upstream, places.count)
            pass.accumulate(into: 0) { gradient, accumulates in
                let (upstream, points) = (upstreamMemory.span, result.span)
                for row in 0..<rows {
                    var sum = SIMD2<Float>()
                    for (wave, slope) in slopes.enumerated() {
                        let at = row * dimension + 2 * wave
                        sum += (upstream[at + 1] * points[at] - upstream[at] * points[at + 1]) * slope
                    }
                    gradient[2 * row] = (accumulates ? gradient[2 * row] : 0) + sum.x
                    gradient[2 * row + 1] = (accumulates ? gradient[2 * row + 1] : 0) + sum.y
                }
            }
        }
    }
}
