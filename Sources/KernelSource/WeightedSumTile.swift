/// Second product of a mean-shift step: `sums[k, c] += sum over r of tile[r, c] * x_r[k]` for the coordinates k < dimension.
///
/// Coordinates go in blocks of `tileRows`, so that a block's accumulators stay in registers over all rows of the tile;
/// what remains takes as many accumulators as it needs. The sum over one tile starts with the first row's product (zeros would
/// come from memory) and is added to `sums` at its end, which keeps the error of long sums at (rows + N / rows) ulps.
///
/// - Parameters:
///   - tile: rows x panelColumns kernel values.
///   - rows: R >= 1.
///   - sources: the points of the rows, row-major, `stride` elements apart.
///   - dimension: coordinates of a point, at most `stride`.
///   - sums: dimension x panelColumns.
@inline(__always) func weightedSumTile(
    _ tile: UnsafePointer<Float>, _ rows: Int, _ sources: UnsafePointer<Float>, _ stride: Int, _ dimension: Int,
    _ sums: UnsafeMutablePointer<Float>
) {
    var k = 0
    while k + tileRows <= dimension {
        addColumns(tileRows, tile, rows, sources + k, stride, sums + k * panelColumns)
        k += tileRows
    }
    let rest = dimension - k
    let s = sources + k
    let t = sums + k * panelColumns
    // One case per remainder: the number of accumulators must be a constant for them to be registers.
    switch rest {
    case 1: addColumns(1, tile, rows, s, stride, t)
    case 2: addColumns(2, tile, rows, s, stride, t)
    case 3: addColumns(3, tile, rows, s, stride, t)
    case 4: addColumns(4, tile, rows, s, stride, t)
    case 5: addColumns(5, tile, rows, s, stride, t)
    case 6: addColumns(6, tile, rows, s, stride, t)
    case 7: addColumns(7, tile, rows, s, stride, t)
    default: break
    }
}

/// The block of `columns` <= `tileRows` coordinates that starts at `sources` and `sums`.
@inline(__always) private func addColumns(
    _ columns: Int, _ tile: UnsafePointer<Float>, _ rows: Int, _ sources: UnsafePointer<Float>, _ stride: Int,
    _ sums: UnsafeMutablePointer<Float>
) {
    var sum = zeroAccumulators
    for c in 0..<columns {
        let x = Vector(repeating: sources[c])
        for v in 0..<tileVectors { sum[unchecked: c &* tileVectors &+ v] = x * load(tile + v &* lanes) }
    }
    var t = tile
    var s = sources
    var r = 1
    while r < rows {
        t += panelColumns
        s += stride
        for c in 0..<columns {
            let x = Vector(repeating: s[c])
            for v in 0..<tileVectors {
                sum[unchecked: c &* tileVectors &+ v] = multiplyAdd(
                    x, load(t + v &* lanes), sum[unchecked: c &* tileVectors &+ v])
            }
        }
        r &+= 1
    }
    for c in 0..<columns {
        for v in 0..<tileVectors {
            let i = c &* tileVectors &+ v
            store(load(sums + i &* lanes) + sum[unchecked: i], sums + i &* lanes)
        }
    }
}
