/// How the pixels of one axis of a resized map are made of those of the source, and back.
struct BilinearAxis: Sendable {
    /// The source pixels on both sides of every result pixel; the same where the result pixel lies on one.
    let lower, upper: [Int]
    /// The weight of the upper one.
    let fractions: [Float]
    /// The transpose: source pixel s is part of the result pixels `targets[starts[s]..<starts[s + 1]]`, which follow one another, with `weights`.
    let starts: [Int]
    let targets: [Int]
    let weights: [Float]

    init(from size: Int, to count: Int, _ alignment: BilinearResize.Alignment) {
        var (lower, upper, fractions): ([Int], [Int], [Double]) = ([], [], [])
        for i in 0..<count {
            let position = alignment.position(of: i, from: size, to: count)
            let below = min(Int(position), size - 1)
            let fraction = position - Double(below)
            lower.append(below)
            upper.append(fraction > 0 ? below + 1 : below)
            fractions.append(fraction)
        }
        self.lower = lower
        self.upper = upper
        self.fractions = fractions.map { Float($0) }
        var parts = [[(target: Int, weight: Float)]](repeating: [], count: size)
        for i in 0..<count {
            // As the forward pass has them.
            let f = self.fractions[i]
            parts[lower[i]].append((i, 1 - f))
            if upper[i] != lower[i] { parts[upper[i]].append((i, f)) }
        }
        var starts = [0]
        for part in parts { starts.append(starts.last! + part.count) }
        self.starts = starts
        targets = parts.flatMap { $0.map(\.target) }
        weights = parts.flatMap { $0.map(\.weight) }
    }
}

extension BilinearResize.Alignment {
    /// Where the centre of result pixel `i` of `count` lies among the `size` source pixels, in [0, size - 1].
    func position(of i: Int, from size: Int, to count: Int) -> Double {
        switch self {
        case .halfPixels:
            let position = (Double(i) + 0.5) * Double(size) / Double(count) - 0.5
            return min(max(0, position), Double(size - 1))
        case .corners:
            return count == 1 ? 0 : Double(i) * Double(size - 1) / Double(count - 1)
        }
    }
}
