internal import SphereKernels

extension GatherPlan {
    /// Where a strip's source lies: in its place, or rearranged in `buffer` with padding.
    func view(
        _ source: UnsafePointer<Float>, _ unit: Unit, _ block: Range<Int>, _ affine: AffinePointers,
        _ kernels: LayerKernels, _ buffer: UnsafeMutablePointer<Float>
    ) -> (start: UnsafePointer<Float>, rowStep: Int, pixelStep: Int) {
        let (width, channels) = (sourceShape.width, sourceShape.channels)
        let map = source + unit.map * sourceShape.height * width * channels + block.lowerBound
        let y = unit.rows.lowerBound * grid.stepY
        let x = unit.columns.lowerBound * grid.stepX
        if isDirect {
            return (map + (y * width + x) * channels, grid.stepY * width * channels, grid.stepX * channels)
        }
        let rows = (unit.rows.count - 1) * grid.stepY + spanY
        let columns = (unit.columns.count - 1) * grid.stepX + spanX
        copySource(
            map, sourceShape, y + top..<y + top + rows, x + left..<x + left + columns, block, affine, kernels,
            into: buffer, rowStep: bufferColumns * block.count)
        return (UnsafePointer(buffer), grid.stepY * bufferColumns * block.count, grid.stepX * block.count)
    }
}

/// Copies the rows and columns of a map's channels `block` (`map` points to the first of them), read through `affine`, with
/// zeros outside the map, pixels without gaps.
func copySource(
    _ map: UnsafePointer<Float>, _ shape: MapShape, _ rows: Range<Int>, _ columns: Range<Int>, _ block: Range<Int>,
    _ affine: AffinePointers, _ kernels: LayerKernels, into buffer: UnsafeMutablePointer<Float>, rowStep: Int
) {
    let channels = block.count
    let first = min(max(columns.lowerBound, 0), columns.upperBound)
    let inside = first..<max(first, min(columns.upperBound, shape.width))
    for y in rows {
        let to = buffer + (y - rows.lowerBound) * rowStep
        if y < 0 || y >= shape.height || inside.isEmpty {
            to.update(repeating: 0, count: columns.count * channels)
            continue
        }
        let before = inside.lowerBound - columns.lowerBound
        to.update(repeating: 0, count: before * channels)
        let from = map + (y * shape.width + inside.lowerBound) * shape.channels
        if affine.isNone && channels == shape.channels {
            // One piece: pixels of an image's three channels would go one by one.
            (to + before * channels).update(from: from, count: inside.count * channels)
        } else {
            var pixels = affine.source(from, step: shape.channels, channel: block.lowerBound)
            kernels.affinePixels(&pixels, inside.count, channels, to + before * channels, channels)
        }
        let after = before + inside.count
        (to + after * channels).update(repeating: 0, count: (columns.count - after) * channels)
    }
}
