internal import SphereKernels

extension LayerKernels {
    /// Brings a strip of pixels into a cache, those of a source or those that a result goes to, which a store would wait for.
    func readAhead(
        _ start: UnsafePointer<Float>, _ unit: GatherPlan.Unit, rowStep: Int, pixelStep: Int, channels: Int
    ) {
        for y in 0..<unit.rows.count {
            _ = readAhead(start + y * rowStep, pixelStep, unit.columns.count, channels)
        }
    }
}
