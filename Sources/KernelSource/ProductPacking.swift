// Operands of matrix products, rearranged into the order in which the tiles read them: pieces one after the other, each depth x width.

/// Packs `count` rows of the left operand into groups: the piece of `width` rows from row i starts at `packed + i * depth`,
/// and there element (r, k) at `k * width + r`.
///
/// - Parameter isTransposed: element (i, k) of the operand lies at `k * stride + i`, otherwise at `i * stride + k`.
public func packProductLeft(
    _ operand: UnsafePointer<Float>, _ stride: Int, _ isTransposed: Bool, _ count: Int, _ depth: Int,
    _ packed: UnsafeMutablePointer<Float>
) {
    var i = 0
    while i < count {
        let width = productPiece(count - i, tileRows)
        if isTransposed {
            copyRows(operand + i, stride, width, depth, packed + i * depth, width)
        } else {
            transposeRows(operand + i * stride, stride, width, depth, width, packed + i * depth)
        }
        i += width
    }
}

/// Packs `count` columns of the right operand into panels: the piece of `width` columns (whole vectors) from column j
/// starts at `packed + j * depth`, and there element (k, c) at `k * width + c`; columns behind `count` are zero.
///
/// - Parameter isTransposed: element (k, j) of the operand lies at `j * stride + k`, otherwise at `k * stride + j`.
public func packProductRight(
    _ operand: UnsafePointer<Float>, _ stride: Int, _ isTransposed: Bool, _ count: Int, _ depth: Int,
    _ packed: UnsafeMutablePointer<Float>
) {
    packProductPanels(operand, stride, isTransposed, count, depth, packed, depth, 0)
}

/// ``packProductRight`` of `depth` rows that are those from `first` of panels of `panelDepth` rows.
public func packProductPanels(
    _ operand: UnsafePointer<Float>, _ stride: Int, _ isTransposed: Bool, _ count: Int, _ depth: Int,
    _ packed: UnsafeMutablePointer<Float>, _ panelDepth: Int, _ first: Int
) {
    if isTransposed {
        var j = 0
        while j < count {
            let width = productPiece((count - j + lanes - 1) / lanes, tileVectors) * lanes
            let columns = count - j < width ? count - j : width
            let panel = packed + j * panelDepth + first * width
            transposeRows(operand + j * stride, stride, columns, depth, width, panel)
            clearColumns(columns, depth, panel, width)
            j += width
        }
        return
    }
    // A few rows at a time for all panels: panel by panel, every 64 bytes would come from another page.
    var k = 0
    while k < depth {
        let rows = depth - k < rowsPackedTogether ? depth - k : rowsPackedTogether
        var j = 0
        while j < count {
            let width = productPiece((count - j + lanes - 1) / lanes, tileVectors) * lanes
            let from = operand + k * stride + j
            let to = packed + j * panelDepth + (first + k) * width
            if count - j >= width {
                copyVectors(from, stride, rows, to, width)
            } else {
                copyRows(from, stride, count - j, rows, to, width)
                clearColumns(count - j, rows, to, width)
            }
            j += width
        }
        k += rows
    }
}

/// Rows of the right operand that are copied to all panels before the next ones: as many streams as hardware prefetchers
/// follow, and long enough pieces of a panel.
@inline(__always) private var rowsPackedTogether: Int { 8 }

/// Zeros in the columns from `first` of a panel.
@inline(__always) private func clearColumns(
    _ first: Int, _ depth: Int, _ panel: UnsafeMutablePointer<Float>, _ width: Int
) {
    if first == width { return }
    for k in 0..<depth {
        var c = first
        while c < width {
            panel[k * width + c] = 0
            c += 1
        }
    }
}

/// `target[k * width + c] = source[k * stride + c]`, c < count.
@inline(__always) private func copyRows(
    _ source: UnsafePointer<Float>, _ stride: Int, _ count: Int, _ depth: Int,
    _ target: UnsafeMutablePointer<Float>, _ width: Int
) {
    var from = source
    var to = target
    for _ in 0..<depth {
        copyFront(from, count, to)
        from += stride
        to += width
    }
}

/// ``copyRows`` of whole vectors.
@inline(__always) private func copyVectors(
    _ source: UnsafePointer<Float>, _ stride: Int, _ depth: Int, _ target: UnsafeMutablePointer<Float>, _ width: Int
) {
    var from = source
    var to = target
    for _ in 0..<depth {
        var c = 0
        while c < width {
            store(load(from + c), to + c)
            c += lanes
        }
        from += stride
        to += width
    }
}
