import SphereReports
import Testing

@Suite struct OKLabTests {
    @Test("comes back to the same 8-bit colour")
    func roundTrip() {
        for red in stride(from: 0, through: 255, by: 15) {
            for green in stride(from: 0, through: 255, by: 15) {
                for blue in stride(from: 0, through: 255, by: 15) {
                    let color = RGBColor(red: UInt8(red), green: UInt8(green), blue: UInt8(blue))
                    #expect(OKLab(color).rgb == color)
                    #expect(OKLab(color).isDisplayable)
                }
            }
        }
    }

    @Test("agrees with the published values of primary colours")
    func knownColors() {
        // Ottosson 2020, rounded to three digits.
        let red = OKLab(RGBColor(red: 255, green: 0, blue: 0))
        #expect(red.distance(to: OKLab(lightness: 0.628, a: 0.225, b: 0.126)) < 0.001)
        #expect(OKLab(RGBColor(gray: 255)).distance(to: OKLab(lightness: 1, a: 0, b: 0)) < 1e-6)
    }

    @Test("reduces the chroma of colours that screens do not have, and no other")
    func displayable() {
        for hue in stride(from: 0.0, to: 360, by: 7) {
            let reduced = OKLab.displayable(lightness: 0.7, upToChroma: 0.4, hue: hue)
            let chroma = (reduced.a * reduced.a + reduced.b * reduced.b).squareRoot()
            #expect(reduced.isDisplayable)
            #expect(!OKLab(lightness: 0.7, chroma: chroma + 0.001, hue: hue).isDisplayable)
            #expect(!OKLab(lightness: 0.7, chroma: 0.4, hue: hue).isDisplayable)
            let pale = OKLab.displayable(lightness: 0.7, upToChroma: 0.05, hue: hue)
            #expect(pale == OKLab(lightness: 0.7, chroma: 0.05, hue: hue))
        }
    }

    @Test("clips amounts of light outside 0...1")
    func clipping() {
        #expect(OKLab(lightness: 1.5, a: 0, b: 0).rgb == RGBColor(gray: 255))
        #expect(OKLab(lightness: -1, a: 0, b: 0).rgb == RGBColor(gray: 0))
        #expect((0...255).allSatisfy { SRGBTransfer.sample(ofLinear: SRGBTransfer.linear[$0]) == UInt8($0) })
    }
}
