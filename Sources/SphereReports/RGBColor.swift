/// A colour of the sRGB space with 8 bits per channel.
public struct RGBColor: Hashable, Sendable {
    /// Share of red, green and blue as stored in a picture, 0 to 255.
    public let red, green, blue: UInt8

    /// The colour of the given shares.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The gray in which all three shares are `gray`.
    package init(gray: UInt8) {
        self.init(red: gray, green: gray, blue: gray)
    }

    /// The colour as CSS and SVG write it, "#rrggbb" in lower case.
    public var hexadecimal: String {
        "#"
            + [red, green, blue].map { share in
                let digits = String(share, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }
}
