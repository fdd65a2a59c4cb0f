// The other side of a symmetric tile: what the points of its columns add to the points of its rows. (What its rows add to its
// columns is in WeightedSumTile.swift.)

/// `sums[r, k] += sum over c of tile[r, c] * y_c[k]` for a square tile, with lanes over the coordinates k.
///
/// The accumulators are `tileRows` x `tileVectors` registers, shaped to the coordinates that are left: a coordinate vector of
/// `y_c` is multiplied with one element of the tile per row.
///
/// - Parameters:
///   - tile: the panels of a square block, each blockRows x panelColumns.
///   - rows: the points of the columns, blockRows x stride, zeros behind the dimension.
///   - vectors: coordinates in vectors, `stride / lanes` or fewer.
///   - stride: distance of rows in `rows` and `sums`, a multiple of the lanes.
///   - sums: blockRows x stride.
@inline(always) func rowSumTile(
    _ tile: UnsafePointer<Float>, _ rows: UnsafePointer<Float>, _ vectors: Int, _ stride: Int,
    _ sums: UnsafeMutablePointer<Float>
) {
    var v = 0
    if tileVectors == 3 {
        // 4 left are better taken as 2 + 2 than as 3 + 1: a single vector needs a load per multiply-add.
        while vectors - v >= 3 && vectors - v != 4 {
            addRows(3, tile, rows + v * lanes, stride, sums + v * lanes)
            v += 3
        }
    }
    while vectors - v >= 2 {
        addRows(2, tile, rows + v * lanes, stride, sums + v * lanes)
        v += 2
    }
    if v < vectors { addRows(1, tile, rows + v * lanes, stride, sums + v * lanes) }
}

/// The block of `width` coordinate vectors; `width` is a constant.
@inline(always) private func addRows(
    _ width: Int, _ tile: UnsafePointer<Float>, _ rows: UnsafePointer<Float>, _ stride: Int,
    _ sums: UnsafeMutablePointer<Float>
) {
    let height = tileRows * tileVectors / width
    var r = 0
    while r < blockRows {
        var sum = zeroAccumulators
        var row = rows
        var values = tile + r &* panelColumns
        addColumn(width, height, values, row, &sum, isFirst: true)
        row += stride
        var c = 1
        for _ in 0..<panelsPerBlock {
            while c < panelColumns {
                addColumn(width, height, values + c, row, &sum, isFirst: false)
                row += stride
                c &+= 1
            }
            c = 0
            values += blockRows &* panelColumns
        }
        var target = sums + r &* stride
        for i in 0..<height {
            for v in 0..<width {
                store(load(target + v &* lanes) + sum[unchecked: i &* width &+ v], target + v &* lanes)
            }
            target += stride
        }
        r &+= height
    }
}

/// One column's part in the sums of `height` rows: the first is a product, not added to zeros, which would come from memory.
///
/// In `tileRows` at a time, because LLVM does not unroll a loop over 24 rows, and the accumulators then live in memory (D = 16 with 16
/// lanes took 1.4 times as long).
@inline(always) private func addColumn(
    _ width: Int, _ height: Int, _ values: UnsafePointer<Float>, _ row: UnsafePointer<Float>,
    _ sum: inout TileAccumulators, isFirst: Bool
) {
    addColumn(width, from: 0, to: min(height, tileRows), values, row, &sum, isFirst: isFirst)
    if height > tileRows {
        addColumn(width, from: tileRows, to: min(height, 2 * tileRows), values, row, &sum, isFirst: isFirst)
    }
    if height > 2 * tileRows {
        addColumn(width, from: 2 * tileRows, to: height, values, row, &sum, isFirst: isFirst)
    }
}

/// ``addColumn`` for the rows from `start` to `end`.
@inline(always) private func addColumn(
    _ width: Int, from start: Int, to end: Int, _ values: UnsafePointer<Float>, _ row: UnsafePointer<Float>,
    _ sum: inout TileAccumulators, isFirst: Bool
) {
    for i in start..<end {
        let value = Vector(repeating: values[i &* panelColumns])
        for v in 0..<width {
            let point = load(row + v &* lanes)
            sum[unchecked: i &* width &+ v] =
                isFirst ? value * point : multiplyAdd(value, point, sum[unchecked: i &* width &+ v])
        }
    }
}
