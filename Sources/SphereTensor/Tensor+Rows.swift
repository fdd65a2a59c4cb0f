internal import SphereKernels

extension Tensor {
    /// Every row, a vector along the last dimension, divided by its length: points on the unit sphere.
    ///
    ///     x' = y / |y|,    dL/dy = (dL/dx' - x' (x' . dL/dx')) / |y|
    ///
    /// A zero row stays zero and has the gradient 0; rows with NaN or infinity become what ``RowNorms/normalize(_:into:on:)``
    /// makes of them.
    ///
    /// - Precondition: at least one dimension.
    public func normalizedRows() -> Tensor {
        require(!shape.isEmpty, "rows are normalized of tensors of at least one dimension, found a scalar")
        let columns = shape.last!
        let rows = columns == 0 ? 0 : count / columns
        let (source, result) = (memory, TensorMemory(count: count))
        let execution = TensorExecution.current
        let lengths = TensorMemory(count: rows)
        lengths.withMutableSpan { lengths in
            let view = MatrixView(source.span, rows: rows, columns: columns)
            RowNorms.norms(view, into: &lengths, on: execution)
            var target = MutableMatrixView(
                MutableSpan(_unsafeStart: result.start, count: result.count), rows: rows, columns: columns)
            RowNorms.normalize(view, into: &target, on: execution)
        }
        return Tensor.operation([self], shape: shape, memory: result) { pass in
            let upstream = pass.upstream
            let (x, gradient) = (result.start, TensorMemory(count: upstream.count))
            for row in 0..<rows {
                let start = row * columns
                var radial: Float = 0
                for c in start..<start + columns { radial += x[c] * upstream.start[c] }
                let inverse = lengths.start[row] > 0 ? 1 / lengths.start[row] : 0
                for c in start..<start + columns {
                    gradient.start[c] = inverse * (upstream.start[c] - radial * x[c])
                }
            }
            pass.add(gradient, to: 0)
        }
    }

    /// max(x, 0) of every element.
    public func rectified() -> Tensor {
        let (source, result) = (memory, TensorMemory(count: count))
        for i in 0..<count { result.start[i] = max(source.start[i], 0) }
        return Tensor.operation([self], shape: shape, memory: result) { pass in
            let gradient = pass.takeUpstream()
            for i in 0..<gradient.count where !(result.start[i] > 0) { gradient.start[i] = 0 }
            pass.add(gradient, to: 0)
        }
    }

    /// The rows with the given numbers, in that order, as a tensor [number of rows, last dimension]; a row may occur more than once.
    ///
    /// All dimensions but the last count rows: pixel (x, y) of the first image of [batch, height, width, channels] is row
    /// `y * width + x`.
    ///
    /// - Precondition: at least one dimension; the numbers lie in range.
    /// - Complexity: O(rows x columns); the gradient also clears one of the size of this tensor.
    public func selectingRows(_ rows: [Int]) -> Tensor {
        require(!shape.isEmpty, "rows are selected of tensors of at least one dimension, found a scalar")
        let columns = shape.last!
        let available = columns == 0 ? 0 : count / columns
        let (source, result) = (memory, TensorMemory(count: rows.count * columns))
        for (target, row) in rows.enumerated() {
            require(row >= 0 && row < available, "row \(row) of a tensor of \(available) rows")
            (result.start + target * columns).update(from: source.start + row * columns, count: columns)
        }
        return Tensor.operation([self], shape: [rows.count, columns], memory: result) { pass in
            let upstream = pass.upstream
            pass.accumulate(into: 0) { gradient, accumulates in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    guard let sums = gradient.baseAddress else { return }
                    if !accumulates { sums.update(repeating: 0, count: gradient.count) }
                    for (place, row) in rows.enumerated() {
                        addElements(upstream.start + place * columns, to: sums + row * columns, count: columns)
                    }
                }
            }
        }
    }
}
