import SphereRecipes
import Testing

@Suite struct CIELabTests {
    @Test("has the published values of the primaries, white and black")
    func published() {
        // Bruce Lindbloom's calculator, sRGB with D65, to two digits.
        let expected: [(rgb: (UInt8, UInt8, UInt8), lab: (Double, Double, Double))] = [
            ((255, 255, 255), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((255, 0, 0), (53.24, 80.09, 67.20)),
            ((0, 255, 0), (87.73, -86.18, 83.18)), ((0, 0, 255), (32.30, 79.19, -107.86)),
            ((128, 128, 128), (53.59, 0, 0)),
        ]
        for (rgb, lab) in expected {
            let color = CIELab(red: rgb.0, green: rgb.1, blue: rgb.2)
            #expect(abs(color.lightness - lab.0) < 0.02 && abs(color.a - lab.1) < 0.02 && abs(color.b - lab.2) < 0.02)
        }
    }

    @Test("of grays has no colour and rises in lightness")
    func grays() {
        let grays = (0...255).map { CIELab(red: UInt8($0), green: UInt8($0), blue: UInt8($0)) }
        #expect(grays.allSatisfy { abs($0.a) < 0.01 && abs($0.b) < 0.01 })
        #expect(zip(grays, grays.dropFirst()).allSatisfy { $0.lightness < $1.lightness })
    }
}
