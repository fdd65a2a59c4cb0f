#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension BoundaryMatcher {
    /// Matches `prediction` as cheaply as possible: a pair costs its distance in hundredths of a pixel, rounded, and a predicted
    /// pixel without a partner 100 times the largest distance.
    ///
    /// An assignment problem, solved by shortest augmenting paths with prices (Jonker and Volgenant, Computing 1987), in which
    /// every predicted pixel has a place of its own to stay unmatched.
    ///
    /// - Complexity: O(pixels x distance^2) for boundaries of some order; the worst case is quadratic in the pixels.
    mutating func matchNearest(_ prediction: BoundaryMap, distance: Double) {
        for place in predicted {
            let partner = Int(predictionPartner[Int(place)])
            if partner >= 0 { truthPartner[partner] = -1 }
            predictionPartner[Int(place)] = -1
        }
        pairs = 0
        predicted = []
        replacePrediction(by: prediction)
        var search = NearestSearch(
            costs: squares.map { Int32((100 * Double($0).squareRoot()).rounded(.toNearestOrEven)) },
            unmatchedCost: Int32((100 * 100 * distance).rounded(.up)), places: isTruth.count)
        for place in predicted { search.add(place, &self) }
        pairs = predicted.reduce(0) { $0 + (predictionPartner[Int($1)] >= 0 ? 1 : 0) }
    }
}

/// The state of the shortest augmenting paths.
private struct NearestSearch {
    let costs: [Int32]
    let unmatchedCost: Int32
    /// Prices of the pixels of the ground truth, 0 or less.
    private var price: [Int32]
    /// Which offset a predicted pixel is paired by.
    private var choice: [Int32]
    private var distance: [Int32]
    private var cameFrom: [Int32]
    private var offsetTaken: [Int32]
    private var touched: [Int32] = []
    private var settled: [Int32] = []
    private var heap = DistanceHeap()

    init(costs: [Int32], unmatchedCost: Int32, places: Int) {
        self.costs = costs
        self.unmatchedCost = unmatchedCost
        price = [Int32](repeating: 0, count: places)
        choice = [Int32](repeating: -1, count: places)
        distance = [Int32](repeating: .max, count: places)
        cameFrom = [Int32](repeating: -1, count: places)
        offsetTaken = [Int32](repeating: 0, count: places)
    }

    /// Makes the best of the predicted pixel `start`: a pair, a chain of exchanged pairs, or another pixel left unmatched.
    mutating func add(_ start: Int32, _ matcher: inout BoundaryMatcher) {
        // The best end so far: the pixel of the ground truth that is free, or the predicted pixel that gives up its partner.
        var best = unmatchedCost
        var freeEnd = -1
        var leftEnd = Int(start)
        relax(from: Int(start), base: 0, best: best, matcher)
        while let (target, reached) = heap.pop() {
            if reached >= best { break }
            // An older entry of a place that has been reached on a shorter way since.
            if reached > distance[target] { continue }
            let partner = Int(matcher.truthPartner[target])
            if partner < 0 {
                best = reached
                freeEnd = target
                break
            }
            settled.append(Int32(target))
            // From the partner on, what its present pair costs is saved.
            let base = reached - (costs[Int(choice[partner])] - price[target])
            if base + unmatchedCost < best {
                best = base + unmatchedCost
                leftEnd = partner
            }
            relax(from: partner, base: base, best: best, matcher)
        }
        for target in settled where distance[Int(target)] < best { price[Int(target)] += distance[Int(target)] - best }
        exchange(from: Int(start), freeEnd: freeEnd, leftEnd: leftEnd, &matcher)
        for target in touched { distance[Int(target)] = .max }
        touched.removeAll(keepingCapacity: true)
        settled.removeAll(keepingCapacity: true)
        heap.removeAll()
    }

    private mutating func relax(from place: Int, base: Int32, best: Int32, _ matcher: BoundaryMatcher) {
        for index in costs.indices {
            let target = place + matcher.offsets[index]
            guard matcher.isTruth[target] else { continue }
            let reached = base + costs[index] - price[target]
            guard reached < best, reached < distance[target] else { continue }
            if distance[target] == .max { touched.append(Int32(target)) }
            distance[target] = reached
            cameFrom[target] = Int32(place)
            offsetTaken[target] = Int32(index)
            heap.push(target, reached)
        }
    }

    private mutating func exchange(from start: Int, freeEnd: Int, leftEnd: Int, _ matcher: inout BoundaryMatcher) {
        var target = freeEnd
        if target < 0 {
            // `leftEnd` stays alone; if it had a partner, that goes to the pixel before it on the path.
            target = Int(matcher.predictionPartner[leftEnd])
            matcher.predictionPartner[leftEnd] = -1
        }
        while target >= 0 {
            let place = Int(cameFrom[target])
            let next = Int(matcher.predictionPartner[place])
            matcher.predictionPartner[place] = Int32(target)
            matcher.truthPartner[target] = Int32(place)
            choice[place] = offsetTaken[target]
            target = place == start ? -1 : next
        }
    }
}

/// A binary heap of places by their distance; equal distances by the place, so that the order is always the same.
private struct DistanceHeap {
    private var keys: [UInt64] = []

    mutating func removeAll() { keys.removeAll(keepingCapacity: true) }

    mutating func push(_ place: Int, _ distance: Int32) {
        // Distances from 0 on order as unsigned numbers do.
        keys.append(UInt64(UInt32(bitPattern: distance)) << 32 | UInt64(place))
        var child = keys.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if keys[parent] <= keys[child] { break }
            keys.swapAt(parent, child)
            child = parent
        }
    }

    mutating func pop() -> (place: Int, distance: Int32)? {
        guard let first = keys.first else { return nil }
        let last = keys.removeLast()
        if !keys.isEmpty {
            keys[0] = last
            var parent = 0
            while true {
                var child = 2 * parent + 1
                if child >= keys.count { break }
                if child + 1 < keys.count && keys[child + 1] < keys[child] { child += 1 }
                if keys[parent] <= keys[child] { break }
                keys.swapAt(parent, child)
                parent = child
            }
        }
        return (Int(first & 0xffff_ffff), Int32(bitPattern: UInt32(truncatingIfNeeded: first >> 32)))
    }
}
