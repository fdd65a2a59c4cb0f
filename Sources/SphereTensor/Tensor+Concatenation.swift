internal import SphereKernels

extension Tensor {
    /// Tensors one behind the other along the last dimension: the channels of maps, the columns of matrices.
    ///
    /// - Precondition: at least one tensor; all have the same sizes but for the last dimension.
    /// - Complexity: O(elements), copied.
    public static func concatenated(_ tensors: [Tensor]) -> Tensor {
        guard let first = tensors.first else { fatalError("a concatenation of no tensors") }
        for tensor in tensors {
            require(
                !tensor.shape.isEmpty && tensor.shape.dropLast() == first.shape.dropLast(),
                "tensors of the shapes \(first.shape) and \(tensor.shape) along the last dimension")
        }
        let widths = tensors.map { $0.shape.last! }
        let total = widths.reduce(0, +)
        let rows = Array(first.shape.dropLast()).elementCount
        let result = TensorMemory(count: rows * total)
        var offset = 0
        for (tensor, width) in zip(tensors, widths) {
            let source = tensor.memory
            copyColumns(source.start, width, to: result.start + offset, total, width, rows)
            offset += width
        }
        return operation(tensors, shape: Array(first.shape.dropLast()) + [total], memory: result) { pass in
            let upstream = pass.upstream
            var offset = 0
            for (index, width) in widths.enumerated() {
                let start = upstream.start + offset
                pass.accumulate(into: index) { gradient, accumulates in
                    gradient.withUnsafeMutableBufferPointer { gradient in
                        guard let target = gradient.baseAddress else { return }
                        if accumulates {
                            for row in 0..<rows {
                                addElements(start + row * total, to: target + row * width, count: width)
                            }
                        } else {
                            copyColumns(start, total, to: target, width, width, rows)
                        }
                    }
                }
                offset += width
            }
        }
    }
}

/// Copies `count` elements of each of `rows` rows.
private func copyColumns(
    _ source: UnsafePointer<Float>, _ stride: Int, to target: UnsafeMutablePointer<Float>, _ targetStride: Int,
    _ count: Int, _ rows: Int
) {
    for row in 0..<rows { (target + row * targetStride).update(from: source + row * stride, count: count) }
}
