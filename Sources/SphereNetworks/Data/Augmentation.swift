internal import SphereKernels

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Random changes of training images that leave their labels true.
///
/// In this order: mirrored; a border of random width cut off on all sides; gamma; gains of the channels; turned and cut to the inside; resized;
/// sides cut to multiples. The defaults are those of the authors' VOC training (released code of Kong and Fowlkes, CVPR 2018, demo 4).
public struct Augmentation: Sendable, Hashable {
    /// The probability of exchanging left and right.
    public var flipProbability = 0.5
    /// Pixels that are cut off of width and height together, at random places.
    public var border = 10
    /// The probability of each of gamma, gains, turn and size.
    public var changeProbability = 0.7
    /// The largest |Z| of gamma = log(1/2 + Z/sqrt 2) / log(1/2 - Z/sqrt 2), Z uniform.
    public var gammaRange = 0.03
    /// The range of the gains.
    public var gains: ClosedRange<Double> = 0.8...1.2
    /// Whole degrees of a turn.
    public var degrees: ClosedRange<Int> = -15...15
    /// Hundredths of the size.
    public var scales: ClosedRange<Int> = 70...150
    /// Images are turned and resized only if both sides are longer.
    public var smallestSide = 200
    /// The longest side after a change of size.
    public var longestSide = 800
    /// Sides are cut to multiples of this.
    public var multiple = 8

    /// The authors' changes.
    public init() {}

    /// `image` changed by numbers of `random`.
    ///
    /// - Precondition: probabilities in [0, 1], `border` >= 0, `multiple` >= 1, scales of 1 or more.
    public func callAsFunction(_ image: LabelledImage, using random: inout TrainingGenerator) -> LabelledImage {
        require(
            border >= 0 && multiple >= 1 && scales.lowerBound >= 1 && degrees.lowerBound >= -45
                && degrees.upperBound <= 45, "the settings of \(self)")
        func whole(_ range: ClosedRange<Int>) -> Int {
            range.lowerBound + Int(random.uniform() * Double(range.count))
        }
        func real(_ range: ClosedRange<Double>) -> Double {
            range.lowerBound + random.uniform() * (range.upperBound - range.lowerBound)
        }
        func happens(_ probability: Double) -> Bool { random.uniform() < probability }

        var result = image
        if happens(flipProbability) { result = result.flipped() }
        let cut = (x: min(border, result.width - 1), y: min(border, result.height - 1))
        result = result.cropped(
            x: whole(0...cut.x), y: whole(0...cut.y), width: result.width - cut.x, height: result.height - cut.y)
        if happens(changeProbability) {
            let z = real(-gammaRange...gammaRange) / 2.0.squareRoot()
            result = result.gammaCorrected(Float(log(0.5 + z) / log(0.5 - z)))
        }
        if happens(changeProbability) {
            result = result.multiplied(by: (0..<3).map { _ in Float(real(gains)) })
        }
        if happens(changeProbability) && min(result.width, result.height) > smallestSide {
            result = result.rotated(degrees: Double(whole(degrees)))
        }
        if happens(changeProbability) && min(result.width, result.height) > smallestSide {
            let longest = Double(max(result.width, result.height))
            let scale = min(Double(whole(scales)) / 100, Double(longestSide) / longest)
            result = result.resized(
                width: max(1, Int((Double(result.width) * scale).rounded())),
                height: max(1, Int((Double(result.height) * scale).rounded())))
        }
        let (width, height) = (result.width / multiple * multiple, result.height / multiple * multiple)
        // An image smaller than one multiple stays as it is.
        return width == 0 || height == 0 ? result : result.cropped(x: 0, y: 0, width: width, height: height)
    }
}
