import SphereKernels
import TestSupport
import Testing

@Suite struct MatrixTests {
    @Test("is row-major")
    func layout() {
        let matrix = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
        #expect(matrix[1, 0] == 4)
        #expect(Array(matrix.row(1)) == [4, 5, 6])
        #expect(matrix == Matrix([[1, 2, 3], [4, 5, 6]]))
        #expect(matrix.selectingRows([1, 0, 1]) == Matrix([[4, 5, 6], [1, 2, 3], [4, 5, 6]]))
    }

    @Test("may be empty in either direction")
    func empty() {
        #expect(Matrix(rows: 0, columns: 3).elements.isEmpty)
        #expect(Matrix(rows: 3, columns: 0).row(2).isEmpty)
        #expect(Matrix([]) == Matrix(rows: 0, columns: 0))
        #expect(Matrix(rows: 0, columns: 3).view.rows == 0)
    }

    @Test("traps on a wrong number of elements, with both numbers in the message")
    func wrongCount() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Matrix(rows: 2, columns: 3, elements: [1, 2])
        }
        #expect(messages(of: result).contains("a matrix of 2 x 3 has 6 elements, 2 were given"))
    }

    @Test("traps on a view that leaves its memory, with both numbers in the message")
    func viewOutside() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let memory = [Float](repeating: 0, count: 10)
            _ = MatrixView(memory.span, rows: 3, columns: 2, rowStride: 5).rows
        }
        #expect(messages(of: result).contains("spans 12 elements; the memory has 10"))
    }
}
