package import SphereData
internal import SphereKernels
public import SphereNetworks

/// What a model of objects is made of, apart from its weights: what it sees, how it says where an object is, how its output is read.
public struct InstanceDesign: Sendable, Hashable {
    /// What it is for.
    public var name: String
    /// Whether the network sees brightness alone, each picture stretched to its own range, or three colours.
    public var isGray: Bool
    /// The size at which the network sees a picture, in parts of the full size, in (0, 1].
    public var scale: Double
    /// Where the network's maps come from.
    public var trunk = InstanceNetwork.Trunk.encoder
    /// Channels of the finest level, see `InstanceNetwork.width`.
    public var width: Int
    /// Lengths of the waves that say where an object is, in pixels of the network.
    public var wavelengths: [Double]
    /// kappa of mean shift.
    public var concentration: Float
    /// The concentration at which groups that meet are one object, see `ReadOut.coarseConcentration`; `nil`: groups are objects.
    public var coarseConcentration: Float?
    /// Loops of mean shift with a loss in training; 0 trains the points alone.
    public var loops: Int
    /// Objects of fewer pixels of the full size are none.
    public var leastArea: Int
    /// Whether an object is one piece: groups are taken apart into connected pieces.
    public var isConnected: Bool
    /// Whether pictures may be turned upside down in training.
    public var hasNoUpside: Bool
    /// What an object may be, by name; none: objects are all of one kind, and the network has one score, whether a pixel belongs to any.
    public var classes: [String] = []

    /// The waves.
    public var waves: PlaneWaves { PlaneWaves(wavelengths: wavelengths) }
    /// Channels that the network sees.
    public var channels: Int { isGray ? 1 : 3 }
    /// Scores of the network: one, or one for each class and one for what is no object, which comes first.
    public var scoreCount: Int { classes.isEmpty ? 1 : classes.count + 1 }
    /// Every how many pixels of a row and a column one is grouped; the others follow the nearest group.
    ///
    /// 1 where the network's output has the size of what it sees. Else its pixels: between them points are interpolated.
    public var groupedStep: Int { trunk.outputStride == 1 ? 1 : max(1, Int(Double(trunk.outputStride) / scale)) }

    /// Cell nuclei in fluorescence images: 5 to 90 pixels wide, hundreds in a picture, touching.
    public static let nuclei = InstanceDesign(
        name: "nuclei", isGray: true, scale: 1, width: 16, wavelengths: [40, 160], concentration: 50,
        coarseConcentration: 15, loops: 2, leastArea: 30, isConnected: true, hasNoUpside: true)

    /// Leaves of rosettes seen from above: 16 to 100 pixels wide, overlapping, in several pieces where one crosses another.
    public static let leaves = InstanceDesign(
        name: "leaves", isGray: false, scale: 1, trunk: .residual, width: 32, wavelengths: [80, 320], concentration: 12,
        loops: 2, leastArea: 40, isConnected: false, hasNoUpside: true)

    /// People in street scenes: at 3/4 of the size about 130 pixels high.
    public static let pedestrians = InstanceDesign(
        name: "pedestrians", isGray: false, scale: 0.75, trunk: .residual, width: 32, wavelengths: [80, 320],
        concentration: 15, loops: 2, leastArea: 200, isConnected: false, hasNoUpside: false)

    /// Things of the twenty classes of PASCAL VOC in photographs, by the names that COCO has for them: at half size, as the paper did.
    public static let things = InstanceDesign(
        name: "things", isGray: false, scale: 0.5, trunk: .residual, width: 32, wavelengths: [120, 480],
        concentration: 10, loops: 2, leastArea: 200, isConnected: false, hasNoUpside: false,
        classes: [
            "person", "bird", "cat", "cow", "dog", "horse", "sheep", "airplane", "bicycle", "boat", "bus", "car",
            "motorcycle", "train", "bottle", "chair", "dining table", "potted plant", "couch", "tv",
        ])

