// Rows of the input, rearranged into the order in which the tiles read them.

/// Packs up to `width` rows column by column: `panel[k * width + c] = scale[c] * rows[c * rowStride + k]`.
///
/// Columns from `count` on are zero. With `scales == nil` the elements are copied as they are.
@inline(__always) private func packColumns(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int, _ width: Int,
    _ scales: UnsafePointer<Float>?, _ panel: UnsafeMutablePointer<Float>
) {
    transposeRows(rows, rowStride, count, dimension, width, panel)
    if count < width {
        for k in 0..<dimension { (panel + k * width + count).update(repeating: 0, count: width - count) }
    }
    if let scales {
        for k in 0..<dimension {
            let row = panel + k * width
            for c in 0..<count { row[c] *= scales[c] }
        }
    }
}

/// Packs `count` <= `panelColumns` rows into a panel (dimension x panelColumns), each times its scale if there are scales.
public func packPanel(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int,
    _ scales: UnsafePointer<Float>?, _ panel: UnsafeMutablePointer<Float>
) {
    packColumns(rows, rowStride, count, dimension, panelColumns, scales, panel)
}

/// Packs `count` <= `sourceGroup` rows into a group of sources (dimension x sourceGroup), each times its scale if there
/// are scales.
public func packSourceGroup(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int,
    _ scales: UnsafePointer<Float>?, _ group: UnsafeMutablePointer<Float>
) {
    packColumns(rows, rowStride, count, dimension, tileRows, scales, group)
}

/// Packs `count` <= `width` rows as double: `panel[k * width + c] = scale[c] * rows[c * rowStride + k]`, zeros behind.
///
/// `width` is `doublePanelColumns` for a panel and `sourceGroup` for a group of sources.
public func packDouble(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int, _ width: Int,
    _ scales: UnsafePointer<Double>, _ panel: UnsafeMutablePointer<Double>
) {
    var c = 0
    while c < width {
        if c < count {
            let row = rows + c * rowStride
            for k in 0..<dimension { panel[k * width + c] = scales[c] * Double(row[k]) }
        } else {
            for k in 0..<dimension { panel[k * width + c] = 0 }
        }
        c += 1
    }
}

/// Packs a block of `count` <= `blockRows` points for the symmetric operations: panels, groups and zero-padded rows
/// `stride` apart, as KernelOperands.h names them.
///
/// Points behind `count` are zero.
public func packBlock(
    _ points: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int, _ stride: Int,
    _ panels: UnsafeMutablePointer<Float>, _ groups: UnsafeMutablePointer<Float>, _ rows: UnsafeMutablePointer<Float>
) {
    for r in 0..<blockRows {
        let row = rows + r * stride
        if r < count {
            row.update(from: points + r * rowStride, count: dimension)
            if stride > dimension { (row + dimension).update(repeating: 0, count: stride - dimension) }
        } else {
            row.update(repeating: 0, count: stride)
        }
    }
    packRows(rows, dimension, stride, panels, groups)
}

/// Packs the rows of a block once more as panels and groups.
public func packRows(
    _ rows: UnsafePointer<Float>, _ dimension: Int, _ stride: Int, _ panels: UnsafeMutablePointer<Float>,
    _ groups: UnsafeMutablePointer<Float>
) {
    var r = 0
    while r < blockRows {
        packPanel(rows + r * stride, stride, panelColumns, dimension, nil, panels + r * dimension)
        r += panelColumns
    }
    r = 0
    while r < blockRows {
        packSourceGroup(rows + r * stride, stride, tileRows, dimension, nil, groups + r * dimension)
        r += tileRows
    }
}
