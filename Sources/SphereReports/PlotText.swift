/// Measures of the text in a plot, which is laid out without knowing the font of the reader.
enum PlotText {
    /// Size of numbers, labels and names, in units of the view box.
    static let size = 13.0
    /// Size of the title.
    static let titleSize = 15.0
    /// From a line to the base line of text that is centred on it.
    static let baseline = size / 3
    /// Mean advance of a character in parts of the size, measured generously.
    private static let advance = 0.55

    /// The length of `text`.
    static func width(of text: String, size: Double = size) -> Double { Double(text.count) * advance * size }

    /// `text`, cut with an ellipsis if it is longer than `width`.
    static func fitted(_ text: String, width: Double, size: Double = size) -> String {
        let limit = max(1, Int(width / (advance * size)))
        return text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }

    /// A coordinate with one decimal, a tenth of a pixel.
    static func number(_ value: Double) -> String {
        let text = DecimalText.fixed(value, decimals: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
