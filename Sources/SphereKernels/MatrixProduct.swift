/// Products of matrices in float32: `C = alpha op(A) op(B) + beta C`, with biases and rectification while C is written.
///
/// Each element is one chain of additions in the order of the inner index k, in blocks of at most 512 whose length
/// depends on the inner size alone. So its bits depend neither on the number of threads, nor on whether operands are packed
/// beforehand, nor on the other rows and columns. NaN and infinity spread as IEEE arithmetic has it, whatever
/// `alpha` is; with `beta` 0 the old C is not read. An inner size of 0 gives `beta C` and the biases.
public enum MatrixProduct {
    /// The product of `a` and `b`: `c = alpha op(a) op(b) + beta c + biases`, then `max(c, 0)` if `options` say so.
    ///
    /// op(a) is M x K, op(b) K x N and c M x N; op is the identity or, by ``ProductOptions``, the transpose. Rows may lie
    /// further apart than they are long.
    ///
    /// - Parameters:
    ///   - columnBias: N numbers, added to every row of the result.
    ///   - rowBias: M numbers, added to every column of the result.
    ///   - workspace: the memory in which operands are packed; `nil` allocates it.
    /// - Precondition: the shapes match.
    /// - Complexity: O(M N K) time; memory for at most 1 MiB of `b` for each thread, and for all of `a` where it is transposed or
    ///   the result has 512 columns or more.
    public static func multiply(
        _ a: MatrixView, _ b: MatrixView, into c: inout MutableMatrixView, options: ProductOptions = ProductOptions(),
        columnBias: Span<Float>? = nil, rowBias: Span<Float>? = nil, workspace: ProductWorkspace? = nil,
        on execution: Execution = .default
    ) {
        withRows(of: a) { left in
            withRows(of: b) { right in
                run(
                    ProductSide(left, rows: a.rows, isTransposed: options.transposesLeft),
                    ProductSide(right, rows: b.rows, isTransposed: options.transposesRight),
                    into: &c, options, columnBias, rowBias, workspace, execution)
            }
        }
    }

    /// ``multiply(_:_:into:options:columnBias:rowBias:workspace:on:)`` with the right operand packed beforehand.
    ///
    /// - Precondition: the shapes match, `b` is packed for the right side and the instruction set of `execution`, and
    ///   `options` do not transpose it.
    public static func multiply(
        _ a: MatrixView, _ b: PackedMatrix, into c: inout MutableMatrixView, options: ProductOptions = ProductOptions(),
        columnBias: Span<Float>? = nil, rowBias: Span<Float>? = nil, workspace: ProductWorkspace? = nil,
        on execution: Execution = .default
    ) {
        b.requireUse(on: .right, isTransposed: options.transposesRight, execution)
        withRows(of: a) { left in
            run(
                ProductSide(left, rows: a.rows, isTransposed: options.transposesLeft), ProductSide(b),
                into: &c, options, columnBias, rowBias, workspace, execution)
        }
    }

    /// ``multiply(_:_:into:options:columnBias:rowBias:workspace:on:)`` with the left operand packed beforehand.
    ///
    /// - Precondition: the shapes match, `a` is packed for the left side and the instruction set of `execution`, and
    ///   `options` do not transpose it.
    public static func multiply(
        _ a: PackedMatrix, _ b: MatrixView, into c: inout MutableMatrixView, options: ProductOptions = ProductOptions(),
        columnBias: Span<Float>? = nil, rowBias: Span<Float>? = nil, workspace: ProductWorkspace? = nil,
        on execution: Execution = .default
    ) {
        a.requireUse(on: .left, isTransposed: options.transposesLeft, execution)
        withRows(of: b) { right in
            run(
                ProductSide(a), ProductSide(right, rows: b.rows, isTransposed: options.transposesRight),
                into: &c, options, columnBias, rowBias, workspace, execution)
        }
    }

    /// ``multiply(_:_:into:options:columnBias:rowBias:workspace:on:)`` with both operands packed beforehand: takes no memory
    /// from the heap on one thread.
    ///
    /// - Precondition: the shapes match, the operands are packed for their sides and the instruction set of `execution`, and
    ///   `options` do not transpose them.
    public static func multiply(
        _ a: PackedMatrix, _ b: PackedMatrix, into c: inout MutableMatrixView,
        options: ProductOptions = ProductOptions(), columnBias: Span<Float>? = nil, rowBias: Span<Float>? = nil,
        on execution: Execution = .default
    ) {
        a.requireUse(on: .left, isTransposed: options.transposesLeft, execution)
        b.requireUse(on: .right, isTransposed: options.transposesRight, execution)
        run(ProductSide(a), ProductSide(b), into: &c, options, columnBias, rowBias, nil, execution)
    }

    /// The product `alpha op(a) op(b)`, rectified if `options` say so; `beta` has nothing to act on.
    ///
    /// - Precondition: the shapes match.
    public static func product(
        _ a: Matrix, _ b: Matrix, options: ProductOptions = ProductOptions(), on execution: Execution = .default
    ) -> Matrix {
        var options = options
        options.beta = 0
        var result = Matrix(
            rows: options.transposesLeft ? a.columns : a.rows, columns: options.transposesRight ? b.rows : b.columns)
        var view = result.mutableView
        multiply(a.view, b.view, into: &view, options: options, on: execution)
        return result
    }

    private static func run(
        _ left: ProductSide, _ right: ProductSide, into c: inout MutableMatrixView, _ options: ProductOptions,
        _ columnBias: Span<Float>?, _ rowBias: Span<Float>?, _ workspace: ProductWorkspace?, _ execution: Execution
    ) {
        let shape = ProductShape(left, right, resultRows: c.rows, resultColumns: c.columns)
        let stride = c.rowStride
        withBiases(columnBias, rowBias, shape) { columnBias, rowBias in
            c.elements.withUnsafeMutableBufferPointer { elements in
                guard let start = elements.baseAddress else { return }
                let task = ProductTask(
                    left: left, right: right, shape: shape, count: 1, result: start, resultStride: stride,
                    resultMatrixStride: 0, options: options, columnBias: columnBias, rowBias: rowBias,
                    kernels: execution.instructionSet.kernels)
                task.run(workspace, threads: execution.threads)
            }
        }
    }

    /// Calls `body` with the addresses of the biases, `nil` where there are none.
    static func withBiases(
        _ columnBias: Span<Float>?, _ rowBias: Span<Float>?, _ shape: ProductShape,
        _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?) -> Void
    ) {
        if let columnBias {
            require(
                columnBias.count == shape.columns,
                "\(columnBias.count) column biases of a product of \(shape.columns) columns")
        }
        if let rowBias {
            require(rowBias.count == shape.rows, "\(rowBias.count) row biases of a product of \(shape.rows) rows")
        }
        withAddress(columnBias) { columnBias in withAddress(rowBias) { rowBias in body(columnBias, rowBias) } }
    }

    private static func withAddress(_ span: Span<Float>?, _ body: (UnsafePointer<Float>?) -> Void) {
        if let span {
            span.withUnsafeBufferPointer { body($0.baseAddress) }
        } else {
            body(nil)
        }
    }
}
