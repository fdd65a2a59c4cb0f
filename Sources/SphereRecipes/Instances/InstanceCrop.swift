public import SphereData
internal import SphereKernels
public import SphereNetworks

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A square part of a picture as a training sees it: at the size of the network, mirrored and turned, brightness or colours changed.
public struct InstanceCrop: Sendable {
    /// Pixels of a side.
    public let side: Int
    /// What the network sees, side x side x channels.
    public let input: [Float]
    /// 0 for what is no object.
    public let labels: [Int32]
    /// 0 for what is no object, else the number of its class from 1; -1 for what plays no part.
    public let classes: [Int32]

    /// How much crops differ from their pictures.
    public struct Changes: Sendable, Hashable {
        /// The largest factor, and one over the smallest, of size.
        public var scale = 1.4
        /// The largest exponent of gamma, and one over the smallest.
        public var gamma = 1.4
        /// The largest factor, and one over the smallest, of brightness; with colours of each channel too.
        public var gain = 1.3
        /// The largest standard deviation of noise.
        public var noise = 0.05
        /// Whether half of the crops are mirrored.
        public var mirrors = true
        /// The largest number by which the brightness of an object, above what surrounds it, is divided; 1 leaves it.
        ///
        /// In half of the crops, by another number for each object. For networks that see brightness.
        public var dimming = 1.0
        /// The largest standard deviation of the Gaussian by which half of the crops are blurred, in pixels of the network; 0 leaves them.
        ///
        /// For networks that see brightness.
        public var blur = 0.0

        /// The defaults.
        public init() {}

        /// For nuclei, bright and dim ones side by side, not all in focus.
        static let ofNuclei = {
            var changes = Changes()
            changes.dimming = 4
            changes.blur = 1.5
            return changes
        }()

        /// For digits, which are read by shape and colour: a little noise.
        static let ofDigits = {
            var changes = Changes()
            (changes.scale, changes.gamma, changes.gain, changes.noise, changes.mirrors) = (1, 1, 1, 0.02, false)
            return changes
        }()

        /// The numbers as a checkpoint keeps them.
        var text: String { "\(scale) \(gamma) \(gain) \(noise) \(mirrors) \(dimming) \(blur)" }
    }

    /// A part of a picture drawn by `random`.
    ///
    /// Where it holds hardly any object another place is drawn, up to four times.
    ///
    /// - Parameters:
    ///   - classes: of the objects with the labels 1, 2 and so on, from 1; `nil`: all have the class 1.
    ///   - design: says what the network sees.
    ///   - side: pixels of the network, 1 or more.
    /// - Precondition: picture and labels have the same size and a pixel.
    public init(
        of image: Image<UInt8>, labels: LabelMap, classes: [Int32]? = nil, for design: InstanceDesign, side: Int,
        changes: Changes = Changes(), using random: inout TrainingGenerator
    ) {
        require(
            side >= 1 && image.width == labels.width && image.height == labels.height && image.width > 0
                && image.height > 0,
            "a crop of side \(side) of \(image.width) x \(image.height) pixels, labels \(labels.width) x \(labels.height)"
        )
        func factor(_ largest: Double) -> Double { exp((2 * random.uniform() - 1) * log(largest)) }
        // No larger than the picture, unless the picture is smaller than the crop at any size.
        let shortest = Double(min(image.width, image.height))
        let part = min(Double(side) / (design.scale * factor(changes.scale)), shortest)
        let cut = max(1, Int(part.rounded()))
        var corner = (x: 0, y: 0)
        for _ in 0..<5 {
            corner = (
                Int(random.uniform() * Double(image.width - cut + 1)),
                Int(random.uniform() * Double(image.height - cut + 1))
            )
            var count = 0
            for y in stride(from: corner.y, to: corner.y + cut, by: 4) {
                for x in stride(from: corner.x, to: corner.x + cut, by: 4) where labels[x, y] != 0 { count += 1 }
            }
            if 16 * count * 50 >= cut * cut { break }
        }
        let channels = design.channels
        let whole = design.normalized(image)
        var colors: [Float] = []
        colors.reserveCapacity(3 * cut * cut)
        var names: [Int32] = []
        names.reserveCapacity(cut * cut)
        for y in corner.y..<corner.y + cut {
            for x in corner.x..<corner.x + cut {
                let pixel = y * image.width + x
                for c in 0..<3 { colors.append(whole[pixel * channels + min(c, channels - 1)]) }
                names.append(labels.labels[pixel])
            }
        }
        // The change of size is made for colours in [0, 1].
        let (low, high) = (colors.min()!, max(colors.max()!, colors.min()! + 1e-6))
        for i in colors.indices { colors[i] = (colors[i] - low) / (high - low) }
        var piece = LabelledImage(width: cut, height: cut, colors: colors, labels: names)
            .resized(width: side, height: side)
        if random.uniform() < 0.5 && changes.mirrors { piece = piece.flipped() }
        let turns = design.hasNoUpside ? Int(random.uniform() * 4) : 0

        var values = [Float](repeating: 0, count: side * side * channels)
        var result = [Int32](repeating: 0, count: side * side)
        for y in 0..<side {
            for x in 0..<side {
                var (u, v) = (x, y)
                for _ in 0..<turns { (u, v) = (v, side - 1 - u) }
                let (from, to) = (v * side + u, y * side + x)
                result[to] = piece.labels[from]
                for c in 0..<channels { values[to * channels + c] = piece.colors[from * 3 + c] * (high - low) + low }
            }
        }
        if design.isGray {
            if changes.dimming > 1 && random.uniform() < 0.5 {
                values =
                    SquareMap(side: side, values: values)
                    .dimmed(result) { _ in Float(pow(changes.dimming, -random.uniform())) }.values
            }
            if changes.blur > 0 && random.uniform() < 0.5 {
                values =
                    SquareMap(side: side, values: values).blurred(deviation: changes.blur * random.uniform()).values
            }
        }
        // Brightness or colours.
        let exponent = Float(factor(changes.gamma))
        let gain = Float(factor(changes.gain))
        let gains = (0..<channels).map { _ in design.isGray ? gain : gain * Float(factor(changes.gain.squareRoot())) }
        let deviation = changes.noise * random.uniform()
        // Gamma belongs to numbers from 0 to 1: colours are brought there and back.
        let (shift, spread): (Float, Float) =
            design.isGray ? (0, 1) : (InstanceNetwork.colorMean, InstanceNetwork.colorDeviation)
        for i in values.indices {
            let value = max(0, values[i] * spread + shift)
            let changed = pow(value, exponent) * gains[i % channels] + Float(deviation * random.normal()) * spread
            values[i] = (changed - shift) / spread
        }
        self.side = side
        input = values
        self.labels = result.map { $0 == InstanceImages.ignoredLabel ? 0 : $0 }
        self.classes = result.map { label in
            if label == InstanceImages.ignoredLabel { return -1 }
            return label == 0 ? 0 : classes?[Int(label) - 1] ?? 1
        }
    }
}
