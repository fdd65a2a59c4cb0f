import SphereData
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("FileContents")
struct FileContentsTests {
    @Test("refuses what is missing or no regular file")
    func refusals() throws {
        let directory = TemporaryDirectory()
        #expect(throws: FileError.cannotOpen(path: directory.file("a"), reason: "No such file or directory")) {
            try FileContents.read(directory.file("a"))
        }
        #expect(throws: FileError.notRegularFile(path: directory.path, kind: "a directory")) {
            try FileContents.read(directory.path)
        }
        #expect(throws: FileError.notRegularFile(path: "/dev/zero", kind: "a device")) {
            try FileContents.read("/dev/zero")
        }
        #expect(try FileContents.read(directory.file("empty", holding: [])) == [])
    }

    @Test("reads files of any length whole", arguments: [1, 4096, 1_000_003])
    func wholeFiles(count: Int) throws {
        let directory = TemporaryDirectory()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 29) }
        #expect(try FileContents.read(directory.file("a", holding: bytes)) == bytes)
    }

    @Test("reports a file that becomes shorter while it is read")
    func shrinking() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("a", holding: [1, 2, 3, 4, 5])
        let file = try RegularFile(path)
        #expect(truncate(path, 3) == 0)
        do throws(FileError) {
            _ = try file.bytes(at: 1, count: 4)
            Issue.record("bytes beyond the end were read")
        } catch {
            #expect(
                error == .cannotRead(path: path, byteOffset: 3, reason: "the file became shorter while it was read"))
        }
    }
}
