extension Reference {
    /// Maps of `height` x `width` pixels resized to `newHeight` x `newWidth`: every pixel a mean of the four around its position, with
    /// corners aligned (u = q (W - 1) / (W' - 1)) or not (u = (q + 1/2) W / W' - 1/2 within the map).
    public static func bilinearResize(
        _ input: [Double], batch: Int, height: Int, width: Int, channels: Int, toHeight newHeight: Int,
        width newWidth: Int, alignsCorners: Bool
    ) -> [Double] {
        var result = [Double](repeating: 0, count: batch * newHeight * newWidth * channels)
        forEachBilinearWeight(height, newHeight, width, newWidth, alignsCorners) { source, target, weight in
            for b in 0..<batch {
                for c in 0..<channels {
                    result[(b * newHeight * newWidth + target) * channels + c] +=
                        weight * input[(b * height * width + source) * channels + c]
                }
            }
        }
        return result
    }

    /// The gradient of ``bilinearResize(_:batch:height:width:channels:toHeight:width:alignsCorners:)``, its transpose.
    public static func bilinearResizeGradient(
        _ outputGradient: [Double], batch: Int, height: Int, width: Int, channels: Int, toHeight newHeight: Int,
        width newWidth: Int, alignsCorners: Bool
    ) -> [Double] {
        var result = [Double](repeating: 0, count: batch * height * width * channels)
        forEachBilinearWeight(height, newHeight, width, newWidth, alignsCorners) { source, target, weight in
            for b in 0..<batch {
                for c in 0..<channels {
                    result[(b * height * width + source) * channels + c] +=
                        weight * outputGradient[(b * newHeight * newWidth + target) * channels + c]
                }
            }
        }
        return result
    }

    /// Calls `body` with source pixel, result pixel and weight wherever the weight is not 0.
    private static func forEachBilinearWeight(
        _ height: Int, _ newHeight: Int, _ width: Int, _ newWidth: Int, _ alignsCorners: Bool,
        _ body: (_ source: Int, _ target: Int, _ weight: Double) -> Void
    ) {
        func position(_ i: Int, _ size: Int, _ count: Int) -> Double {
            if alignsCorners { return count == 1 ? 0 : Double(i) * Double(size - 1) / Double(count - 1) }
            return min(max(0, (Double(i) + 0.5) * Double(size) / Double(count) - 0.5), Double(size - 1))
        }
        for p in 0..<newHeight {
            for q in 0..<newWidth {
                let (v, u) = (position(p, height, newHeight), position(q, width, newWidth))
                for y in Int(v)...Int(v) + 1 {
                    for x in Int(u)...Int(u) + 1 {
                        let weight = (1 - abs(v - Double(y))) * (1 - abs(u - Double(x)))
                        if weight > 0 { body(y * width + x, p * newWidth + q, weight) }
                    }
                }
            }
        }
    }
}
