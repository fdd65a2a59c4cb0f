import SphereData
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("AtomicFile")
struct AtomicFileTests {
    private func permissions(_ path: String) -> mode_t {
        var status = stat()
        stat(path, &status)
        return status.st_mode & 0o777
    }

    @Test("writes and replaces files of any length, and leaves nothing else", arguments: [0, 1, 4096, 1_000_003])
    func writing(count: Int) throws {
        let directory = TemporaryDirectory()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try AtomicFile.write(bytes, to: directory.file("a"))
        #expect(try FileContents.read(directory.file("a")) == bytes)
        try AtomicFile.write([7], to: directory.file("a"))
        #expect(try FileContents.read(directory.file("a")) == [7])
        #expect(directory.names == ["a"])
    }

    @Test("shows the file only after the commit")
    func commit() throws {
        let directory = TemporaryDirectory()
        var file = try AtomicFile(directory.file("a"))
        try file.append([1, 2].span)
        #expect(!directory.names.contains("a"))
        try file.append([3].span)
        try file.commit()
        #expect(try FileContents.read(directory.file("a")) == [1, 2, 3])
        #expect(directory.names == ["a"])
    }

    @Test("removes the temporary file and keeps the older one when it is dropped")
    func dropping() throws {
        struct Interruption: Error {}
        let directory = TemporaryDirectory()
        let path = directory.file("a", holding: [1])
        #expect(throws: Interruption.self) {
            var file = try AtomicFile(path)
            try file.append([9, 9].span)
            throw Interruption()
        }
        #expect(try FileContents.read(path) == [1])
        #expect(directory.names == ["a"])
    }

    @Test("removes the temporary file when the renaming fails")
    func failedRename() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("a")
        var file = try AtomicFile(path)
        try file.append([1].span)
        #expect(mkdir(path, 0o700) == 0)
        do throws(FileError) {
            try file.commit()
            Issue.record("a directory was replaced")
        } catch {
            #expect(error == .cannotWrite(path: path, reason: "Is a directory"))
        }
        #expect(directory.names == ["a"])
        rmdir(path)
    }

    @Test("gives new files the permissions of the umask and keeps those of a replaced file")
    func permissions() throws {
        let directory = TemporaryDirectory()
        let plain = open(directory.file("plain"), O_CREAT | O_WRONLY, 0o666)
        close(plain)
        try AtomicFile.write([1], to: directory.file("new"))
        #expect(permissions(directory.file("new")) == permissions(directory.file("plain")))
        let path = directory.file("a", holding: [1])
        chmod(path, 0o640)
        try AtomicFile.write([2], to: path)
        #expect(permissions(path) == 0o640)
    }

    @Test("replaces the target of a symbolic link, and a link that leads nowhere itself")
    func links() throws {
        let directory = TemporaryDirectory()
        let target = directory.file("target", holding: [1])
        #expect(symlink("target", directory.file("link")) == 0)
        #expect(symlink("nowhere", directory.file("dangling")) == 0)
        try AtomicFile.write([2], to: directory.file("link"))
        #expect(try FileContents.read(target) == [2])
        var status = stat()
        #expect(lstat(directory.file("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        try AtomicFile.write([3], to: directory.file("dangling"))
        #expect(try FileContents.read(directory.file("dangling")) == [3])
        #expect(directory.names == ["dangling", "link", "target"])
    }

    @Test("writes directly to what is not a regular file")
    func devices() throws {
        let directory = TemporaryDirectory()
        try AtomicFile.write([1, 2, 3], to: "/dev/null")
        // A pipe that is open at both ends takes the bytes at once.
        let path = directory.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDWR)
        try AtomicFile.write([1, 2, 3], to: path)
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(read(reader, &bytes, 8) == 3)
        #expect(bytes.prefix(3) == [1, 2, 3])
        close(reader)
        #expect(directory.names == ["pipe"])
    }

    @Test("continues an open descriptor where it is")
    func descriptors() throws {
        let directory = TemporaryDirectory()
        let descriptor = open(directory.file("a"), O_CREAT | O_WRONLY, 0o600)
        #expect(write(descriptor, "1", 1) == 1)
        try AtomicFile.write(Array("23".utf8), to: "/dev/fd/\(descriptor)")
        #expect(write(descriptor, "4", 1) == 1)
        close(descriptor)
        #expect(try FileContents.read(directory.file("a")) == Array("1234".utf8))
        // Not the number just closed, which a test at the same time may have opened again.
        let closed = "/dev/fd/\(CInt.max)"
        #expect(throws: FileError.cannotWrite(path: closed, reason: "Bad file descriptor")) {
            try AtomicFile.write([1], to: closed)
        }
    }

    @Test("reports what stands in the way, with the reason of the system")
    func failures() {
        let directory = TemporaryDirectory()
        let missing = directory.file("missing/a")
        #expect(throws: FileError.cannotWrite(path: missing, reason: "No such file or directory")) {
            try AtomicFile.write([1], to: missing)
        }
        #expect(throws: FileError.cannotWrite(path: directory.path, reason: "Is a directory")) {
            try AtomicFile.write([1], to: directory.path)
        }
        let file = directory.file("a", holding: [1])
        #expect(throws: FileError.cannotWrite(path: file + "/b", reason: "Not a directory")) {
            try AtomicFile.write([1], to: file + "/b")
        }
        #expect(throws: FileError.cannotWrite(path: "", reason: "No such file or directory")) {
            try AtomicFile.write([1], to: "")
        }
    }

    #if os(Linux)
    @Test("reports a full disk")
    func fullDisk() {
        #expect(throws: FileError.cannotWrite(path: "/dev/full", reason: "No space left on device")) {
            try AtomicFile.write([1], to: "/dev/full")
        }
    }
    #endif

    @Test("writes a file in the current directory")
    func relativePath() throws {
        // Another process directory would disturb tests that run beside this one: a long relative way is as good.
        let directory = TemporaryDirectory()
        let upwards = String(repeating: "../", count: 64) + directory.file("a").dropFirst()
        try AtomicFile.write([5], to: upwards)
        #expect(try FileContents.read(directory.file("a")) == [5])
    }
}
