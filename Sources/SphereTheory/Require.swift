/// Stops the program with `message` when `condition` does not hold.
///
/// For mistakes of the programmer (dimension 0, concentration that is not positive). `precondition` traps without
/// printing its message in optimised builds; this prints it. A copy of the one in SphereKernels, on which this module
/// does not depend.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}
