import SphereData
import SphereEvaluation
import SphereKernels
import SphereReference
import Testing

@Suite("JointHistogram") struct JointHistogramTests {
    /// Counts of pairs by a dictionary, pixel by pixel.
    private func naive(_ a: [Int32], _ b: [Int32]) -> [SIMD2<Int32>: Int] {
        var counts: [SIMD2<Int32>: Int] = [:]
        for (x, y) in zip(a, b) { counts[SIMD2(x, y), default: 0] += 1 }
        return counts
    }

    private func check(_ a: [Int32], _ b: [Int32], threads: Int = 1, _ note: String) {
        let histogram = JointHistogram(truth: a.span, prediction: b.span, on: Execution(threads: threads))
        let counts = naive(a, b)
        #expect(histogram.cells.count == counts.count, "\(note)")
        for cell in histogram.cells {
            let pair = SIMD2(histogram.truthLabels[cell.row], histogram.predictedLabels[cell.column])
            #expect(counts[pair] == cell.count, "\(note)")
        }
        #expect(histogram.truthLabels == Set(a).sorted() && histogram.predictedLabels == Set(b).sorted(), "\(note)")
        #expect(
            histogram.truthSizes == histogram.truthLabels.map { label in a.filter { $0 == label }.count }, "\(note)")
        #expect(
            histogram.predictedSizes == histogram.predictedLabels.map { label in b.filter { $0 == label }.count },
            "\(note)")
        #expect(histogram.total == a.count, "\(note)")
    }

    @Test("counts what a dictionary counts, for runs and for noise, for near and far labels")
    func againstDictionary() {
        var generator = SeededGenerator(seed: 1)
        let ranges: [ClosedRange<Int32>] = [0...1, 0...9, -5...40, 1...100_000, .min ... .max]
        for count in [1, 2, 7, 8, 9, 16, 17, 63, 700] {
            for range in ranges {
                for longestRun in [1, 5, 40] {
                    func labels() -> [Int32] {
                        var labels: [Int32] = []
                        while labels.count < count {
                            let label = Int32.random(in: range, using: &generator)
                            let run = Int.random(in: 1...longestRun, using: &generator)
                            labels += [Int32](repeating: label, count: min(run, count - labels.count))
                        }
                        return labels
                    }
                    check(labels(), labels(), "\(count) pixels, \(range), runs to \(longestRun), seed 1")
                }
            }
        }
    }

    @Test("grows its hash table beyond the first size")
    func manyPairs() {
        var generator = SeededGenerator(seed: 2)
        let a = (0..<20_000).map { _ in Int32.random(in: 0...1_000_000, using: &generator) }
        let b = (0..<20_000).map { _ in Int32.random(in: 0...3, using: &generator) }
        let histogram = JointHistogram(truth: a.span, prediction: b.span)
        #expect(histogram.cells.count == naive(a, b).count && histogram.truthSizes.reduce(0, +) == a.count)
        #expect(histogram.count(truth: a[7], prediction: b[7]) == naive(a, b)[SIMD2(a[7], b[7])])
    }

    @Test("is the same for any number of threads", arguments: [Int32(20), 5_000_000])
    func threads(largest: Int32) {
        var generator = SeededGenerator(seed: 3)
        var label: Int32 = 0
        let a = (0..<800_000).map { i in
            if i % 11 == 0 { label = Int32.random(in: 0...largest, using: &generator) }
            return label
        }
        let b = Array(a.reversed())
        let one = JointHistogram(truth: a.span, prediction: b.span, on: Execution(threads: 1))
        for threads in [2, 3, 8] {
            #expect(JointHistogram(truth: a.span, prediction: b.span, on: Execution(threads: threads)) == one)
        }
    }

    @Test("of no pixels has no labels")
    func empty() throws {
        let map = LabelMap(width: 0, height: 4, labels: [])
        let histogram = try JointHistogram(truth: map, prediction: map)
        #expect(histogram.total == 0 && histogram.cells.isEmpty && histogram.rowStarts == [0])
    }

    @Test("refuses maps of different sizes and names both")
    func sizes() {
        let a = LabelMap(width: 2, height: 3, labels: [Int32](repeating: 0, count: 6))
        let b = LabelMap(width: 3, height: 2, labels: [Int32](repeating: 0, count: 6))
        let error = #expect(throws: EvaluationError.self) { try JointHistogram(truth: a, prediction: b) }
        #expect(error?.description == "the ground truth has 2 x 3 pixels, the prediction 3 x 2")
    }

    @Test("looks up counts, and 0 for labels that do not occur")
    func lookUp() {
        let (a, b): ([Int32], [Int32]) = ([5, 5, -1, 7], [0, 2, 2, 0])
        let histogram = JointHistogram(truth: a.span, prediction: b.span)
        #expect(histogram.count(truth: 5, prediction: 2) == 1 && histogram.count(truth: 7, prediction: 0) == 1)
        #expect(histogram.count(truth: 7, prediction: 2) == 0 && histogram.count(truth: 6, prediction: 2) == 0)
        #expect(histogram.row(ofTruth: 7) == 2 && histogram.column(ofPrediction: 1) == nil)
    }

    @Test("loses the pixels of removed labels, transposes, and merges")
    func selection() {
        var generator = SeededGenerator(seed: 4)
        let a = (0..<500).map { _ in Int32.random(in: 0...6, using: &generator) }
        let b = (0..<500).map { _ in Int32.random(in: 3...9, using: &generator) }
        let all = JointHistogram(truth: a.span, prediction: b.span)
        let kept = zip(a, b).filter { ![0, 4, 99].contains($0.0) && $0.1 != 5 }
        let (keptA, keptB) = (kept.map(\.0), kept.map(\.1))
        #expect(
            all.removing(truthLabels: [0, 4, 99], predictedLabels: [5])
                == JointHistogram(truth: keptA.span, prediction: keptB.span))
        #expect(all.transposed == JointHistogram(truth: b.span, prediction: a.span))
        #expect(all.transposed.transposed == all)
        let (firstA, firstB) = (Array(a[..<200]), Array(b[..<200]))
        let (restA, restB) = (Array(a[200...]), Array(b[200...]))
        let first = JointHistogram(truth: firstA.span, prediction: firstB.span)
        let rest = JointHistogram(truth: restA.span, prediction: restB.span)
        #expect(first.merged(with: rest) == all && rest.merged(with: first) == all)
    }
}
