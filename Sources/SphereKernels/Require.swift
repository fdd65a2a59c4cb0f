/// Stops the program with `message` when `condition` does not hold.
///
/// For mistakes of the programmer (shape, stride, non-positive concentration). `precondition` traps without printing its
/// message in optimised builds; this prints it. The message names both values: what was expected and what was found.
@inline(__always)
package func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}
