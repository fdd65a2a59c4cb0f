/// The largest dot product of any of `rows` points with each column: `maxima[c] = max over r of x_r . p_c`.
///
/// - Parameters:
///   - groups: the points, packed by `packSourceGroup`; `rows` a multiple of `sourceGroup`.
///   - panels: `count` panels.
///   - dimension: D >= 1.
///   - tile: scratch of sourceGroup x panelColumns.
///   - maxima: count x panelColumns.
public func dotMaxima(
    _ groups: UnsafePointer<Float>, _ rows: Int, _ panels: UnsafePointer<Float>, _ count: Int, _ dimension: Int,
    _ tile: UnsafeMutablePointer<Float>, _ maxima: UnsafeMutablePointer<Float>
) {
    for p in 0..<count {
        let panel = panels + p &* panelColumns &* dimension
        let result = maxima + p &* panelColumns
        for v in 0..<tileVectors { store(Vector(repeating: -.infinity), result + v &* lanes) }
        var r = 0
        while r < rows {
            dotTile(panel, groups + r &* dimension, dimension, tile, panelColumns, isCosine: false)
            for v in 0..<tileVectors {
                var largest = load(result + v &* lanes)
                for i in 0..<tileRows {
                    let dot = load(tile + (i &* panelColumns &+ v &* lanes))
                    largest = largest.replacing(with: dot, where: dot .> largest)
                }
                store(largest, result + v &* lanes)
            }
            r &+= tileRows
        }
    }
}
