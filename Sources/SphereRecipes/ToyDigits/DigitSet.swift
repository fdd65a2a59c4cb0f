public import SphereData
internal import SphereKernels
internal import SphereLayers
internal import SphereTensor

/// Handwritten digits on 28 x 28 pixels, 0 the paper and 255 the ink.
public struct DigitSet: Sendable {
    /// Width and height of a digit.
    public static let side = 28

    /// Why a folder is no set of digits.
    public enum ReadingError: Error, Equatable, Sendable, CustomStringConvertible {
        /// One of the arrays cannot be read.
        case array(NPYError)
        /// The list of rows cannot be read.
        case list(FileError)
        /// The shapes of images and labels are not (N, 28, 28) and (N).
        case shapes(folder: String, images: [Int], labels: [Int])
        /// A label is no digit.
        case label(path: String, row: Int, label: Int)
        /// A line of the list is no row of the set.
        case row(path: String, line: String, count: Int)
        /// There are too few digits to be divided.
        case tooFew(folder: String, count: Int)

        /// One line for the user.
        public var description: String {
            switch self {
            case .array(let error): error.description
            case .list(let error): error.description
            case .shapes(let folder, let images, let labels):
                "\(folder): images.npy has the shape \(images) and labels.npy \(labels), expected [N, 28, 28] and [N]"
            case .label(let path, let row, let label): "\(path): label \(label) in row \(row), expected 0...9"
            case .row(let path, let line, let count): "\(path): '\(line)' is no row in 0..<\(count)"
            case .tooFew(let folder, let count): "\(folder): \(count) digits, 100 are needed"
            }
        }
    }

    /// Why a part of a set makes no scenes.
    public struct MissingDigit: Error, Equatable, Sendable, CustomStringConvertible {
        /// Which is missing, 0...9.
        public let digit: UInt8
        /// Where.
        public let part: Part
        /// Digits of the whole set.
        public let count: Int

        /// One line for the user.
        public var description: String {
            "the \(part.rawValue) part of \(count) digits has no \(digit): parts are rows one behind the other, so the rows must be mixed"
        }
    }

    /// What a part of the digits is for.
    public enum Part: String, Sendable, CaseIterable {
        /// The first eight tenths.
        case training
        /// The ninth tenth.
        case validation
        /// The last tenth.
        case test
    }

    /// All pixels, digit by digit, row by row.
    public let pixels: [UInt8]
    /// What each is, 0...9.
    public let digits: [UInt8]

    /// Number of digits.
    public var count: Int { digits.count }

    /// The given digits.
    ///
    /// - Precondition: 784 pixels for each digit, which is 0...9.
    public init(pixels: [UInt8], digits: [UInt8]) {
        require(
            pixels.count == digits.count * Self.side * Self.side,
            "\(pixels.count) pixels for \(digits.count) digits of \(Self.side * Self.side)")
        require(digits.allSatisfy { $0 <= 9 }, "digit \(digits.max() ?? 0): must be 0...9")
        self.pixels = pixels
        self.digits = digits
    }

    /// Reads `images.npy` (N, 28, 28) and `labels.npy` (N), both uint8, from `folder`.
    ///
    /// Rows that a file `toy_digit_rows.txt` lists (numbers from 0, separated by white space) are left out: those of MNIST's test set that
    /// the authors' published scenes show, so that these scenes stay a test.
    ///
    /// - Throws: ``ReadingError``.
    public init(folder: String) throws(ReadingError) {
        let images: NPYArray<UInt8>
        let labels: NPYArray<UInt8>
        do {
            images = try NPYFile.read("\(folder)/images.npy", as: UInt8.self)
            labels = try NPYFile.read("\(folder)/labels.npy", as: UInt8.self)
        } catch { throw .array(error) }
        guard images.shape.count == 3, images.shape[1...] == [Self.side, Self.side], labels.shape == [images.shape[0]]
        else { throw .shapes(folder: folder, images: images.shape, labels: labels.shape) }
        if let row = labels.elements.firstIndex(where: { $0 > 9 }) {
            throw .label(path: "\(folder)/labels.npy", row: row, label: Int(labels.elements[row]))
        }
        let leftOut = try Self.rows(listedIn: "\(folder)/toy_digit_rows.txt", count: labels.elements.count)
        let kept = labels.elements.indices.filter { !leftOut.contains($0) }
        guard kept.count >= 100 else { throw .tooFew(folder: folder, count: kept.count) }
        let size = Self.side * Self.side
        self.init(
            pixels: leftOut.isEmpty
                ? images.elements : kept.flatMap { images.elements[$0 * size..<($0 + 1) * size] },
            digits: kept.map { labels.elements[$0] })
    }

