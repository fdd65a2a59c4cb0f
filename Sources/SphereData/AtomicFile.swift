#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that appears under its name only when it is complete.
///
/// The bytes go to a temporary file in the same directory; ``commit()`` flushes it to the disk (`fsync`) and renames
/// it, which replaces an older file in one step. A writer that is dropped without a commit, by an error for example,
/// removes the temporary file and leaves the older file as it was. Only the end of the process itself (a signal, a
/// power cut) can leave a temporary file behind, named `.sphereshift-` and a random number.
///
/// - A new file gets the permissions of the process's umask; a replaced one keeps its permissions, not its owner.
/// - A symbolic link to a file stays, and its target is replaced; one that leads nowhere is replaced itself.
/// - A path that exists and is not a regular file (a pipe, `/dev/null`, a terminal) is written directly, as are the
///   open descriptors `/dev/stdout`, `/dev/stderr` and `/dev/fd/N` whatever they lead to; there nothing can be undone.
public struct AtomicFile: ~Copyable {
    private let path: String
    private let descriptor: CInt
    /// The temporary file and where it belongs, or `nil` when the target is written directly or the commit is done.
    private var pending: (temporary: String, target: String)?

    /// Opens a temporary file next to `path`.
    ///
    /// - Throws: `FileError.cannotWrite` if the directory does not exist or does not let files be created, or if `path`
    ///   is a directory.
    public init(_ path: String) throws(FileError) {
        self.path = path
        (descriptor, pending) = try Self.open(path)
    }

    deinit {
        close(descriptor)
        if let pending { unlink(pending.temporary) }
    }

    /// Appends `bytes`.
    ///
    /// - Throws: `FileError.cannotWrite` with the system's reason, a full disk for example.
    public mutating func append(_ bytes: Span<UInt8>) throws(FileError) {
        try append(raw: bytes.bytes)
    }

    /// Appends memory of any type; its bytes are in the order of the machine.
    mutating func append(raw bytes: RawSpan) throws(FileError) {
        try bytes.withUnsafeBytes { (buffer) throws(FileError) in
            var done = 0
            while done < buffer.count {
                let count = systemWrite(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw Self.failure(path) }
                done += count
            }
        }
    }

    /// Makes the file appear under its name.
    ///
    /// - Throws: `FileError.cannotWrite`; the older file is then still in place.
    public consuming func commit() throws(FileError) {
        guard let (temporary, target) = pending else { return }
        // The data must be on the disk before the name points to it, or a power cut could leave an empty file.
        guard fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw Self.failure(path) }
        pending = nil
    }

    /// Writes `bytes` as the whole file at `path`.
    ///
    /// - Complexity: O(bytes).
    /// - Throws: `FileError.cannotWrite` with the path and the system's reason; an older file is then untouched.
    public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        var file = try AtomicFile(path)
        try file.append(bytes.span)
        try file.commit()
    }

    /// Opens what the bytes for `path` go to: a descriptor, and where its file belongs if it is a temporary one.
    private static func open(
        _ path: String
    ) throws(FileError) -> (descriptor: CInt, pending: (temporary: String, target: String)?) {
        if let existing = openDescriptor(named: path) {
            let descriptor = dup(existing)
            guard descriptor >= 0 else { throw failure(path) }
            return (descriptor, nil)
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            let (temporary, descriptor) = try makeTemporary(nextTo: path, for: path)
            return (descriptor, (temporary, path))
        }
        if FileError.kindUnlessRegular(mode: status.st_mode) != nil {
            let descriptor = systemOpen(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(path) }
            return (descriptor, nil)
        }
        let target = resolvingLinks(path)
        let (temporary, descriptor) = try makeTemporary(nextTo: target, for: path)
        guard fchmod(descriptor, status.st_mode & 0o777) == 0 else {
            defer {
                close(descriptor)
                unlink(temporary)
            }
            throw failure(path)
        }
        return (descriptor, (temporary, target))
    }

    private static func failure(_ path: String) -> FileError {
        .cannotWrite(path: path, reason: FileError.lastReason())
    }

    /// The descriptor that `path` names, `nil` for any other path.
    ///
    /// Opening these names again would start at the beginning of a file that the output was redirected to.
    private static func openDescriptor(named path: String) -> CInt? {
        switch path {
        case "/dev/stdout": STDOUT_FILENO
        case "/dev/stderr": STDERR_FILENO
        default: path.hasPrefix("/dev/fd/") ? CInt(path.dropFirst("/dev/fd/".count)) : nil
        }
    }

    /// The file that `path` leads to when all symbolic links are followed.
    private static func resolvingLinks(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Creates a file of a new name in the directory of `target`.
    private static func makeTemporary(
        nextTo target: String, for path: String
    ) throws(FileError) -> (name: String, descriptor: CInt) {
        let directory = target.lastIndex(of: "/").map { target[...$0] } ?? ""
        while true {
            let number = UInt64.random(in: 0...UInt64.max)
            let name = "\(directory).sphereshift-\(String(number, radix: 16))"
            let descriptor = systemOpen(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (name, descriptor) }
            // A name that is taken is drawn again: with 64 random bits this does not repeat.
            guard errno == EEXIST else { throw failure(path) }
        }
    }
}

// The functions of the system, which inside the type are hidden by its own of the same names.
private func systemOpen(_ path: String, _ flags: CInt, _ mode: mode_t = 0) -> CInt { open(path, flags, mode) }
private func systemWrite(_ descriptor: CInt, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, start, count)
}
