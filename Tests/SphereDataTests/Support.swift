import SphereData

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The golden files of scripts/make-fixtures.py.
enum Fixture {
    static func path(_ name: String) -> String {
        String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/Fixtures/" + name
    }

    static func bytes(_ name: String) throws -> [UInt8] { try FileContents.read(path(name)) }

    /// Sample (x, y, channel) of the pictures of `pattern` in scripts/make-fixtures.py.
    static func pattern(_ x: Int, _ y: Int, _ channel: Int, modulus: Int) -> Int {
        (40503 * x + 30011 * y + 12345 * channel + 7) % modulus
    }

    static func patternImage<Component: ImageComponent>(
        channels: Int, modulus: Int, as type: Component.Type = Component.self
    ) -> Image<Component> {
        var image = Image<Component>(width: 13, height: 9, channels: channels)
        for y in 0..<9 {
            for x in 0..<13 {
                for channel in 0..<channels {
                    image[x, y, channel] = Component(pattern(x, y, channel, modulus: modulus))
                }
            }
        }
        return image
    }
}

/// A directory of its own for every test, removed with everything in it.
struct TemporaryDirectory: ~Copyable {
    let path: String

    init() {
        var template = Array("/tmp/sphere-data-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Writes `bytes` without any of the code under test.
    func file(_ name: String, holding bytes: [UInt8]) -> String {
        let stream = fopen(file(name), "wb")!
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        return file(name)
    }

    /// The files in the directory, hidden ones included, sorted.
    var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// The SplitMix64 generator: the same numbers for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// The largest amount of memory that this process has occupied so far.
func peakMemoryBytes() -> Int {
    var usage = rusage()
    #if canImport(Glibc)
    // The constant is an enumeration here, the parameter an integer.
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
    #else
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
    #endif
}
