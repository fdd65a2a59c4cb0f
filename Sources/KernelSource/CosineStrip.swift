/// Cosines of one group of sources with many panels: `out[r * outStride + c] = s_r . p_c`, limited to [-1, 1].
///
/// Rows of the result are written from left to right: memory sees a few long streams, where square blocks would hit the
/// same cache sets again and again (rows of a large result are a power of two apart).
///
/// - Parameters:
///   - panels: packed unit rows (or zero rows), panel after panel.
///   - columns: points in the panels; the last panel may be padded.
///   - sources: a packed group of unit rows (or zero rows).
///   - rows: sources of the group that exist, at most `sourceGroup`.
///   - dimension: D >= 1.
///   - tile: scratch of sourceGroup x panelColumns.
///   - out: rows x columns.
public func cosineStrip(
    _ panels: UnsafePointer<Float>, _ columns: Int, _ sources: UnsafePointer<Float>, _ rows: Int, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ outStride: Int
) {
    var column = 0
    while column < columns {
        let panel = panels + column * dimension
        let width = min(panelColumns, columns - column)
        if rows == tileRows && width == panelColumns {
            dotTile(panel, sources, dimension, out + column, outStride, isCosine: true)
        } else {
            dotTile(panel, sources, dimension, tile, panelColumns, isCosine: true)
            copyRows(tile, panelColumns, rows, width, out + column, outStride)
        }
        column += panelColumns
    }
}

/// ``cosineStrip`` accumulated in double and rounded to float once; `tile` is sourceGroup x doublePanelColumns.
public func cosineStripDouble(
    _ panels: UnsafePointer<Double>, _ columns: Int, _ sources: UnsafePointer<Double>, _ rows: Int, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ outStride: Int
) {
    var column = 0
    while column < columns {
        let panel = panels + column * dimension
        let width = min(doublePanelColumns, columns - column)
        if rows == tileRows && width == doublePanelColumns {
            dotTileDouble(panel, sources, dimension, out + column, outStride)
        } else {
            dotTileDouble(panel, sources, dimension, tile, doublePanelColumns)
            copyRows(tile, doublePanelColumns, rows, width, out + column, outStride)
        }
        column += doublePanelColumns
    }
}

/// Copies the first `columns` of `rows` rows.
@inline(__always) private func copyRows(
    _ source: UnsafePointer<Float>, _ sourceStride: Int, _ rows: Int, _ columns: Int,
    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int
) {
    for r in 0..<rows { (target + r * targetStride).update(from: source + r * sourceStride, count: columns) }
}
