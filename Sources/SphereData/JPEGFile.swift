internal import CJPEG

/// Pictures in the JPEG format, read through libjpeg-turbo.
///
/// Gray files give 1 channel, YCbCr and RGB files 3. CMYK and YCCK files are converted to RGB as light through ink, R =
/// (255 - C)(255 - K) / 255 and so on, with the inverted storage that an Adobe marker announces; colour profiles are
/// not applied. Baseline and progressive Huffman coding with 8 bits are read, arithmetic coding and 12 bits are
/// refused.
///
/// The EXIF orientation is **not** applied: pixel (0, 0) is the first one stored, as label maps made for the file
/// expect.
///
/// What libjpeg only warns about, above all data that ends early, is an error here: there are no half pictures. A file
/// is refused before memory is requested if it declares more than 1024 pixels per byte of the file (a block of 8 x 8
/// samples needs at least one bit, and subsampling lets a block cover at most 128 pixels), or more pixels than the
/// limit of the call.
public enum JPEGFile {
    /// Most pixels that a byte of Huffman-coded data can stand for.
    private static let mostPixelsPerByte = 1024

    /// The picture in the file at `path`, in gray or RGB.
    ///
    /// - Complexity: O(bytes + samples) in time and memory.
    /// - Throws: ``ImageFileError`` if the file cannot be read, is not JPEG, damaged, truncated, of an unsupported
    ///   kind, or larger than `maximumPixels`.
    public static func read(
        _ path: String, maximumPixels: Int = ImageFile.defaultMaximumPixels
    ) throws(ImageFileError) -> Image<UInt8> {
        try decode(ImageFile.contents(of: path), name: path, maximumPixels: maximumPixels)
    }

    /// The picture in `bytes`, the contents of a file; `name` stands for the path in errors.
    ///
    /// - Complexity: O(bytes + samples) in time and memory.
    /// - Throws: ``ImageFileError`` as ``read(_:maximumPixels:)``.
    public static func decode(
        _ bytes: [UInt8], name: String, maximumPixels: Int = ImageFile.defaultMaximumPixels
    ) throws(ImageFileError) -> Image<UInt8> {
        try ImageFile.requireSignature(.jpeg, of: bytes, name: name, expected: "a JPEG file")
        var header = cjpeg_header()
        try ImageFile.decoding(name) { cjpeg_read_header(bytes, bytes.count, &header, &$0, $1, $2) }
        let (width, height, channels) = (Int(header.width), Int(header.height), Int(header.channels))
        guard channels != 0 else { throw .unsupported(path: name, reason: "JPEG with unknown kind of colour") }
        guard header.is_arithmetic_coded == 0 else {
            throw .unsupported(path: name, reason: "JPEG with arithmetic coding")
        }
        try ImageFile.requirePixels(width, height, limit: maximumPixels, name: name)
        guard width * height <= mostPixelsPerByte * bytes.count else {
            throw .impossibleSize(path: name, width: width, height: height, fileBytes: bytes.count)
        }

        var samples = [UInt8](repeating: 0, count: width * height * channels)
        try ImageFile.decoding(name) { byteOffset, message, capacity in
            samples.withUnsafeMutableBufferPointer {
                cjpeg_read_samples(bytes, bytes.count, $0.baseAddress, $0.count, &byteOffset, message, capacity)
            }
        }
        if channels == 4 {
            return Image(
                width: width, height: height, channels: 3,
                samples: rgb(fromInk: samples, isInverted: header.has_adobe_marker != 0))
        }
        return Image(width: width, height: height, channels: channels, samples: samples)
    }

    /// RGB of CMYK samples.
    private static func rgb(fromInk samples: [UInt8], isInverted: Bool) -> [UInt8] {
        var colors: [UInt8] = []
        colors.reserveCapacity(samples.count / 4 * 3)
        for start in stride(from: 0, to: samples.count, by: 4) {
            // The light that each ink lets through.
            func light(_ channel: Int) -> Int {
                Int(isInverted ? samples[start + channel] : 255 - samples[start + channel])
            }
            for channel in 0..<3 { colors.append(UInt8((light(channel) * light(3) + 127) / 255)) }
        }
        return colors
    }
}
