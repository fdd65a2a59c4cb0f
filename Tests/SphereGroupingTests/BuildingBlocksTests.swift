import SphereGrouping
import SphereReference
import Testing

@Suite struct DisjointSetsTests {
    @Test("number their sets in order of first appearance")
    func labels() {
        var sets = DisjointSets(count: 6)
        sets.join(4, 1)
        sets.join(5, 3)
        sets.join(1, 5)
        sets.join(3, 4)
        #expect(sets.labels() == [0, 1, 2, 1, 1, 1])
        #expect(sets.setCount == 3)
    }
}

@Suite struct SelectionTests {
    @Test("finds every rank of random values, with and without equal ones")
    func ranks() {
        var generator = SeededGenerator(seed: 1)
        for distinct in [1, 2, 10, 10_000] {
            let values = (0..<200).map { _ in Float(generator.next() % UInt64(distinct)) }
            let sorted = values.sorted(by: >)
            for rank in [1, 2, 50, 199, 200] {
                var copy = values
                #expect(Selection.largest(rank, of: &copy) == sorted[rank - 1])
            }
        }
    }
}
