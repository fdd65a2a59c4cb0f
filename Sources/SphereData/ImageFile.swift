/// Picture files of any format that this module knows: PNG and JPEG.
///
/// A file is recognised by its first bytes; its name does not matter. Before memory for samples is requested the
/// declared size is held against a limit of pixels and against the size of the file (bounds at ``PNGFile`` and
/// ``JPEGFile``), so that a small file cannot claim a large amount of memory.
public enum ImageFile {
    /// A format of picture files.
    public enum Format: CaseIterable, Sendable {
        /// Portable Network Graphics (ISO/IEC 15948), ``PNGFile``.
        case png
        /// ISO/IEC 10918-1, ``JPEGFile``.
        case jpeg

        /// The bytes that every file of the format begins with.
        var signature: [UInt8] {
            switch self {
            case .png: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            case .jpeg: [0xFF, 0xD8, 0xFF]
            }
        }
    }

    /// Most pixels that a file may declare unless a call says otherwise: 2^28, a square of 16,384 x 16,384.
    public static let defaultMaximumPixels = 1 << 28

    /// The format of a file that begins with `bytes`, `nil` for an unknown one.
    public static func format(of bytes: [UInt8]) -> Format? {
        Format.allCases.first { bytes.starts(with: $0.signature) }
    }

    /// The picture in the file at `path`, its samples as they are stored.
    ///
    /// - Complexity: O(bytes + samples) in time and memory.
    /// - Throws: ``ImageFileError`` if the file cannot be read, is of another format, damaged, truncated, of an
    ///   unsupported kind, or larger than `maximumPixels`.
    public static func read(
        _ path: String, maximumPixels: Int = defaultMaximumPixels
    ) throws(ImageFileError) -> Picture {
        try decode(contents(of: path), name: path, maximumPixels: maximumPixels)
    }

    /// The picture in the file at `path` in 8-bit RGB, whatever its kind; the rules are those of ``Picture/rgb()``.
    ///
    /// - Complexity: O(bytes + samples) in time and memory.
    /// - Throws: ``ImageFileError`` as ``read(_:maximumPixels:)``.
    public static func readRGB(
        _ path: String, maximumPixels: Int = defaultMaximumPixels
    ) throws(ImageFileError) -> Image<UInt8> {
        try read(path, maximumPixels: maximumPixels).rgb()
    }

    /// The picture in `bytes`, the contents of a file; `name` stands for the path in errors.
    ///
    /// - Complexity: O(bytes + samples) in time and memory.
    /// - Throws: ``ImageFileError`` as ``read(_:maximumPixels:)``.
    public static func decode(
        _ bytes: [UInt8], name: String, maximumPixels: Int = defaultMaximumPixels
    ) throws(ImageFileError) -> Picture {
        switch format(of: bytes) {
        case .png: return try PNGFile.decode(bytes, name: name, maximumPixels: maximumPixels)
        case .jpeg:
            let image = try JPEGFile.decode(bytes, name: name, maximumPixels: maximumPixels)
            return Picture(samples: .eightBit(image), bitDepth: 8, transparentColor: nil)
        case nil: throw .unknownFormat(path: name, expected: "a PNG or JPEG file", found: excerpt(bytes[...], limit: 8))
        }
    }

    /// The bytes of the file at `path`, with the error of a picture file.
    static func contents(of path: String) throws(ImageFileError) -> [UInt8] {
        try ImageFileError.wrapping { () throws(FileError) in try FileContents.read(path) }
    }

    /// Throws `ImageFileError.unknownFormat` unless `bytes` begin as `format` does.
    static func requireSignature(
        _ format: Format, of bytes: [UInt8], name: String, expected: String
    ) throws(ImageFileError) {
        guard bytes.starts(with: format.signature) else {
            throw .unknownFormat(
                path: name, expected: expected, found: excerpt(bytes[...], limit: format.signature.count))
        }
    }

    /// Throws `ImageFileError.tooManyPixels` if a file declares more than `limit` pixels.
    static func requirePixels(
        _ width: Int, _ height: Int, limit: Int, name: String
    ) throws(ImageFileError) {
        // No format has sides of 2^31: the product does not overflow.
        guard width * height <= limit else {
            throw .tooManyPixels(path: name, width: width, height: height, limit: limit)
        }
    }

    /// Where and why a C library gave up.
    struct LibraryFailure {
        let byteOffset: Int
        let reason: String
    }

    /// Runs `body`, a call that returns 0, or another number after leaving a reason in the buffer it is given and the
    /// byte it came to.
    static func libraryFailure(
        _ body: (_ byteOffset: inout Int, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> CInt
    ) -> LibraryFailure? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            message.initialize(repeating: 0)
            var byteOffset = 0
            guard body(&byteOffset, message.baseAddress, message.count) != 0 else { return nil }
            return LibraryFailure(byteOffset: byteOffset, reason: String(cString: message.baseAddress!))
        }
    }

    /// Runs `body`, which decodes the file `name`, as ``libraryFailure(_:)`` does.
    static func decoding(
        _ name: String,
        _ body: (_ byteOffset: inout Int, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> CInt
    ) throws(ImageFileError) {
        if let failure = libraryFailure(body) {
            throw .damaged(path: name, byteOffset: failure.byteOffset, reason: failure.reason)
        }
    }
}
