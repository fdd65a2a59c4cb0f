public import SphereData
internal import SphereKernels
internal import SphereNetworks

/// An image with digits that overlap: what the authors' first network learns to take apart.
public struct ToyDigitScene: Sendable {
    /// Width and height.
    public static let side = 64

    /// Red, green and blue in [0, 1], pixel by pixel, row by row.
    public let image: [Float]
    /// 0 for the background, else the digit that is seen, numbered from 1 in the order in which they were painted.
    public let instances: LabelMap
    /// 0 for the background, 1...9, and 10 for the digit zero.
    public let classes: LabelMap

    /// Digits that can be seen.
    public var digitCount: Int { Set(instances.labels).subtracting([0]).count }

    /// The image in steps of 1/255.
    public var picture: Image<UInt8> {
        Image(
            width: Self.side, height: Self.side, channels: 3,
            samples: image.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) })
    }
}

/// The generator of ``ToyDigitScene``: any number of scenes, each known by its number.
///
/// Up to nine digits at the places {0, 17, 35}² of a black 64 x 64 image, so that neighbours overlap by 10 or 11 pixels; places in random
/// order, the number of digits uniform in 0...9. Where a digit has ink it covers what was painted before. The colour follows from
/// the class. In a third of the scenes all digits are of one class, so that classes do not tell instances apart (released code of
/// Kong and Fowlkes, CVPR 2018, demo 1).
public struct ToyDigitGenerator: Sendable {
    /// Upper left corners of the places, in both directions.
    static let places = [0, 17, 35]
    /// Red, green and blue of the classes 1...9 and of 0, recovered from the authors' images.
    static let colors: [[Float]] = [
        [0.50491, 1, 0.20518], [0.49608, 0.90103, 1], [0.94599, 1, 0.35030], [1, 0.14498, 0.12373],
        [0.59625, 0.34720, 1], [0.91888, 1, 0.81002], [0.72030, 1, 0.59725], [0.47726, 1, 0.49447],
        [0.69201, 1, 0.70495], [0.31004, 0.22039, 1],
    ]

    private let digits: DigitSet
    private let rowsOfDigit: [[Int]]
    private let seed: UInt64
    /// The share of scenes whose digits are of one class.
    public let oneClassShare: Double
    /// How many digits a scene may have, each number as likely as the others.
    public let digitCounts: ClosedRange<Int>

    /// Scenes of the digits of `digits`.
    ///
    /// - Precondition: every digit 0...9 is in the set, the share lies in [0, 1], the numbers in 0...9.
    public init(
        digits: DigitSet, seed: UInt64, oneClassShare: Double = 1.0 / 3, digitCounts: ClosedRange<Int> = 0...9
    ) {
        require(oneClassShare >= 0 && oneClassShare <= 1, "a share of \(oneClassShare): must lie in [0, 1]")
        require(
            digitCounts.lowerBound >= 0 && digitCounts.upperBound <= 9, "\(digitCounts) digits: must lie in 0...9")
        var rows = [[Int]](repeating: [], count: 10)
        for (row, digit) in digits.digits.enumerated() { rows[Int(digit)].append(row) }
        for (digit, rows) in rows.enumerated() { require(!rows.isEmpty, "the set has no digit \(digit)") }
        self.digits = digits
        rowsOfDigit = rows
        self.seed = seed
        self.oneClassShare = oneClassShare
        self.digitCounts = digitCounts
    }

    /// Scene `number`, the same for the same seed and digits.
    public func scene(_ number: Int) -> ToyDigitScene {
        var random = TrainingGenerator(seed: seed).derived(number)
        func below(_ bound: Int) -> Int { Int(random.uniform() * Double(bound)) }
        let count = digitCounts.lowerBound + below(digitCounts.count)
        let oneClass = random.uniform() < oneClassShare ? below(10) : nil
        var places = Array(0..<9)
        for i in 0..<count { places.swapAt(i, i + below(9 - i)) }
        let rows = (0..<count).map { _ in
            let rows = oneClass.map { rowsOfDigit[$0] }
            return rows.map { $0[below($0.count)] } ?? below(digits.count)
        }
        return paint(rows, at: places.prefix(count).map { (Self.places[$0 / 3], Self.places[$0 % 3]) })
    }

    private func paint(_ rows: [Int], at corners: [(top: Int, left: Int)]) -> ToyDigitScene {
        let (side, digitSide) = (ToyDigitScene.side, DigitSet.side)
        var image = [Float](repeating: 0, count: side * side * 3)
        var instances = [Int32](repeating: 0, count: side * side)
        var classes = instances
        for (instance, (row, corner)) in zip(rows, corners).enumerated() {
            let name = digits.digits[row] == 0 ? 10 : Int32(digits.digits[row])
            let color = Self.colors[Int(name) - 1]
            for y in 0..<digitSide {
                for x in 0..<digitSide {
                    let ink = digits.pixels[(row * digitSide + y) * digitSide + x]
                    guard ink > 0 else { continue }
                    let pixel = (corner.top + y) * side + corner.left + x
                    for c in 0..<3 { image[pixel * 3 + c] = color[c] * Float(ink) / 255 }
                    instances[pixel] = Int32(instance + 1)
                    classes[pixel] = name
                }
            }
        }
        return ToyDigitScene(
            image: image, instances: LabelMap(width: side, height: side, labels: instances),
            classes: LabelMap(width: side, height: side, labels: classes))
    }
}
