internal import SphereReports

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A colour in CIE L*a*b* (1976), white point D65: distances are close to differences that people see.
///
/// L in [0, 100] is lightness; a (green to red) and b (blue to yellow) lie within about [-128, 128]. A distance of 2.3 is
/// just noticeable.
public struct CIELab: Equatable, Sendable {
    /// Lightness, a and b.
    public let lightness, a, b: Double

    /// The colour of an sRGB pixel.
    ///
    /// Source: IEC 61966-2-1 for the way to XYZ, CIE 15 for the rest.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        let r = SRGBTransfer.linear[Int(red)]
        let g = SRGBTransfer.linear[Int(green)]
        let b = SRGBTransfer.linear[Int(blue)]
        // XYZ relative to the white point, whose rows sum to 1: grays have a = b = 0.
        let x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
        let y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
        let z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
        lightness = 116 * Self.response(y) - 16
        a = 500 * (Self.response(x) - Self.response(y))
        self.b = 200 * (Self.response(y) - Self.response(z))
    }

    private static func response(_ t: Double) -> Double {
        t > 216.0 / 24_389 ? cbrt(t) : (24_389.0 / 27 * t + 16) / 116
    }
}
