/// What the points of a few panels add to the points of the rows, with lanes over points:
/// `sums[r, k, lane] += sum over the columns c of that lane of tile[r, c] * y_c[k]`.
///
/// For dimensions that would leave lanes over coordinates idle. The accumulators of `rowsTogether` rows times all coordinates
/// stay in registers over all panels; lanes are added up by the caller, once per run.
///
/// - Parameters:
///   - tile: `panels` x rows x panelColumns.
///   - rows: a multiple of 24.
///   - points: the panels, dimension x panelColumns each.
///   - dimension: 1 to `laneSumDimension`.
///   - sums: rows x dimension x lanes.
@inline(__always) func laneSumTile(
    _ tile: UnsafePointer<Float>, _ rows: Int, _ points: UnsafePointer<Float>, _ panels: Int, _ dimension: Int,
    _ sums: UnsafeMutablePointer<Float>
) {
    // One case per dimension: the number of accumulators must be a constant for them to be registers, and the rows
    // are as many as fit into those of a tile.
    if lanes >= 16 {
        switch dimension {
        case 1: addRows(1, rowsTogether: 12, tile, rows, points, panels, sums)
        case 2: addRows(2, rowsTogether: 12, tile, rows, points, panels, sums)
        case 3: addRows(3, rowsTogether: 8, tile, rows, points, panels, sums)
        case 4: addRows(4, rowsTogether: 6, tile, rows, points, panels, sums)
        case 5: addRows(5, rowsTogether: 4, tile, rows, points, panels, sums)
        case 6: addRows(6, rowsTogether: 4, tile, rows, points, panels, sums)
        case 7: addRows(7, rowsTogether: 3, tile, rows, points, panels, sums)
        case 8: addRows(8, rowsTogether: 3, tile, rows, points, panels, sums)
        case 9: addRows(9, rowsTogether: 2, tile, rows, points, panels, sums)
        case 10: addRows(10, rowsTogether: 2, tile, rows, points, panels, sums)
        case 11: addRows(11, rowsTogether: 2, tile, rows, points, panels, sums)
        case 12: addRows(12, rowsTogether: 2, tile, rows, points, panels, sums)
        default: break
        }
    } else {
        switch dimension {
        case 1: addRows(1, rowsTogether: 8, tile, rows, points, panels, sums)
        case 2: addRows(2, rowsTogether: 6, tile, rows, points, panels, sums)
        case 3: addRows(3, rowsTogether: 4, tile, rows, points, panels, sums)
        case 4: addRows(4, rowsTogether: 3, tile, rows, points, panels, sums)
        case 5: addRows(5, rowsTogether: 2, tile, rows, points, panels, sums)
        case 6: addRows(6, rowsTogether: 2, tile, rows, points, panels, sums)
        default: break
        }
    }
}

@inline(__always) private func addRows(
    _ dimension: Int, rowsTogether: Int, _ tile: UnsafePointer<Float>, _ rows: Int, _ points: UnsafePointer<Float>,
    _ panels: Int, _ sums: UnsafeMutablePointer<Float>
) {
    var r = 0
    while r < rows {
        var sum = zeroAccumulators
        let target = sums + r &* dimension &* lanes
        for i in 0..<rowsTogether &* dimension { sum[unchecked: i] = load(target + i &* lanes) }
        var values = tile + r &* panelColumns
        var panel = points
        var p = 0
        while p < panels {
            for v in 0..<tileVectors {
                for k in 0..<dimension {
                    let point = load(panel + (k &* panelColumns &+ v &* lanes))
                    for i in 0..<rowsTogether {
                        sum[unchecked: i &* dimension &+ k] = multiplyAdd(
                            load(values + (i &* panelColumns &+ v &* lanes)), point,
                            sum[unchecked: i &* dimension &+ k])
                    }
                }
            }
            values += rows &* panelColumns
            panel += panelColumns &* dimension
            p &+= 1
        }
        for i in 0..<rowsTogether &* dimension { store(sum[unchecked: i], target + i &* lanes) }
        r &+= rowsTogether
    }
}
