import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct MatrixProductTests {
    /// Around the rows of a tile (6, 8), twice that, lanes (4, 8, 16) and panels (8, 16, 48), and blocks of them.
    private static let sizes =
        keepsToSmallSizes
        ? [0, 1, 5, 9, 17, 49]
        : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 25, 31, 33, 47, 48, 49, 63, 65, 97]
    private static let innerSizes = keepsToSmallSizes ? [0, 1, 9] : [0, 1, 2, 9, 27, 64]

    private static let allOptions: [ProductOptions] = [false, true].flatMap { left in
        [false, true].flatMap { right in
            [(Float(1), Float(0)), (-0.5, 0), (1, 1), (2, -0.25), (0, 3)].map { alpha, beta in
                ProductOptions(
                    transposesLeft: left, transposesRight: right, alpha: alpha, beta: beta,
                    rectifies: left != right && beta != 0)
            }
        }
    }

    private struct Operands {
        let a: Matrix
        let b: Matrix
        let c: Matrix
        let columnBias: [Float]
        let rowBias: [Float]

        init(_ m: Int, _ k: Int, _ n: Int, _ options: ProductOptions, _ generator: inout SeededGenerator) {
            a =
                options.transposesLeft
                ? generator.normalMatrix(rows: k, columns: m) : generator.normalMatrix(rows: m, columns: k)
            b =
                options.transposesRight
                ? generator.normalMatrix(rows: n, columns: k) : generator.normalMatrix(rows: k, columns: n)
            c = generator.normalMatrix(rows: m, columns: n)
            columnBias = generator.normalMatrix(rows: 1, columns: n).elements
            rowBias = generator.normalMatrix(rows: 1, columns: m).elements
        }

        func result(_ options: ProductOptions, biased: Bool, on execution: Execution) -> Matrix {
            var result = c
            if options.beta == 0 { result = Matrix(rows: c.rows, columns: c.columns, repeating: .nan) }
            var view = result.mutableView
            if biased {
                MatrixProduct.multiply(
                    a.view, b.view, into: &view, options: options, columnBias: columnBias.span, rowBias: rowBias.span,
                    on: execution)
            } else {
                MatrixProduct.multiply(a.view, b.view, into: &view, options: options, on: execution)
            }
            return result
        }

        func error(of result: Matrix, _ options: ProductOptions, biased: Bool) -> ErrorReport {
            let (columns, rows) = (biased ? columnBias : nil, biased ? rowBias : nil)
            let exact = Reference.matrixProduct(
                a, b, adding: c, options: options, columnBias: columns, rowBias: rows)
            let magnitudes = Reference.matrixProductMagnitudes(
                a, b, adding: c, options: options, columnBias: columns, rowBias: rows)
            return ErrorReport.relative(result.elements, exact.elements, to: magnitudes.elements)
        }
    }

    @Test("agrees with the reference for every size", arguments: InstructionSet.available)
    func sizes(set: InstructionSet) {
        var generator = SeededGenerator(seed: 1)
        var number = 0
        for m in Self.sizes {
            for n in Self.sizes {
                let k = Self.innerSizes[number % Self.innerSizes.count]
                let options = Self.allOptions[number % Self.allOptions.count]
                let biased = number % 3 == 0
                number += 1
                let operands = Operands(m, k, n, options, &generator)
                let report = operands.error(
                    of: operands.result(options, biased: biased, on: Execution(for: set)), options, biased: biased)
                #expect(
                    report.maximum <= AccuracyLimits.matrixProduct(inner: k),
                    "\(m) x \(k) x \(n), \(options), biased \(biased), element \(report.worstIndex ?? -1)")
            }
        }
    }

    @Test(
        "agrees with the reference over blocks of the inner index and of the columns",
        arguments: InstructionSet.available,
        [(19, 512, 50), (19, 513, 50), (7, 1100, 17), (13, 1025, 301), (3, 700, 260), (50, 530, 530), (1, 600, 9)])
    func blocks(set: InstructionSet, shape: (m: Int, k: Int, n: Int)) {
        var generator = SeededGenerator(seed: 2)
        for options in Self.allOptions {
            let operands = Operands(shape.m, shape.k, shape.n, options, &generator)
            let report = operands.error(
                of: operands.result(options, biased: true, on: Execution(for: set)), options, biased: true)
            #expect(
                report.maximum <= AccuracyLimits.matrixProduct(inner: shape.k),
                "\(shape), \(options), element \(report.worstIndex ?? -1)")
        }
    }

    @Test("reads and writes nothing but the operands", arguments: InstructionSet.available)
    func strides(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 3)
        for (m, k, n) in [(1, 1, 1), (6, 5, 16), (7, 17, 33), (25, 600, 49), (3, 9, 70), (4, 3, 600)] {
            for options in Self.allOptions {
                let operands = Operands(m, k, n, options, &generator)
                let (a, b) = (StridedCopy(operands.a), StridedCopy(operands.b, offset: 1, gap: 3))
                var c = StridedCopy(operands.c, offset: 2, gap: 7)
                c.withMutableView {
                    MatrixProduct.multiply(
                        a.view, b.view, into: &$0, options: options, columnBias: operands.columnBias.span,
                        rowBias: operands.rowBias.span, on: execution)
                }
                #expect(c.matrix == operands.result(options, biased: true, on: execution), "\((m, k, n)), \(options)")
                #expect(c.surroundingsAreUntouched, "\((m, k, n)), \(options)")
            }
        }
    }

    @Test("gives the same bits with operands packed beforehand", arguments: InstructionSet.available)
    func packed(set: InstructionSet) {
        let execution = Execution(for: set)
        var generator = SeededGenerator(seed: 4)
        let workspace = ProductWorkspace()
        for (m, k, n) in [(1, 3, 5), (13, 20, 33), (6, 513, 64), (101, 1100, 145), (9, 0, 9), (31, 40, 600)] {
            for options in Self.allOptions where !options.rectifies {
                let operands = Operands(m, k, n, options, &generator)
                let expected = operands.result(options, biased: false, on: execution)
                let left = PackedMatrix(
                    operands.a.view, for: .left, isTransposed: options.transposesLeft, on: execution)
                let right = PackedMatrix(
                    operands.b.view, for: .right, isTransposed: options.transposesRight, on: execution)
                #expect(left.rows == m && left.columns == k && right.rows == k && right.columns == n)
                var plain = options
                (plain.transposesLeft, plain.transposesRight) = (false, false)
                var (leftOnly, rightOnly) = (plain, plain)
                leftOnly.transposesRight = options.transposesRight
                rightOnly.transposesLeft = options.transposesLeft
                var results = [operands.c, operands.c, operands.c]
                var first = results[0].mutableView
                MatrixProduct.multiply(
                    left, operands.b.view, into: &first, options: leftOnly, workspace: workspace, on: execution)
                var second = results[1].mutableView
                MatrixProduct.multiply(
                    operands.a.view, right, into: &second, options: rightOnly, workspace: workspace, on: execution)
                var third = results[2].mutableView
                MatrixProduct.multiply(left, right, into: &third, options: plain, on: execution)
                #expect(results.allSatisfy { $0 == expected }, "\((m, k, n)), \(options)")
            }
        }
    }

    @Test(
        "gives the same bits for any number of threads and any rows and columns around",
        arguments: InstructionSet.available)
    func invariance(set: InstructionSet) {
        var generator = SeededGenerator(seed: 5)
        for (m, k, n) in [(97, 600, 131), (300, 30, 20), (5, 40, 700), (16, 64, 16)] {
            for options in Self.allOptions {
                let operands = Operands(m, k, n, options, &generator)
                let one = operands.result(options, biased: true, on: Execution(for: set))
                for threads in [2, 3, 7] {
                    #expect(one == operands.result(options, biased: true, on: Execution(for: set, threads: threads)))
                }
            }
            let operands = Operands(m, k, n, ProductOptions(), &generator)
            let all = operands.result(ProductOptions(), biased: false, on: Execution(for: set))
            let row = Matrix(rows: 1, columns: k, elements: Array(operands.a.row(m - 1)))
            #expect(MatrixProduct.product(row, operands.b, on: Execution(for: set)).elements == Array(all.row(m - 1)))
        }
    }

    @Test(
        "of batches gives the bits of single products, strided, shared and packed", arguments: InstructionSet.available)
    func batches(set: InstructionSet) {
        var generator = SeededGenerator(seed: 6)
        for (count, m, k, n) in [(0, 2, 3, 4), (1, 5, 6, 7), (5, 13, 20, 33), (3, 40, 520, 70)] {
            for options in Self.allOptions {
                let all = (0..<count).map { _ in Operands(m, k, n, options, &generator) }
                let gap = 5
                func memory(_ matrices: [Matrix]) -> [Float] {
                    matrices.flatMap { $0.elements + [Float](repeating: .nan, count: gap) }
                }
                let (a, b, c) = (memory(all.map(\.a)), memory(all.map(\.b)), memory(all.map(\.c)))
                let (rowsA, rowsB) = (options.transposesLeft ? k : m, options.transposesRight ? n : k)
                for threads in [1, 3] {
                    let execution = Execution(for: set, threads: threads)
                    for isShared in [false, true] where !isShared || count > 0 {
                        var result = c
                        var view = MutableMatrixBatchView(
                            result.mutableSpan, count: count, rows: m, columns: n, matrixStride: m * n + gap)
                        MatrixProduct.multiplyBatch(
                            MatrixBatchView(
                                a.span, count: count, rows: rowsA, columns: m * k / max(1, rowsA),
                                matrixStride: m * k + gap),
                            MatrixBatchView(
                                b.span, count: count, rows: rowsB, columns: k * n / max(1, rowsB),
                                matrixStride: isShared ? 0 : k * n + gap), into: &view, options: options, on: execution)
                        let expected = memory(
                            all.map { operands in
                                var single = operands.c
                                let right = isShared ? all[0].b : operands.b
                                var view = single.mutableView
                                MatrixProduct.multiply(
                                    operands.a.view, right.view, into: &view,
                                    options: options,
                                    on: Execution(for: set))
                                return single
                            })
                        #expect(
                            result.map(\.bitPattern) == expected.map(\.bitPattern), "\((count, m, k, n)), \(options)")
                        if isShared {
                            let shared = all[0].b
                            let packed = PackedMatrix(
                                shared.view, for: .right, isTransposed: options.transposesRight, on: execution)
                            var plain = options
                            plain.transposesRight = false
                            var again = c
                            var view = MutableMatrixBatchView(
                                again.mutableSpan, count: count, rows: m, columns: n, matrixStride: m * n + gap)
                            MatrixProduct.multiplyBatch(
                                MatrixBatchView(
                                    a.span, count: count, rows: rowsA, columns: m * k / max(1, rowsA),
                                    matrixStride: m * k + gap), packed, into: &view, options: plain, on: execution)
                            #expect(again.map(\.bitPattern) == expected.map(\.bitPattern))
                        }
                    }
                }
            }
        }
    }

    @Test("spreads NaN and infinity as IEEE arithmetic has it", arguments: InstructionSet.available)
    func specialValues(set: InstructionSet) {
        let execution = Execution(for: set)
        var a = Matrix(rows: 7, columns: 5, repeating: 1)
        var b = Matrix(rows: 5, columns: 19, repeating: 1)
        a[2, 3] = .nan
        a[4, 0] = .infinity
        b[1, 17] = .infinity
        b[0, 3] = 0
        let result = MatrixProduct.product(a, b, options: ProductOptions(rectifies: true), on: execution)
        for i in 0..<7 {
            for j in 0..<19 {
                let found = result[i, j]
                if i == 2 || (i == 4 && j == 3) {
                    #expect(found.isNaN, "(\(i), \(j))")
                } else if i == 4 || j == 17 {
                    #expect(found == .infinity, "(\(i), \(j))")
                } else {
                    #expect(found == (j == 3 ? 4 : 5), "(\(i), \(j))")
                }
            }
        }
        let zero = MatrixProduct.product(a, b, options: ProductOptions(alpha: 0), on: execution)
        #expect(zero[2, 0].isNaN && zero[0, 17].isNaN && zero[0, 0] == 0)
    }

    @Test("of an inner size of 0 is beta C and the biases", arguments: InstructionSet.available)
    func noInner(set: InstructionSet) {
        var c = Matrix(rows: 3, columns: 9, repeating: 2)
        let (a, b) = (Matrix(rows: 3, columns: 0), Matrix(rows: 0, columns: 9))
        let bias = (0..<9).map { Float($0) - 7 }
        var view = c.mutableView
        MatrixProduct.multiply(
            a.view, b.view, into: &view, options: ProductOptions(alpha: .nan, beta: 2, rectifies: true),
            columnBias: bias.span, on: Execution(for: set))
        for i in 0..<3 { #expect(Array(c.row(i)) == bias.map { max(0, 4 + $0) }) }
    }

    @Test("traps on shapes that do not match, with both in the message")
    func shapes() async {
        let inner = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = MatrixProduct.product(Matrix(rows: 2, columns: 3), Matrix(rows: 4, columns: 5))
        }
        #expect(messages(of: inner).contains("a product of 2 x 3 and 4 x 5"))
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var c = Matrix(rows: 2, columns: 6)
            var view = c.mutableView
            MatrixProduct.multiply(Matrix(rows: 2, columns: 3).view, Matrix(rows: 3, columns: 5).view, into: &view)
        }
        #expect(messages(of: result).contains("a product of 2 x 3 and 3 x 5 into 2 x 6"))
        let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var c = Matrix(rows: 2, columns: 5)
            var view = c.mutableView
            let bias: [Float] = [1, 2]
            MatrixProduct.multiply(
                Matrix(rows: 2, columns: 3).view, Matrix(rows: 3, columns: 5).view, into: &view, columnBias: bias.span)
        }
        #expect(messages(of: bias).contains("2 column biases of a product of 5 columns"))
        let side = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var c = Matrix(rows: 2, columns: 2)
            let packed = PackedMatrix(c.view, for: .left)
            let a = c
            var view = c.mutableView
            MatrixProduct.multiply(a.view, packed, into: &view)
        }
        #expect(messages(of: side).contains("an operand packed for the left side is used on the right one"))
    }
}
