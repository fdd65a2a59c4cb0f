#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whole regular files as bytes.
public enum FileContents {
    /// The bytes of the regular file at `path`.
    ///
    /// Symbolic links are followed. Pipes, devices and directories are refused without blocking on them. As many bytes
    /// are read as the file system says there are: none for the files of `/proc`.
    ///
    /// - Complexity: O(bytes) in time and memory.
    /// - Throws: ``FileError`` with the path and the system's reason; also when the file shrinks while it is read.
    public static func read(_ path: String) throws(FileError) -> [UInt8] {
        let file = try RegularFile(path)
        return try file.bytes(at: 0, count: file.byteCount)
    }

    /// Whether something is at `path`, be it a file, a folder or a link that leads somewhere.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

/// A regular file opened for reading, closed at the end of its life.
package struct RegularFile: ~Copyable {
    package let path: String
    /// Size of the file when it was opened.
    package let byteCount: Int
    private let descriptor: CInt

    package init(_ path: String) throws(FileError) {
        // Without O_NONBLOCK the opening of a pipe would wait for a writer; regular files do not heed it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: FileError.lastReason()) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let reason = FileError.lastReason()
            close(descriptor)
            throw .cannotOpen(path: path, reason: reason)
        }
        if let kind = FileError.kindUnlessRegular(mode: status.st_mode) {
            close(descriptor)
            throw .notRegularFile(path: path, kind: kind)
        }
        self.path = path
        self.byteCount = Int(status.st_size)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// - Throws: `FileError.cannotRead`, also when the file ends before the buffer is full.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
        var done = 0
        while done < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw .cannotRead(path: path, byteOffset: offset + done, reason: FileError.lastReason())
            }
            guard count > 0 else {
                throw .cannotRead(
                    path: path, byteOffset: offset + done, reason: "the file became shorter while it was read")
            }
            done += count
        }
    }

    /// The `count` bytes from `offset` on.
    package func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { (buffer, initializedCount) throws(FileError) in
            let target = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            try read(into: UnsafeMutableRawBufferPointer(target), at: offset)
            initializedCount = count
        }
    }
}
