// Rows of the input, rearranged into the order in which the tiles read them.

/// Packs up to `width` rows column by column: `panel[k * width + c] = scale[c] * rows[c * rowStride + k]`.
///
/// Columns from `count` on are zero. With `scales == nil` the elements are copied as they are.
@inline(__always) private func packColumns(
    _ rows: UnsafePointer<Float>, _ rowStride: Int, _ count: Int, _ dimension: Int, _ width: Int,
    _ scales: UnsafePointer<Float>?, _ panel: UnsafeMutablePointer<Float>
) {
    var c = 0
    while c < width {
        if c < count {
            let row = rows + c * rowStride
            let scale = scales?[c] ?? 1
            for k in 0..<dimension { panel[k * width + c] = scale * row[k] }
        } else {
            for k in 0..<dimension { panel[k * width + c] = 0 }
        }
        c += 1
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
