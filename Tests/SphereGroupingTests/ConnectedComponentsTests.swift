import SphereGrouping
import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct ConnectedComponentsTests {
    /// Flood fill over all pairs of the cosines that the search itself compares.
    private func naiveLabels(_ points: Matrix, _ threshold: Float) -> [Int] {
        let cosines = CosineSimilarity.symmetric(RowNorms.normalized(points))
        var labels = [Int](repeating: -1, count: points.rows)
        var next = 0
        for start in 0..<points.rows where labels[start] < 0 {
            var open = [start]
            labels[start] = next
            while let i = open.popLast() {
                for j in 0..<points.rows where labels[j] < 0 && cosines[i, j] >= threshold {
                    labels[j] = next
                    open.append(j)
                }
            }
            next += 1
        }
        return labels
    }

    @Test("are those of a flood fill, for loose and tight clusters", arguments: [0.02, 0.1, 0.3, 1.0])
    func floodFill(noise: Double) {
        var generator = SeededGenerator(seed: 1)
        for dimension in [2, 3, 8] {
            for count in keepsToSmallSizes ? [1, 60] : [1, 2, 100, 700] {
                let points = generator.clusteredRows(count, dimension: dimension, clusters: 6, noise: noise)
                for threshold: Float in [-1, 0, 0.5, 0.9, 0.98, 0.999, 0.999_999, 1] {
                    #expect(
                        ConnectedComponents.labels(of: points, minimumCosine: threshold)
                            == naiveLabels(points, threshold),
                        "\(count) x \(dimension), threshold \(threshold), seed 1")
                }
            }
        }
    }

    @Test("join a chain of which only neighbours are near")
    func chain() {
        let count = 300
        let points = Matrix(
            (0..<count).map { i in
                let angle = Double(i) * 0.01
                let normal = Reference.normalized(Matrix([[Float(1 - angle * angle / 2), Float(angle)]]))
                return normal.elements.map(Float.init)
            })
        #expect(Set(ConnectedComponents.labels(of: points, minimumCosine: 0.9998)) == [0])
    }

    @Test("do not depend on the order of the points")
    func order() {
        var generator = SeededGenerator(seed: 2)
        let points = generator.clusteredRows(400, dimension: 4, clusters: 9, noise: 0.2)
        let labels = ConnectedComponents.labels(of: points, minimumCosine: 0.97)
        for _ in 0..<5 {
            let order = Array(0..<400).shuffled(using: &generator)
            let permuted = ConnectedComponents.labels(of: points.selectingRows(order), minimumCosine: 0.97)
            #expect(samePartition(order.map { labels[$0] }, permuted))
        }
    }

    @Test("of no points are none, of one point one")
    func small() {
        #expect(ConnectedComponents.labels(of: Matrix(rows: 0, columns: 3), minimumCosine: 0.5) == [])
        #expect(ConnectedComponents.labels(of: Matrix([[1, 0]]), minimumCosine: 0.5) == [0])
    }
}

/// Whether two labellings group the points alike, whatever the numbers.
func samePartition<A: Hashable, B: Hashable>(_ a: [A], _ b: [B]) -> Bool {
    var forward: [A: B] = [:]
    var backward: [B: A] = [:]
    for (x, y) in zip(a, b) {
        if forward.updateValue(y, forKey: x) ?? y != y || backward.updateValue(x, forKey: y) ?? x != x { return false }
    }
    return a.count == b.count
}
