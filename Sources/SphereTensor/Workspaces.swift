internal import SphereLayers
internal import Synchronization

/// Scratch memory for the operations, lent out one at a time, so that a training step allocates none after the first.
enum Workspaces {
    private struct Idle: @unchecked Sendable {
        // Sendable: a workspace is in the list while nobody uses it, and out of it while one operation does.
        var workspaces: [LayerWorkspace] = []
    }

    private static let idle = Mutex(Idle())

    static func with(_ body: (LayerWorkspace) -> Void) {
        nonisolated(unsafe) let workspace = idle.withLock { $0.workspaces.popLast() ?? LayerWorkspace() }
        body(workspace)
        idle.withLock { $0.workspaces.append(workspace) }
    }
}
