import SphereData
import SphereReports
import Testing

@Suite struct LabelColorsTests {
    @Test("keeps labels that follow each other apart, for colour-blind eyes too", arguments: Vision.allCases)
    func successiveLabels(vision: Vision) {
        let limit = vision == .normal ? 0.26 : 0.098
        for label in Int32(1)...1000 {
            let color = OKLab(LabelColors.color(of: label), vision: vision)
            let distance = color.distance(to: OKLab(LabelColors.color(of: label + 1), vision: vision))
            #expect(distance > limit, "labels \(label) and \(label + 1)")
        }
    }

    @Test("keeps any two of the first 16 labels apart", arguments: Vision.allCases)
    func firstLabels(vision: Vision) {
        let limit = vision == .normal ? 0.1 : 0.039
        let colors = (Int32(1)...16).map { OKLab(LabelColors.color(of: $0), vision: vision) }
        for (i, color) in colors.enumerated() {
            for j in 0..<i { #expect(color.distance(to: colors[j]) > limit, "labels \(j + 1) and \(i + 1)") }
        }
    }

    @Test("gives no group the colour of the background or of pixels without a group")
    func reservedColors() {
        for label in Int32(1)...1000 {
            let color = OKLab(LabelColors.color(of: label))
            for reserved in [LabelColors.background, LabelColors.unassigned, LabelColors.hatching] {
                #expect(color.distance(to: OKLab(reserved)) > 0.08, "label \(label)")
            }
        }
    }

    @Test("has a colour for every label and none for two of the first 200")
    func range() {
        #expect(LabelColors.color(of: 0) == LabelColors.background)
        for label in [-1, -2, Int32.min] { #expect(LabelColors.color(of: label) == LabelColors.unassigned) }
        #expect(LabelColors.color(of: .max) != LabelColors.background)
        #expect(Set((Int32(0)...200).map(LabelColors.color(of:))).count == 201)
    }

    @Test("stays as it is: the first colours are those of older reports")
    func fixed() {
        let first = (Int32(0)...4).map { LabelColors.color(of: $0).hexadecimal }
        #expect(first == ["#262626", "#197fc7", "#ff8f8a", "#008055", "#b190f0"])
    }

    @Test("paints every pixel in the colour of its label")
    func picture() {
        let map = LabelMap(width: 3, height: 2, labels: [0, 1, 1, 7, 1, .max])
        let picture = LabelColors.picture(of: map)
        #expect(picture.width == 3 && picture.height == 2 && picture.channels == 3)
        for y in 0..<2 {
            for x in 0..<3 { #expect(RGBColor(of: picture, x: x, y: y) == LabelColors.color(of: map[x, y])) }
        }
    }

    @Test("hatches pixels without a group in two grays, along diagonals")
    func hatching() {
        let picture = LabelColors.picture(of: LabelMap(width: 12, height: 7, labels: .init(repeating: -1, count: 84)))
        var counts: [RGBColor: Int] = [:]
        for y in 0..<7 {
            for x in 0..<12 {
                let color = RGBColor(of: picture, x: x, y: y)
                counts[color, default: 0] += 1
                if x > 0 && y < 6 { #expect(color == RGBColor(of: picture, x: x - 1, y: y + 1)) }
            }
        }
        #expect(counts == [LabelColors.unassigned: 56, LabelColors.hatching: 28])
    }

    @Test("makes an empty picture of an empty map", arguments: [(0, 0), (0, 3), (3, 0)])
    func empty(width: Int, height: Int) {
        let picture = LabelColors.picture(of: LabelMap(width: width, height: height, labels: []))
        #expect(picture == Image(width: width, height: height, channels: 3))
    }
}
