internal import CInstructionSets

/// Runs `body` with subnormal numbers read and written as zero on this thread.
///
/// Kernel values far from a point are tiny, and their products with coordinates subnormal: on some processors each such
/// operation takes a hundred cycles, which made a step at kappa = 100 ten times slower. Sums start at 1 (a point's own
/// kernel value), so nothing that float32 can hold is lost.
@inline(__always)
func flushingSubnormals(_ body: () -> Void) {
    let mode = sphereshift_flush_subnormals()
    body()
    sphereshift_restore_subnormals(mode)
}
