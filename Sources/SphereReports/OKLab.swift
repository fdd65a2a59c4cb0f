#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A colour in OKLab, where equal distances look about equally large.
///
/// Source: B. Ottosson, "A perceptual color space for image processing", 2020, with the matrices given there for linear
/// sRGB. White is (1, 0, 0), black (0, 0, 0).
package struct OKLab: Equatable, Sendable {
    /// Perceived lightness, 0 to 1 for the colours of sRGB.
    package var lightness: Double
    /// Green (negative) to red (positive).
    package var a: Double
    /// Blue (negative) to yellow (positive).
    package var b: Double

    /// The colour of lightness, a and b.
    package init(lightness: Double, a: Double, b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    /// The colour of lightness, chroma (distance from gray) and hue, an angle in degrees (OKLCH).
    package init(lightness: Double, chroma: Double, hue: Double) {
        let angle = hue * .pi / 180
        self.init(lightness: lightness, a: chroma * cos(angle), b: chroma * sin(angle))
    }

    /// The amounts of light of red, green and blue; outside 0...1 for colours that sRGB does not have.
    private var linearRGB: (red: Double, green: Double, blue: Double) {
        func cube(_ x: Double) -> Double { x * x * x }
        let long = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
        let medium = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
        let short = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
        return (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
        )
    }

    /// Whether sRGB has the colour.
    package var isDisplayable: Bool {
        let light = linearRGB
        // The published matrices have 10 digits; white and black must not fail on the last one.
        let range = -1e-6...1 + 1e-6
        return range.contains(light.red) && range.contains(light.green) && range.contains(light.blue)
    }

    /// The nearest 8-bit colour, each channel clipped.
    package var rgb: RGBColor {
        let light = linearRGB
        return RGBColor(
            red: SRGBTransfer.sample(ofLinear: light.red), green: SRGBTransfer.sample(ofLinear: light.green),
            blue: SRGBTransfer.sample(ofLinear: light.blue))
    }

    /// The colour of this lightness and hue with the largest chroma up to `chroma` that sRGB has.
    ///
    /// - Precondition: `0 <= lightness <= 1`, so that gray is one.
    package static func displayable(lightness: Double, upToChroma chroma: Double, hue: Double) -> OKLab {
        let full = OKLab(lightness: lightness, chroma: chroma, hue: hue)
        if full.isDisplayable { return full }
        var (inside, outside) = (0.0, chroma)
        // 14 halvings of a chroma below 0.4 leave less than half a step of 8 bits.
        for _ in 0..<14 {
            let middle = (inside + outside) / 2
            if OKLab(lightness: lightness, chroma: middle, hue: hue).isDisplayable {
                inside = middle
            } else {
                outside = middle
            }
        }
        return OKLab(lightness: lightness, chroma: inside, hue: hue)
    }
}
