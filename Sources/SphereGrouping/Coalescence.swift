internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Points that have met, each set of them as one weighted point.
struct Coalescence {
    /// The distinct points, unit rows, in the order of their first members.
    let points: Matrix
    /// The distinct point of every point before.
    let assignment: [Int32]
    /// Sums of the members' weights and multiplicities.
    let weights: [Float]
    let multiplicities: [Int]
    /// Of every distinct point, the largest sum of a member's own angle and its angle to the distinct point.
    let angles: [Double]

    /// Merges `points` (M x D, unit rows) within `radius` of leaders among them; `nil` unless at most `limit` are left.
    ///
    /// In the order of the coordinate that varies most, a point joins the first leader whose distance is at most `radius`, or becomes
    /// one. Members become their weighted mean direction, so that errors of first order cancel in sums over all points.
    ///
    /// - Complexity: O(M log M + M L D) for the L leaders within `radius` in one coordinate: few where points are spread or
    ///   have met.
    init?(
        _ points: Matrix, weights: [Float], multiplicities: [Int], angles: [Double], radius: Float, limit: Int
    ) {
        guard radius > 0, limit > 0, points.rows > limit else { return nil }
        guard let leaders = Self.leaders(points, radius: radius, limit: limit) else { return nil }
        let (rows, dimension) = (points.rows, points.columns)
        // Numbers by first appearance: the order of groups must not depend on the coordinate.
        var numbers = [Int32](repeating: -1, count: rows)
        var count = 0
        let assignment = leaders.map { leader -> Int32 in
            if numbers[leader] < 0 {
                numbers[leader] = Int32(count)
                count += 1
            }
            return numbers[leader]
        }
        var sums = [Double](repeating: 0, count: count * dimension)
        var totals = [Double](repeating: 0, count: count)
        var members = [Int](repeating: 0, count: count)
        for row in 0..<rows {
            let number = Int(assignment[row])
            // A point without a weight has a place all the same.
            let weight = max(Double(weights[row]), 1e-30)
            totals[number] += Double(weights[row])
            members[number] += multiplicities[row]
            for k in 0..<dimension { sums[number * dimension + k] += weight * Double(points[row, k]) }
        }
        var merged = Matrix(rows: count, columns: dimension)
        for number in 0..<count {
            var square = 0.0
            for k in 0..<dimension { square += sums[number * dimension + k] * sums[number * dimension + k] }
            for k in 0..<dimension { merged[number, k] = Float(sums[number * dimension + k] / square.squareRoot()) }
        }
        var reach = [Double](repeating: 0, count: count)
        for row in 0..<rows {
            let number = Int(assignment[row])
            var square = 0.0
            for k in 0..<dimension {
                let difference = Double(points[row, k]) - Double(merged[number, k])
                square += difference * difference
            }
            reach[number] = max(reach[number], angles[row] + 2 * asin(min(1, square.squareRoot() / 2)))
        }
        self.points = merged
        self.assignment = assignment
        self.weights = totals.map(Float.init)
        self.multiplicities = members
        self.angles = reach
    }

    /// The leader of every point, `nil` if there are more than `limit`.
    private static func leaders(_ points: Matrix, radius: Float, limit: Int) -> [Int]? {
        let (rows, dimension) = (points.rows, points.columns)
        let elements = points.elements
        let key = widestCoordinate(points)
        let order = (0..<rows).sorted {
            let (a, b) = (elements[$0 * dimension + key], elements[$1 * dimension + key])
            return a == b ? $0 < $1 : a < b
        }
        if !haveMet(points, order, key, radius) { return nil }
        var result = [Int](repeating: -1, count: rows)
        var leaders: [Int] = []
        var first = 0
        let largest = radius * radius
        let isFew = elements.withUnsafeBufferPointer { elements in
            for row in order {
                let point = row * dimension
                // Leaders that are behind by more than the radius are behind all that follow.
                while first < leaders.count, elements[point + key] - elements[leaders[first] * dimension + key] > radius
                {
                    first += 1
                }
                let leader = leaders[first...].first { leader in
                    var square: Float = 0
                    for k in 0..<dimension {
                        let difference = elements[point + k] - elements[leader * dimension + k]
                        square += difference * difference
                        if square > largest { return false }
                    }
                    return true
                }
                if let leader {
                    result[row] = leader
                } else {
                    if leaders.count == limit { return false }
                    leaders.append(row)
                    result[row] = row
                }
            }
            return true
        }
        return isFew ? result : nil
    }

    /// Whether enough of a sample of the points have another within `radius` among the next in `order`, which goes by the coordinate `key`.
    ///
    /// Tells soon that most points are still on their way, as they are in the first steps.
    private static func haveMet(_ points: Matrix, _ order: [Int], _ key: Int, _ radius: Float) -> Bool {
        let (rows, dimension) = (points.rows, points.columns)
        let (sample, reach) = (min(rows, 256), 256)
        let elements = points.elements
        var met = 0
        for i in 0..<sample {
            let place = i * rows / sample
            let point = order[place] * dimension
            for other in order[min(rows, place + 1)..<min(rows, place + reach)] {
                let next = other * dimension
                if elements[next + key] - elements[point + key] > radius { break }
                var square: Float = 0
                for k in 0..<dimension {
                    square += (elements[point + k] - elements[next + k]) * (elements[point + k] - elements[next + k])
                }
                if square <= radius * radius {
                    met += 1
                    break
                }
            }
        }
        return 4 * met >= sample
    }

    private static func widestCoordinate(_ points: Matrix) -> Int {
        var variances: [Double] = []
        for k in 0..<points.columns {
            var (sum, squares) = (0.0, 0.0)
            for row in 0..<points.rows {
                let x = Double(points[row, k])
                sum += x
                squares += x * x
            }
            variances.append(squares - sum * sum / Double(points.rows))
        }
        return variances.indices.max { variances[$0] < variances[$1] } ?? 0
    }
}
