internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A number for each pixel of a square, row by row: the brightness of a crop, and what a training does with it.
struct SquareMap {
    /// Pixels of a side.
    let side: Int
    /// side x side numbers.
    private(set) var values: [Float]

    /// - Precondition: side x side numbers.
    init(side: Int, values: [Float]) {
        require(side >= 1 && values.count == side * side, "\(values.count) numbers for a square of side \(side)")
        self.side = side
        self.values = values
    }

    /// The map convolved with a Gaussian; beyond the border its pixels go on.
    ///
    /// - Precondition: the deviation is finite and 0 or more.
    /// - Complexity: O(pixels (1 + deviation)).
    func blurred(deviation: Double) -> SquareMap {
        require(deviation >= 0 && deviation.isFinite, "a blur of \(deviation): must be finite and 0 or more")
        let radius = Int((3 * deviation).rounded(.up))
        if radius == 0 { return self }
        var weights = (-radius...radius).map { Float(exp(-0.5 * pow(Double($0) / deviation, 2))) }
        let sum = weights.reduce(0, +)
        for i in weights.indices { weights[i] /= sum }
        // Twice along rows, rows and columns exchanged each time.
        return alongRows(weights, radius).alongRows(weights, radius)
    }

    private func alongRows(_ weights: [Float], _ radius: Int) -> SquareMap {
        var result = self
        var row = [Float](repeating: 0, count: side + 2 * radius)
        for y in 0..<side {
            for x in row.indices { row[x] = values[y * side + min(max(x - radius, 0), side - 1)] }
            for x in 0..<side {
                var sum: Float = 0
                for (tap, weight) in weights.enumerated() { sum += weight * row[x + tap] }
                result.values[x * side + y] = sum
            }
        }
        return result
    }

    /// The map with objects brought nearer to what surrounds them: value = ground + factor (value - ground) where the value is above it.
    ///
    /// The ground is the mean of pixels of no object, weighted by a Gaussian of 6 pixels; deep inside crowds it is that of the whole map. An
    /// object's factor goes on for three pixels around it, which its glow may reach, and then runs into that of others.
    ///
    /// - Parameters:
    ///   - labels: of the pixels, 0 for no object.
    ///   - factor: of the object with the given label, asked for in ascending order.
    /// - Precondition: a label for each pixel.
    func dimmed(_ labels: [Int32], by factor: (Int32) -> Float) -> SquareMap {
        require(labels.count == values.count, "\(labels.count) labels for \(values.count) pixels")
        var factors: [Int32: Float] = [0: 1]
        for label in Set(labels).subtracting([0]).sorted() { factors[label] = factor(label) }
        let reached = Self.grown(labels, side: side, pixels: 3)
        let strengths = SquareMap(side: side, values: reached.map { factors[$0]! }).blurred(deviation: 1)

        let isGround = reached.map { $0 == 0 ? Float(1) : 0 }
        let count = isGround.reduce(0, +)
        // Nothing but objects: their darkest pixel.
        let mean = count > 0 ? zip(values, isGround).reduce(0) { $0 + $1.0 * $1.1 } / count : values.min()!
        let shares = SquareMap(side: side, values: isGround).blurred(deviation: 6)
        let sums = SquareMap(side: side, values: zip(values, isGround).map { $0 * $1 }).blurred(deviation: 6)
        var result = self
        for i in values.indices {
            let ground = (sums.values[i] + 1e-3 * mean) / (shares.values[i] + 1e-3)
            if values[i] > ground { result.values[i] = ground + strengths.values[i] * (values[i] - ground) }
        }
        return result
    }

    /// `labels` grown into pixels of the label 0, from neighbours of an edge, `pixels` times.
    private static func grown(_ labels: [Int32], side: Int, pixels: Int) -> [Int32] {
        var labels = labels
        for _ in 0..<pixels {
            let old = labels
            for y in 0..<side {
                for x in 0..<side where old[y * side + x] == 0 {
                    let place = y * side + x
                    if x > 0 && old[place - 1] != 0 {
                        labels[place] = old[place - 1]
                    } else if x + 1 < side && old[place + 1] != 0 {
                        labels[place] = old[place + 1]
                    } else if y > 0 && old[place - side] != 0 {
                        labels[place] = old[place - side]
                    } else if y + 1 < side && old[place + side] != 0 {
                        labels[place] = old[place + side]
                    }
                }
            }
        }
        return labels
    }
}
