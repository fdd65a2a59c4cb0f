extension MatrixProduct {
    /// The products of the matrices of two batches: `c_i = alpha op(a_i) op(b_i) + beta c_i + biases`, rectified if `options`
    /// say so.
    ///
    /// As ``multiply(_:_:into:options:columnBias:rowBias:workspace:on:)``, to the bit, with the same biases for every matrix. An
    /// operand whose matrix stride is 0 is shared. Threads share matrices and blocks of them.
    ///
    /// - Precondition: the shapes match and the three batches have the same number of matrices.
    /// - Complexity: O(M N K) time for each matrix; memory as for one product on each thread, or for all of `a` where it is
    ///   packed.
    public static func multiplyBatch(
        _ a: MatrixBatchView, _ b: MatrixBatchView, into c: inout MutableMatrixBatchView,
        options: ProductOptions = ProductOptions(), columnBias: Span<Float>? = nil, rowBias: Span<Float>? = nil,
        workspace: ProductWorkspace? = nil, on execution: Execution = .default
    ) {
        require(
            a.count == c.count && b.count == c.count,
            "products of batches of \(a.count) and \(b.count) matrices into \(c.count)")
        withSide(a, isTransposed: options.transposesLeft) { left in
            withSide(b, isTransposed: options.transposesRight) { right in
                runBatch(left, right, into: &c, options, columnBias, rowBias, workspace, execution)
            }
        }
    }

    /// ``multiplyBatch(_:_:into:options:columnBias:rowBias:workspace:on:)`` with one right operand for all, packed beforehand.
    ///
    /// - Precondition: the shapes match, `a` and `c` have the same number of matrices, `b` is packed for the right side and
    ///   the instruction set of `execution`, and `options` do not transpose it.
    public static func multiplyBatch(
        _ a: MatrixBatchView, _ b: PackedMatrix, into c: inout MutableMatrixBatchView,
        options: ProductOptions = ProductOptions(), columnBias: Span<Float>? = nil, rowBias: Span<Float>? = nil,
        workspace: ProductWorkspace? = nil, on execution: Execution = .default
    ) {
        require(a.count == c.count, "products of a batch of \(a.count) matrices into \(c.count)")
        b.requireUse(on: .right, isTransposed: options.transposesRight, execution)
        withSide(a, isTransposed: options.transposesLeft) { left in
            runBatch(left, ProductSide(b), into: &c, options, columnBias, rowBias, workspace, execution)
        }
    }

    private static func withSide(_ batch: MatrixBatchView, isTransposed: Bool, _ body: (ProductSide) -> Void) {
        let (rows, columns, rowStride, matrixStride) = (batch.rows, batch.columns, batch.rowStride, batch.matrixStride)
        batch.elements.withUnsafeBufferPointer { elements in
            let start = elements.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Float>.alignment)!
            var side = ProductSide(
                RowPointer(start: start, stride: rowStride, dimension: columns), rows: rows, isTransposed: isTransposed)
            side.matrixStride = matrixStride
            body(side)
        }
    }

    private static func runBatch(
        _ left: ProductSide, _ right: ProductSide, into c: inout MutableMatrixBatchView, _ options: ProductOptions,
        _ columnBias: Span<Float>?, _ rowBias: Span<Float>?, _ workspace: ProductWorkspace?, _ execution: Execution
    ) {
        let shape = ProductShape(left, right, resultRows: c.rows, resultColumns: c.columns)
        let (count, rowStride, matrixStride) = (c.count, c.rowStride, c.matrixStride)
        withBiases(columnBias, rowBias, shape) { columnBias, rowBias in
            c.elements.withUnsafeMutableBufferPointer { elements in
                guard let start = elements.baseAddress else { return }
                let task = ProductTask(
                    left: left, right: right, shape: shape, count: count, result: start, resultStride: rowStride,
                    resultMatrixStride: matrixStride, options: options, columnBias: columnBias, rowBias: rowBias,
                    kernels: execution.instructionSet.kernels)
                task.run(workspace, threads: execution.threads)
            }
        }
    }
}
