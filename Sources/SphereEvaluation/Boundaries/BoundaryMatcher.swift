internal import SphereKernels

/// The pixels of one boundary map of the ground truth, and how predicted pixels correspond to them.
///
/// A pixel may correspond to a pixel within the distance (Euclidean, inclusive). The fields have a frame as wide as the distance
/// reaches within the picture, so that no search has to ask for the border.
struct BoundaryMatcher {
    let width: Int
    let height: Int
    /// Pixels of the ground truth.
    let truthCount: Int
    let stride: Int
    /// Width of the frame beside the picture, and above and below it.
    let sideMargin, topMargin: Int
    /// Places within the distance and the squares of their distances, near ones first.
    let offsets: [Int]
    let squares: [Int]
    /// Whether a place holds a pixel of the ground truth.
    let isTruth: [Bool]
    /// Partners of the places, -1 for none.
    var truthPartner: [Int32]
    var predictionPartner: [Int32]
    /// The predicted pixels in row-major order.
    var predicted: [Int32] = []
    /// Number of pairs.
    var pairs = 0
    // Scratch of the searches.
    private var seen: [Int32]
    private var stamp: Int32 = 0
    private var cameFrom: [Int32]
    private var queue: [Int32] = []
    private var closed: [Int32] = []

    init(truth: BoundaryMap, distance: Double) {
        width = truth.width
        height = truth.height
        let reach = Int(distance.rounded(.up))
        sideMargin = min(reach, max(0, width - 1))
        topMargin = min(reach, max(0, height - 1))
        let stride = width + 2 * sideMargin
        self.stride = stride
        var near: [(square: Int, offset: Int)] = []
        for dy in -topMargin...topMargin {
            for dx in -sideMargin...sideMargin where Double(dx * dx + dy * dy) <= distance * distance {
                near.append((dx * dx + dy * dy, dy * stride + dx))
            }
        }
        near.sort { ($0.square, $0.offset) < ($1.square, $1.offset) }
        offsets = near.map(\.offset)
        squares = near.map(\.square)
        let count = stride * (height + 2 * topMargin)
        var isTruth = [Bool](repeating: false, count: count)
        for y in 0..<height {
            for x in 0..<width where truth.pixels[y * width + x] {
                isTruth[(y + topMargin) * stride + x + sideMargin] = true
            }
        }
        self.isTruth = isTruth
        truthCount = truth.count
        truthPartner = [Int32](repeating: -1, count: count)
        predictionPartner = [Int32](repeating: -1, count: count)
        seen = [Int32](repeating: 0, count: count)
        cameFrom = [Int32](repeating: -1, count: count)
    }

    /// Calls `body` with the pixel number (`y * width + x`) of every predicted pixel that has a partner.
    func forEachMatched(_ body: (Int) -> Void) {
        for place in predicted where predictionPartner[Int(place)] >= 0 {
            let (row, column) = Int(place).quotientAndRemainder(dividingBy: stride)
            body((row - topMargin) * width + column - sideMargin)
        }
    }

    /// Matches `prediction` so that there are as many pairs as possible.
    ///
    /// Pairs of the prediction before are kept where both pixels still exist, and only the rest is searched: thresholds in
    /// descending order together cost little more than the lowest one alone. Pairs are added in the order of their distance,
    /// then along augmenting paths (Berge, PNAS 1957), breadth first. Where a search fails, nothing that it reached can be part
    /// of an augmenting path any more, and it is not entered again: all failing searches together cost one pass.
    mutating func match(_ prediction: BoundaryMap) {
        replacePrediction(by: prediction)
        pairByDistance()
        for place in predicted where predictionPartner[Int(place)] < 0 { augment(from: place) }
        // What is closed for this prediction may be open for the next one.
        for place in closed { seen[Int(place)] = 0 }
        closed.removeAll(keepingCapacity: true)
    }

    /// Keeps the pairs whose pixels are predicted again.
    mutating func replacePrediction(by prediction: BoundaryMap) {
        require(
            prediction.width == width && prediction.height == height,
            "a boundary map of \(prediction.width) x \(prediction.height) for a ground truth of \(width) x \(height)")
        var places: [Int32] = []
        for y in 0..<height {
            for x in 0..<width where prediction.pixels[y * width + x] {
                places.append(Int32((y + topMargin) * stride + x + sideMargin))
            }
        }
        // Both lists ascend: a merge finds what is gone.
        var next = 0
        for place in predicted {
            while next < places.count && places[next] < place { next += 1 }
            if next < places.count && places[next] == place { continue }
            let partner = Int(predictionPartner[Int(place)])
            if partner >= 0 {
                truthPartner[partner] = -1
                predictionPartner[Int(place)] = -1
                pairs -= 1
            }
        }
        predicted = places
    }

    private mutating func pairByDistance() {
        var free = predicted.filter { predictionPartner[Int($0)] < 0 }
        for offset in offsets where !free.isEmpty {
            var kept = 0
            for place in free {
                let target = Int(place) + offset
                if isTruth[target] && truthPartner[target] < 0 {
                    truthPartner[target] = place
                    predictionPartner[Int(place)] = Int32(target)
                    pairs += 1
                } else {
                    free[kept] = place
                    kept += 1
                }
            }
            free.removeSubrange(kept...)
        }
    }

    /// Adds a pair along a shortest augmenting path from the free pixel `start`, if there is one.
    private mutating func augment(from start: Int32) {
        stamp += 1
        queue.removeAll(keepingCapacity: true)
        queue.append(start)
        var head = 0
        while head < queue.count {
            let place = Int(queue[head])
            head += 1
            for offset in offsets {
                let target = place + offset
                // Closed places have the largest stamp there is.
                if !isTruth[target] || seen[target] == stamp || seen[target] == .max { continue }
                seen[target] = stamp
                cameFrom[target] = Int32(place)
                let partner = truthPartner[target]
                if partner < 0 {
                    extend(to: target)
                    return
                }
                queue.append(partner)
            }
        }
        for place in queue.dropFirst() {
            let reached = predictionPartner[Int(place)]
            seen[Int(reached)] = .max
            closed.append(reached)
        }
    }

    /// Exchanges the pairs along the path that was found to the free `target`.
    private mutating func extend(to target: Int) {
        var target = target
        while target >= 0 {
            let place = Int(cameFrom[target])
            let next = Int(predictionPartner[place])
            predictionPartner[place] = Int32(target)
            truthPartner[target] = Int32(place)
            target = next
        }
        pairs += 1
    }
}
