/// Hinges of a block of sources j with the points i of one panel, the negative part of the pair loss:
/// `hinges[i] = sum over j of w_j max(0, s_ij - a)` and `sums[k, i] += sum over j of w_j g(s_ij) x_j[k]`, both over the pairs of
/// different groups, with `s = (1 + x_i . x_j) / 2`.
///
/// g is the hinge to a power: the step [s > a], which is its derivative, the hinge itself, or its cube. NaN passes through all.
///
/// - Parameters:
///   - panel: dimension x panelColumns, packed by `packPanel`.
///   - panelGroups: the number of the group of every column.
///   - sources: packed groups of sources, `packSourceGroup` after `packSourceGroup`.
///   - rows: the same sources row-major, `dimension` elements apart.
///   - sourceGroups: the number of the group of every source.
///   - weights: w_j of every source.
///   - count: sources, 1 to `sourceBlock`.
///   - dimension: D >= 1.
///   - offset: 1/2 - a.
///   - power: of the hinge in g: 0 the step, 1 the hinge, 3 its cube.
///   - isWithin: takes the pairs of the same group instead, with power 1, which the released gradient needs.
///   - tile: scratch of sourceBlock x panelColumns.
///   - hinges: panelColumns, overwritten.
///   - sums: dimension x panelColumns; nil leaves them out.
public func pairLossTile(
    _ panel: UnsafePointer<Float>, _ panelGroups: UnsafePointer<Float>, _ sources: UnsafePointer<Float>,
    _ rows: UnsafePointer<Float>, _ sourceGroups: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ count: Int, _ dimension: Int, _ offset: Float, _ power: Int, _ isWithin: Bool,
    _ tile: UnsafeMutablePointer<Float>, _ hinges: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>?
) {
    var r = 0
    while r < count {
        dotTile(panel, sources + r * dimension, dimension, tile + r * panelColumns, panelColumns, isCosine: false)
        r += tileRows
    }
    // One case each: the choices must be constants inside the loops.
    switch (isWithin, power) {
    case (true, _):
        hingeTile(panelGroups, sourceGroups, weights, count, offset, power: 1, isWithin: true, tile, hinges)
    case (false, 0):
        hingeTile(panelGroups, sourceGroups, weights, count, offset, power: 0, isWithin: false, tile, hinges)
    case (false, 1):
        hingeTile(panelGroups, sourceGroups, weights, count, offset, power: 1, isWithin: false, tile, hinges)
    default:
        hingeTile(panelGroups, sourceGroups, weights, count, offset, power: 3, isWithin: false, tile, hinges)
    }
    if let sums { weightedSumTile(tile, count, rows, dimension, dimension, sums) }
}

/// Sums the weighted hinges of every column and turns the dot products of the tile into w_j g(s_ij).
@inline(__always) func hingeTile(
    _ panelGroups: UnsafePointer<Float>, _ sourceGroups: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ count: Int, _ offset: Float, power: Int, isWithin: Bool, _ tile: UnsafeMutablePointer<Float>,
    _ hinges: UnsafeMutablePointer<Float>
) {
    let half = Vector(repeating: 0.5)
    let shift = Vector(repeating: offset)
    for v in 0..<tileVectors {
        let columnGroups = load(panelGroups + v &* lanes)
        var sum = Vector(repeating: 0)
        var values = tile + v &* lanes
        for j in 0..<count {
            let excess = multiplyAdd(load(values), half, shift)
            let group = Vector(repeating: sourceGroups[j])
            let weight = Vector(repeating: weights[j])
            // NaN is not below 0, and stays.
            let isIdle = excess .<= 0
            let isSkipped = isWithin ? columnGroups .!= group : columnGroups .== group
            let hinge = (weight * excess).replacing(with: 0, where: isIdle).replacing(with: 0, where: isSkipped)
            sum += hinge
            switch power {
            case 0: store(weight.replacing(with: 0, where: isIdle).replacing(with: 0, where: isSkipped), values)
            case 1: store(hinge, values)
            // A skipped pair's excess may be infinite, so that the product is taken before it is left out.
            default:
                let cube = weight * excess * (excess * excess)
                store(cube.replacing(with: 0, where: isIdle).replacing(with: 0, where: isSkipped), values)
            }
            values += panelColumns
        }
        store(sum, hinges + v &* lanes)
    }
}
