// Rows to columns and back, 4 x 4 elements at a time.

/// The rows of the transposed matrix whose rows are given.
///
/// In two steps of interleaving, each of which is an instruction.
@inline(__always) func transposed(
    _ x: SIMD4<Float>, _ y: SIMD4<Float>, _ z: SIMD4<Float>, _ w: SIMD4<Float>
) -> (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>, SIMD4<Float>) {
    let front = SIMD4<Float>(x[0], y[0], x[1], y[1])
    let frontBelow = SIMD4<Float>(z[0], w[0], z[1], w[1])
    let back = SIMD4<Float>(x[2], y[2], x[3], y[3])
    let backBelow = SIMD4<Float>(z[2], w[2], z[3], w[3])
    return (
        SIMD4(lowHalf: front.lowHalf, highHalf: frontBelow.lowHalf),
        SIMD4(lowHalf: front.highHalf, highHalf: frontBelow.highHalf),
        SIMD4(lowHalf: back.lowHalf, highHalf: backBelow.lowHalf),
        SIMD4(lowHalf: back.highHalf, highHalf: backBelow.highHalf)
    )
}

/// `columns[k * width + c] = rows[c * stride + k]` for `count` rows of `dimension` elements.
@inline(__always) func transposeRows(
    _ rows: UnsafePointer<Float>, _ stride: Int, _ count: Int, _ dimension: Int, _ width: Int,
    _ columns: UnsafeMutablePointer<Float>
) {
    var c = 0
    while c + 4 <= count {
        let row = rows + c * stride
        let column = columns + c
        var k = 0
        while k + 4 <= dimension {
            let (w, x, y, z) = transposed(
                loadFour(row + k), loadFour(row + stride + k), loadFour(row + 2 * stride + k),
                loadFour(row + 3 * stride + k))
            storeFour(w, column + k * width)
            storeFour(x, column + (k + 1) * width)
            storeFour(y, column + (k + 2) * width)
            storeFour(z, column + (k + 3) * width)
            k += 4
        }
        while k < dimension {
            storeFour(SIMD4(row[k], row[stride + k], row[2 * stride + k], row[3 * stride + k]), column + k * width)
            k += 1
        }
        c += 4
    }
    while c < count {
        for k in 0..<dimension { columns[k * width + c] = rows[c * stride + k] }
        c += 1
    }
}

/// Adds rows to columns: `columns[k * panelColumns + c] += rows[c * stride + k]` for `count` rows.
public func addRowsToPanel(
    _ rows: UnsafePointer<Float>, _ stride: Int, _ count: Int, _ dimension: Int,
    _ columns: UnsafeMutablePointer<Float>
) {
    var c = 0
    while c + 4 <= count {
        let row = rows + c * stride
        let column = columns + c
        var k = 0
        while k + 4 <= dimension {
            let (w, x, y, z) = transposed(
                loadFour(row + k), loadFour(row + stride + k), loadFour(row + 2 * stride + k),
                loadFour(row + 3 * stride + k))
            addFour(w, column + k * panelColumns)
            addFour(x, column + (k + 1) * panelColumns)
            addFour(y, column + (k + 2) * panelColumns)
            addFour(z, column + (k + 3) * panelColumns)
            k += 4
        }
        while k < dimension {
            addFour(SIMD4(row[k], row[stride + k], row[2 * stride + k], row[3 * stride + k]), column + k * panelColumns)
            k += 1
        }
        c += 4
    }
    while c < count {
        for k in 0..<dimension { columns[k * panelColumns + c] += rows[c * stride + k] }
        c += 1
    }
}

@inline(__always) private func addFour(_ v: SIMD4<Float>, _ p: UnsafeMutablePointer<Float>) {
    storeFour(loadFour(p) + v, p)
}

/// Columns to scaled rows: `rows[c * stride + k] = factors[c] * columns[k * panelColumns + c]` for `count` rows.
public func scaledColumnsToRows(
    _ columns: UnsafePointer<Float>, _ factors: UnsafePointer<Float>, _ count: Int, _ dimension: Int,
    _ rows: UnsafeMutablePointer<Float>, _ stride: Int
) {
    var c = 0
    while c + 4 <= count {
        let row = rows + c * stride
        let column = columns + c
        let factor = loadFour(factors + c)
        var k = 0
        while k + 4 <= dimension {
            let (w, x, y, z) = transposed(
                factor * loadFour(column + k * panelColumns), factor * loadFour(column + (k + 1) * panelColumns),
                factor * loadFour(column + (k + 2) * panelColumns), factor * loadFour(column + (k + 3) * panelColumns))
            storeFour(w, row + k)
            storeFour(x, row + stride + k)
            storeFour(y, row + 2 * stride + k)
            storeFour(z, row + 3 * stride + k)
            k += 4
        }
        while k < dimension {
            let v = factor * loadFour(column + k * panelColumns)
            row[k] = v[0]
            row[stride + k] = v[1]
            row[2 * stride + k] = v[2]
            row[3 * stride + k] = v[3]
            k += 1
        }
        c += 4
    }
    while c < count {
        for k in 0..<dimension { rows[c * stride + k] = factors[c] * columns[k * panelColumns + c] }
        c += 1
    }
}