    private static func rows(listedIn path: String, count: Int) throws(ReadingError) -> Set<Int> {
        guard FileContents.exists(path) else { return [] }
        let bytes: [UInt8]
        do { bytes = try FileContents.read(path) } catch { throw .list(error) }
        var rows: Set<Int> = []
        for word in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace) {
            guard let row = Int(word), row >= 0, row < count else {
                throw .row(path: path, line: String(word), count: count)
            }
            rows.insert(row)
        }
        return rows
    }

    /// The digits of one part; parts have none in common.
    ///
    /// - Throws: ``MissingDigit`` if a digit 0...9 does not occur in the part: it makes no scenes.
    public func part(_ part: Part) throws(MissingDigit) -> DigitSet {
        let (ninth, tenth) = (count * 8 / 10, count * 9 / 10)
        let range =
            switch part {
            case .training: 0..<ninth
            case .validation: ninth..<tenth
            case .test: tenth..<count
            }
        let found = Set(digits[range])
        if let digit = (0...9).first(where: { !found.contains($0) }) {
            throw MissingDigit(digit: digit, part: part, count: count)
        }
        let size = Self.side * Self.side
        return DigitSet(
            pixels: Array(pixels[range.lowerBound * size..<range.upperBound * size]), digits: Array(digits[range]))
    }

    /// The digits on 8 x 8 pixels of 0...16 that come with the package, enlarged: for users without others.
    ///
    /// Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998 (CC BY 4.0), the 1,797 test
    /// digits in the order of scikit-learn. Bilinear to 20 x 20 in the middle of 28 x 28; a tenth of the ink is taken off, so that the paper
    /// stays 0.
    ///
    /// - Throws: ``ReadingError/array(_:)`` if the package's resources are incomplete.
    public static func bundled() throws -> DigitSet {
        let path = try PackageResources.path("ToyDigits/uci_digits.npy")
        let array: NPYArray<UInt8>
        do { array = try NPYFile.read(path, as: UInt8.self) } catch { throw ReadingError.array(error) }
        // A row is the label and 64 pixels.
        guard array.shape.count == 2, array.shape[1] == 65 else {
            throw ReadingError.shapes(folder: path, images: array.shape, labels: [])
        }
        let rows = array.shape[0]
        let pixels = enlarged((0..<rows).flatMap { array.elements[$0 * 65 + 1..<($0 + 1) * 65] }, count: rows)
        return DigitSet(pixels: pixels, digits: (0..<rows).map { array.elements[$0 * 65] })
    }

    /// Digits of 8 x 8 pixels of 0...16 as 28 x 28 of 0...255.
    private static func enlarged(_ small: [UInt8], count: Int) -> [UInt8] {
        // Two pixels of paper around, 12 x 12 to 30 x 30, of which the digit is the middle 20 x 20.
        let (padded, wide, start, size) = (12, 30, 5, 20)
        var ink = [Float](repeating: 0, count: count * padded * padded)
        for (index, value) in small.enumerated() {
            let (digit, y, x) = (index / 64, index / 8 % 8, index % 8)
            ink[(digit * padded + y + 2) * padded + x + 2] = Float(value) / 16
        }
        let enlarged = Tensor(shape: [count, padded, padded, 1], elements: ink).resized(height: wide, width: wide)
            .elements
        var large = [UInt8](repeating: 0, count: count * side * side)
        for digit in 0..<count {
            for y in 0..<size {
                for x in 0..<size {
                    let value = enlarged[(digit * wide + y + start) * wide + x + start]
                    large[(digit * side + y + 4) * side + x + 4] = UInt8(max(0, (value - 0.1) / 0.9 * 255).rounded())
                }
            }
        }
        return large
    }
}
