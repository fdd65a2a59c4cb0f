internal import CPNG

/// Pictures in the PNG format, through libpng.
///
/// Read are all kinds: gray, gray + alpha, RGB, RGBA and palette, 1 to 16 bits, interlaced or not, with or without
/// transparent colours. Samples are delivered as stored (``Picture``): bits below 8 unpacked but not scaled, palette
/// pictures as numbers of colours, 16-bit samples whole, gamma and colour profiles ignored. Written are 8 and 16 bits
/// with 1 to 4 channels.
///
/// Every checksum is verified up to the end chunk, and bytes after that are ignored. A file is refused before memory is
/// requested if it declares more than 1032 bytes of image data per byte of the file, which deflate cannot reach
/// (258 bytes need at least 2 bits), or more pixels than the limit of the call.
public enum PNGFile {
    /// Most bytes that a byte of deflate data can stand for.
    private static let largestExpansion = 1032

    /// The picture in the file at `path`, its samples as they are stored.
    ///
    /// - Complexity: O(bytes + samples) in time and memory.
    /// - Throws: ``ImageFileError`` if the file cannot be read, is not PNG, damaged, truncated, or larger than
    ///   `maximumPixels`.
    public static func read(
        _ path: String, maximumPixels: Int = ImageFile.defaultMaximumPixels
    ) throws(ImageFileError) -> Picture {
        try decode(ImageFile.contents(of: path), name: path, maximumPixels: maximumPixels)
    }

    /// The picture in `bytes`, the contents of a file; `name` stands for the path in errors.
    ///
    /// - Complexity: O(bytes + samples) in time and memory.
    /// - Throws: ``ImageFileError`` as ``read(_:maximumPixels:)``.
    public static func decode(
        _ bytes: [UInt8], name: String, maximumPixels: Int = ImageFile.defaultMaximumPixels
    ) throws(ImageFileError) -> Picture {
        try ImageFile.requireSignature(.png, of: bytes, name: name, expected: "a PNG file")
        var header = cpng_header()
        try ImageFile.decoding(name) { cpng_read_header(bytes, bytes.count, &header, &$0, $1, $2) }

        let (width, height, channels) = (Int(header.width), Int(header.height), Int(header.channels))
        try ImageFile.requirePixels(width, height, limit: maximumPixels, name: name)
        // The least there can be: every row begins with its filter, and interlacing only adds rows.
        let rowBytes = (width * channels * Int(header.bit_depth) + 7) / 8 + 1
        guard rowBytes <= largestExpansion * bytes.count / height else {
            throw .impossibleSize(path: name, width: width, height: height, fileBytes: bytes.count)
        }

        let samples: Picture.Samples
        if header.bit_depth == 16 {
            samples = .sixteenBit(try decodeSamples(bytes, width, height, channels, name: name))
        } else if header.palette_count > 0 {
            let indices: Image<UInt8> = try decodeSamples(bytes, width, height, channels, name: name)
            let colors = header.colors
            if let place = indices.samples.firstIndex(where: { $0 >= colors.count }) {
                throw .damaged(
                    path: name, byteOffset: bytes.count,
                    reason: "pixel (\(place % width), \(place / width)) has colour \(indices.samples[place]) "
                        + "of a palette of \(colors.count)")
            }
            samples = .palette(indices, colors)
        } else {
            samples = .eightBit(try decodeSamples(bytes, width, height, channels, name: name))
        }
        return Picture(
            samples: samples, bitDepth: Int(header.bit_depth), transparentColor: header.transparentColor)
    }

    /// Writes `image` to the file at `path`.
    ///
    /// One channel is written as gray, two as gray + alpha, three as RGB and four as RGBA, `UInt8` samples with 8 bits
    /// and `UInt16` samples with 16. The file appears under its name when it is complete (``AtomicFile``).
    ///
    /// - Complexity: O(samples) in time and memory.
    /// - Throws: `ImageFileError.cannotEncode` for a picture without pixels or with a side of 2^31 or more,
    ///   `ImageFileError.file` if the file cannot be written.
    public static func write<Component>(_ image: Image<Component>, to path: String) throws(ImageFileError) {
        let bytes = try encode(image, name: path)
        try ImageFileError.wrapping { () throws(FileError) in try AtomicFile.write(bytes, to: path) }
    }

    /// The contents of a PNG file with `image`; `name` stands for the path in errors.
    ///
    /// - Complexity: O(samples) in time and memory.
    /// - Throws: `ImageFileError.cannotEncode` as ``write(_:to:)``.
    public static func encode<Component>(
        _ image: Image<Component>, name: String = "PNG picture"
    ) throws(ImageFileError) -> [UInt8] {
        let sides = 1...Int(Int32.max)
        guard sides.contains(image.width), sides.contains(image.height) else {
            throw .cannotEncode(path: name, reason: "PNG has no pictures of \(image.width) x \(image.height) pixels")
        }
        var encoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        let failure = ImageFile.libraryFailure { _, message, capacity in
            image.samples.withUnsafeBytes {
                cpng_write(
                    $0.baseAddress, UInt32(image.width), UInt32(image.height), CInt(image.channels),
                    CInt(Component.bitWidth), &encoded, &count, message, capacity)
            }
        }
        if let failure { throw .cannotEncode(path: name, reason: failure.reason) }
        defer { cpng_free(encoded) }
        return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
    }

    private static func decodeSamples<Component>(
        _ bytes: [UInt8], _ width: Int, _ height: Int, _ channels: Int, name: String
    ) throws(ImageFileError) -> Image<Component> {
        var samples = [Component](repeating: 0, count: width * height * channels)
        try ImageFile.decoding(name) { byteOffset, message, capacity in
            samples.withUnsafeMutableBytes {
                cpng_read_samples(bytes, bytes.count, $0.baseAddress, $0.count, &byteOffset, message, capacity)
            }
        }
        return Image(width: width, height: height, channels: channels, samples: samples)
    }
}

extension cpng_header {
    fileprivate var colors: [Picture.Color] {
        withUnsafeBytes(of: palette) { bytes in
            (0..<Int(palette_count)).map {
                Picture.Color(
                    red: bytes[4 * $0], green: bytes[4 * $0 + 1], blue: bytes[4 * $0 + 2], alpha: bytes[4 * $0 + 3])
            }
        }
    }

    fileprivate var transparentColor: [UInt16]? {
        guard has_transparent_color != 0 else { return nil }
        return channels == 1
            ? [transparent_color.0] : [transparent_color.0, transparent_color.1, transparent_color.2]
    }
}
