internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension SoftBoundaryMap {
    /// The map with all strengths taken away that are not the largest across their boundary.
    ///
    /// What detectors with thick output need before the benchmark, and not part of it (Dollar and Zitnick, TPAMI 2015, whose
    /// parameters these are). The direction across a boundary is that of the strongest curvature of the smoothed map (a
    /// triangle of radius 4). A strength stays if it, raised by 1 %, is at least the bilinearly interpolated one at one pixel on
    /// either side. Within 5 pixels of the border strengths are weakened in proportion to the distance.
    ///
    /// Strengths near 1, as networks give them, have no largest one but a plateau, all of which stays. The pipelines of structured
    /// edges and of HED therefore smooth the map first, by a triangle of radius 1.
    ///
    /// - Parameter smoothingRadius: of the triangle that the map is smoothed with before anything else, r + 1 - |distance| up to a
    ///   factor along rows and columns; 0 leaves it.
    /// - Precondition: `smoothingRadius` >= 0.
    /// - Complexity: O(pixels x (1 + smoothing radius)).
    public func suppressingNonMaxima(smoothingRadius: Int = 0) -> SoftBoundaryMap {
        require(smoothingRadius >= 0, "a smoothing radius of \(smoothingRadius): must be 0 or more")
        guard smoothingRadius == 0 else {
            return SoftBoundaryMap(width: width, height: height, strengths: smoothed(radius: smoothingRadius))
                .suppressingNonMaxima()
        }
        guard width > 1, height > 1 else { return self }
        let smooth = smoothed(radius: 4)
        let (dx, dy) = gradient(of: smooth)
        let dxx = gradient(of: dx).x
        let (dxy, dyy) = gradient(of: dy)
        var result = strengths
        for y in 0..<height {
            for x in 0..<width where strengths[y * width + x] > 0 {
                let place = y * width + x
                // Without mixed curvature either sign gives the axis of the larger one; sign(0) = 0 would always give x.
                let sign = dxy[place] > 0 ? -1.0 : 1
                let angle = atan(dyy[place] * sign / (dxx[place] + 1e-5))
                let (cosine, sine) = (cos(angle), sin(angle))
                let raised = 1.01 * strengths[place]
                let isLargest = [-1.0, 1].allSatisfy { side in
                    raised >= interpolated(Double(x) + side * cosine, Double(y) + side * sine)
                }
                if !isLargest { result[place] = 0 }
            }
        }
        let margin = min(5, width / 2, height / 2)
        for y in 0..<height {
            for x in 0..<width {
                for distance in [min(x, width - 1 - x), min(y, height - 1 - y)] where distance < margin {
                    result[y * width + x] *= Double(distance) / Double(margin)
                }
            }
        }
        return SoftBoundaryMap(width: width, height: height, strengths: result)
    }

    /// Convolved with a triangle along rows and columns; beyond the border the map is mirrored.
    private func smoothed(radius: Int) -> [Double] {
        let weights = (-radius...radius).map { Double(radius + 1 - abs($0)) / Double((radius + 1) * (radius + 1)) }
        func mirrored(_ place: Int, _ count: Int) -> Int {
            var place = place
            while place < 0 || place >= count { place = place < 0 ? -1 - place : 2 * count - 1 - place }
            return place
        }
        var rows = [Double](repeating: 0, count: strengths.count)
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0.0
                for (i, weight) in weights.enumerated() {
                    sum += weight * strengths[y * width + mirrored(x + i - radius, width)]
                }
                rows[y * width + x] = sum
            }
        }
        var result = rows
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0.0
                for (i, weight) in weights.enumerated() {
                    sum += weight * rows[mirrored(y + i - radius, height) * width + x]
                }
                result[y * width + x] = sum
            }
        }
        return result
    }

    /// Central differences, one-sided at the border.
    private func gradient(of values: [Double]) -> (x: [Double], y: [Double]) {
        var (dx, dy) = (values, values)
        for y in 0..<height {
            for x in 0..<width {
                let (left, right) = (max(x - 1, 0), min(x + 1, width - 1))
                let (upper, lower) = (max(y - 1, 0), min(y + 1, height - 1))
                dx[y * width + x] = (values[y * width + right] - values[y * width + left]) / Double(right - left)
                dy[y * width + x] = (values[lower * width + x] - values[upper * width + x]) / Double(lower - upper)
            }
        }
        return (dx, dy)
    }

    private func interpolated(_ x: Double, _ y: Double) -> Double {
        let (x, y) = (min(max(x, 0), Double(width) - 1.001), min(max(y, 0), Double(height) - 1.001))
        let (left, upper) = (Int(x), Int(y))
        let (right, lower) = (x - Double(left), y - Double(upper))
        let place = upper * width + left
        let above = strengths[place] * (1 - right) + strengths[place + 1] * right
        let below = strengths[place + width] * (1 - right) + strengths[place + width + 1] * right
        return above * (1 - lower) + below * lower
    }
}
