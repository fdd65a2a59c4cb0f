public import SphereData
public import SphereKernels

extension JointHistogram {
    /// The joint histogram of two label maps.
    ///
    /// Counted in a table with a place for every pair where the ranges of the labels allow it, else in a hash table.
    ///
    /// - Parameter execution: threads; the result does not depend on their number.
    /// - Complexity: O(pixels + cells log cells); memory O(pairs that occur), at most O(pixels).
    /// - Throws: `EvaluationError.sizesDiffer` if the maps have different sizes.
    public init(
        truth: LabelMap, prediction: LabelMap, on execution: Execution = Execution(threads: 1)
    ) throws(EvaluationError) {
        guard truth.width == prediction.width, truth.height == prediction.height else {
            throw .sizesDiffer(
                truthWidth: truth.width, truthHeight: truth.height, predictionWidth: prediction.width,
                predictionHeight: prediction.height)
        }
        self.init(truth: truth.labels.span, prediction: prediction.labels.span, on: execution)
    }

    /// The joint histogram of two labellings of the same points.
    ///
    /// - Precondition: both have the same length, at most 2^31 points.
    /// - Complexity: as ``init(truth:prediction:on:)``.
    public init(truth: Span<Int32>, prediction: Span<Int32>, on execution: Execution = Execution(threads: 1)) {
        require(
            truth.count == prediction.count,
            "labellings of \(truth.count) and \(prediction.count) points: both must have the same length")
        require(truth.count <= 1 << 31, "a labelling of \(truth.count) points: at most 2^31 are counted")
        guard truth.count > 0 else {
            self.init(truthLabels: [], predictedLabels: [], cells: [])
            return
        }
        self = truth.withUnsafeBufferPointer { truth in
            prediction.withUnsafeBufferPointer { prediction in
                let (a, b) = (truth.baseAddress!, prediction.baseAddress!)
                let (rows, columns) = (Self.range(truth), Self.range(prediction))
                // Clearing and reading the table must not cost more than the pass over the pixels.
                if DensePairCounter.places(rows, columns) <= max(4096, truth.count / 2) {
                    let empty = DensePairCounter(truth: rows, prediction: columns)
                    return Self.count(a, b, truth.count, into: empty, execution.threads)
                }
                return Self.count(a, b, truth.count, into: HashedPairCounter(), execution.threads)
            }
        }
    }

    /// Pixels of a unit of work.
    private static let bandPixels = 1 << 18

    private static func count<Counter: PairCounter>(
        _ truth: UnsafePointer<Int32>, _ prediction: UnsafePointer<Int32>, _ count: Int, into empty: Counter,
        _ threads: Int
    ) -> JointHistogram {
        let bands = (count + bandPixels - 1) / bandPixels
        let workers = min(threads, bands)
        if workers == 1 {
            var counter = empty
            counter.count(truth, prediction, 0..<count)
            return counter.histogram()
        }
        nonisolated(unsafe) let (truth, prediction) = (truth, prediction)
        var counters = [Counter](repeating: empty, count: workers)
        counters.withUnsafeMutableBufferPointer { buffer in
            // A worker's counter is used by one call at a time.
            nonisolated(unsafe) let counters = buffer.baseAddress!
            parallelFor(units: bands, threads: threads) { worker, band in
                let start = band * bandPixels
                counters[worker].count(truth, prediction, start..<min(start + bandPixels, count))
            }
        }
        var all = counters[0]
        for counter in counters.dropFirst() { all.merge(counter) }
        return all.histogram()
    }

    /// Smallest and largest label.
    private static func range(_ labels: UnsafeBufferPointer<Int32>) -> ClosedRange<Int32> {
        var smallest = SIMD8<Int32>(repeating: labels[0])
        var largest = smallest
        var i = 0
        let start = UnsafeRawPointer(labels.baseAddress!)
        while i + 8 <= labels.count {
            let next = (start + 4 * i).loadUnaligned(as: SIMD8<Int32>.self)
            smallest.replace(with: next, where: next .< smallest)
            largest.replace(with: next, where: next .> largest)
            i += 8
        }
        var (low, high) = (smallest.min(), largest.max())
        while i < labels.count {
            low = min(low, labels[i])
            high = max(high, labels[i])
            i += 1
        }
        return low...high
    }
}
