#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The transfer function of sRGB (IEC 61966-2-1): between stored samples and amounts of light.
package enum SRGBTransfer {
    /// The amount of light, 0 to 1, of each of the 256 stored samples.
    package static let linear: [Double] = (0...255).map { sample in
        let stored = Double(sample) / 255
        return stored <= 0.04045 ? stored / 12.92 : pow((stored + 0.055) / 1.055, 2.4)
    }

    /// The stored sample of an amount of light; below 0 counts as 0, above 1 as 1.
    package static func sample(ofLinear light: Double) -> UInt8 {
        let light = min(max(light, 0), 1)
        let stored = light <= 0.003_130_8 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055
        return UInt8((255 * stored).rounded())
    }
}