    /// Handwritten digits that overlap, with what they are: scenes of `ToyDigitGenerator`.
    public static let digits = InstanceDesign(
        name: "digits", isGray: false, scale: 1, width: 16, wavelengths: [20, 80], concentration: 50, loops: 2,
        leastArea: 8, isConnected: false, hasNoUpside: false,
        classes: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"])

    /// The ways to lay a picture down that a training shows the network: over them its output may be averaged
    /// (``InstanceModel/maps(of:symmetries:largestPiece:on:)``).
    ///
    /// All eight where there is no upside, else the picture and its mirror image; digits as they are.
    public var symmetries: [SquareSymmetry] {
        if hasNoUpside { return SquareSymmetry.all }
        return name == Self.digits.name ? [.identity] : [.identity, SquareSymmetry(mirrorsX: true)]
    }

    /// A message that names the property that is out of range, if any is.
    var problem: String? {
        if !(scale >= 1.0 / 64 && scale <= 1) { return "a scale of \(scale): must lie in [1/64, 1]" }
        if !(1...1024).contains(width) { return "a width of \(width): must lie in 1...1024" }
        if wavelengths.isEmpty || wavelengths.count > 64 || !wavelengths.allSatisfy({ $0 > 0 && $0.isFinite }) {
            return "wavelengths \(wavelengths): 1 to 64, each more than 0"
        }
        if !(concentration > 0 && concentration <= MeanShiftPlan.largestConcentration) {
            return "a concentration of \(concentration): must lie in (0, \(MeanShiftPlan.largestConcentration)]"
        }
        if let coarse = coarseConcentration, !(coarse > 0 && coarse <= MeanShiftPlan.largestConcentration) {
            return "a coarse concentration of \(coarse): must lie in (0, \(MeanShiftPlan.largestConcentration)]"
        }
        if !(0...1000).contains(loops) { return "\(loops) loops: must lie in 0...1000" }
        if trunk == .residual && isGray { return "a residual trunk sees colours" }
        if classes.count > 1000 || Set(classes).count != classes.count || classes.contains(where: \.isEmpty) {
            return "classes \(classes): at most 1000 different names"
        }
        return leastArea >= 0 ? nil : "a least area of \(leastArea): must be 0 or more"
    }

    /// Names and values as files of weights and checkpoints keep them.
    var texts: [String: String] {
        [
            "model": "instances", "name": name, "gray": isGray ? "1" : "0", "scale": "\(scale)",
            "trunk": trunk.rawValue,
            "width": "\(width)", "classes": classes.joined(separator: ","),
            "wavelengths": wavelengths.map { "\($0)" }.joined(separator: " "), "concentration": "\(concentration)",
            "coarse_concentration": coarseConcentration.map { "\($0)" } ?? "", "loops": "\(loops)",
            "least_area": "\(leastArea)", "connected": isConnected ? "1" : "0",
            "no_upside": hasNoUpside ? "1" : "0",
        ]
    }

    /// The design that ``texts`` describe, or the name of what is missing or wrong.
    static func parse(_ texts: [String: String]) -> Result<InstanceDesign, UnreadableDesign> {
        func read<Value>(_ name: String, _ parse: (String) -> Value?) throws(UnreadableDesign) -> Value {
            guard let text = texts[name] else { throw UnreadableDesign(name: name, found: nil) }
            guard let value = parse(text) else { throw UnreadableDesign(name: name, found: text) }
            return value
        }
        let flag: (String) -> Bool? = { ["0": false, "1": true][$0] }
        do throws(UnreadableDesign) {
            if texts["model"] != "instances" { throw UnreadableDesign(name: "model", found: texts["model"]) }
            let design = InstanceDesign(
                name: try read("name") { $0 }, isGray: try read("gray", flag), scale: try read("scale") { Double($0) },
                trunk: try read("trunk") { InstanceNetwork.Trunk(rawValue: $0) }, width: try read("width") { Int($0) },
                wavelengths: try read("wavelengths") { text in
                    let numbers = text.split(separator: " ").map { Double($0) }
                    return numbers.contains(nil) ? nil : numbers.map { $0! }
                },
                concentration: try read("concentration") { Float($0) },
                // Older files have none.
                coarseConcentration: texts["coarse_concentration", default: ""].isEmpty
                    ? nil : try read("coarse_concentration") { Float($0) },
                loops: try read("loops") { Int($0) },
                leastArea: try read("least_area") { Int($0) }, isConnected: try read("connected", flag),
                hasNoUpside: try read("no_upside", flag),
                classes: try read("classes") { $0.split(separator: ",").map(String.init) })
            if let problem = design.problem { throw UnreadableDesign(name: "design", found: problem) }
            return .success(design)
        } catch {
            return .failure(error)
        }
    }

    /// What of a file's header is missing or wrong.
    struct UnreadableDesign: Error {
        let name: String
        let found: String?
    }
}

extension InstanceDesign {
    /// What the network sees of a picture: height x width x channels numbers.
    ///
    /// Brightness is stretched so that the picture's 1st percentile becomes 0 and its 99.8th 1 (at least 8 of 255 levels apart); colours in
    /// [0, 1] become (c - `InstanceNetwork.colorMean`) / `InstanceNetwork.colorDeviation`.
    package func normalized(_ image: Image<UInt8>) -> [Float] {
        if !isGray {
            return image.colors.map { ($0 - InstanceNetwork.colorMean) / InstanceNetwork.colorDeviation }
        }
        let (pixels, channels) = (image.width * image.height, image.channels)
        // Sums of three channels: 0 to 765.
        let sums = (0..<pixels).map { pixel in
            (0..<3).reduce(0) { $0 + Int(image.samples[pixel * channels + min($1, channels - 1)]) }
        }
        var counts = [Int](repeating: 0, count: 766)
        for sum in sums { counts[sum] += 1 }
        func percentile(_ share: Double) -> Float {
            var left = Int((share * Double(max(0, pixels - 1))).rounded())
            for (sum, count) in counts.enumerated() {
                left -= count
                if left < 0 { return Float(sum) }
            }
            return 765
        }
        let low = percentile(0.01)
        let range = max(percentile(0.998) - low, 24)
        return sums.map { (Float($0) - low) / range }
    }
}
