public import SphereData
public import SphereGrouping
public import SphereKernels
internal import SphereLosses
internal import SphereTensor

/// Where the gradient of the pair loss of a picture lies, for the loss before the first loop and after some loops.
///
/// The loss after t loops is propagated through all of them to the points as the network gives them, as in training. Its gradient at a point x is
/// taken along the sphere, g - ⟨g, x⟩ x: the part along x moves nothing.
public struct GradientFocus: Sendable {
    /// What the loss is like.
    public struct Settings: Sendable, Hashable {
        /// Numbers of loops, rising; groups are read off after the last.
        public var loops = [0, 1, 2, 5]
        /// alpha of the pair loss.
        public var margin = InstanceRecipe.Settings().margin
        /// The weight of pairs of one object, those of different ones having 1.
        public var positiveWeight = InstanceRecipe.Settings().positiveWeight
        /// Of pictures with more pixels of objects, this many random ones take part.
        ///
        /// Time grows with their square: 20,000 take some twelve seconds on two cores.
        public var largestCount = 20_000
        /// Columns and rows within which a pixel is near a border or a wrong pixel.
        public var distance = 2

        /// The defaults.
        public init() {}
    }

    /// Numbers of loops.
    public let loops: [Int]
    /// Size of the picture.
    public let width, height: Int
    /// The pixels of true objects that take part.
    public let pixels: [Int]
    /// Whether these are not all pixels of objects.
    public let isSample: Bool
    /// For each number of loops the length of the gradient of each pixel.
    public let lengths: [[Float]]
    /// For each pixel 1 / number of its object's pixels, as the loss weighs it; 0 where it is ignored.
    public let weights: [Float]
    /// For each pixel whether another object is near.
    public let isNearBorder: [Bool]
    /// For each pixel whether one is near whose group after the last loop is not its object's (``GroupAgreement/isWrong``).
    public let isNearWrong: [Bool]
    /// For each pixel whether its object is merged or split after the last loop (``GroupAgreement/isOfConfused``).
    public let isOfConfused: [Bool]

    /// The gradients of a picture.
    ///
    /// Pixels of objects with fewer than four of those that take part are ignored in the loss, as in training.
    ///
    /// - Parameters:
    ///   - maps: the output of `model` for the picture.
    ///   - labels: the true objects, 0 for none.
    /// - Precondition: labels as large as the picture; numbers of loops, 0 or more.
    /// - Throws: `GroupingError` where the network's output is not finite.
    /// - Complexity: O(L n² D) for n pixels and L loops, those of all losses together; O(L n D) memory.
    public init(
        maps: InstanceModel.Maps, labels: LabelMap, model: InstanceModel, settings: Settings = Settings(),
        on execution: Execution = .default
    ) throws(GroupingError) {
        require(
            labels.width == maps.width && labels.height == maps.height && !settings.loops.isEmpty
                && settings.loops.allSatisfy { $0 >= 0 },
            "loops \(settings.loops), labels of \(labels.width) x \(labels.height) for maps of \(maps.width) x \(maps.height)"
        )
        loops = settings.loops
        (width, height) = (maps.width, maps.height)
        let foreground = labels.labels.indices.filter { labels.labels[$0] != 0 }
        let rows = PairSampling(.count(settings.largestCount)).rows(of: foreground.count, seed: 1).rows
        let pixels = rows.map { foreground[$0] }
        self.pixels = pixels
        isSample = pixels.count < foreground.count
        let names = pixels.map { labels.labels[$0] }
        var sizes: [Int32: Int] = [:]
        for name in names { sizes[name, default: 0] += 1 }
        // As in training.
        let named = names.map { sizes[$0]! < 4 ? -1 : $0 }
        weights = names.map { sizes[$0]! < 4 ? 0 : 1 / Float(sizes[$0]!) }
        let points = model.points(of: maps, pixels: pixels)
        let groups =
            pixels.isEmpty
            ? []
            : try model.meanShift(iterations: .count(settings.loops.max()!), on: execution).group(points).labels
        lengths = Self.lengths(points, named, model: model, settings: settings, on: execution)
        let (border, distance) = (
            PixelNeighborhood.isNearBorder(labels, distance: settings.distance), settings.distance
        )
        isNearBorder = pixels.map { border[$0] }
        var wrong = [Bool](repeating: false, count: maps.width * maps.height)
        let agreement = GroupAgreement(groups: groups, objects: names)
        for (pixel, isWrong) in zip(pixels, agreement.isWrong) { wrong[pixel] = isWrong }
        let nearWrong = PixelNeighborhood.isNear(wrong, width: maps.width, height: maps.height, distance: distance)
        isNearWrong = pixels.map { nearWrong[$0] }
        isOfConfused = agreement.isOfConfused
    }

    /// The lengths of the gradients of the losses after each number of loops.
    private static func lengths(
        _ points: Matrix, _ groups: [Int32], model: InstanceModel, settings: Settings, on execution: Execution
    ) -> [[Float]] {
        let loss = PairLoss(margin: settings.margin, positiveWeight: settings.positiveWeight, ignoredLabel: -1)
        return TensorExecution.$current.withValue(execution) {
            settings.loops.map { count in
                // A graph of its own for every loss: a result can be propagated from only once.
                let variable = Tensor(points).requiringGradient()
                let layer = RecurrentMeanShift(loops: count, concentration: model.design.concentration)
                let value = loss(layer(variable).last!, labels: [groups]).loss
                return tangentLengths(of: value.backward()[variable].matrix, at: points)
            }
        }
    }

    /// |g - ⟨g, x⟩ x| of each row.
    static func tangentLengths(of gradient: Matrix, at points: Matrix) -> [Float] {
        (0..<gradient.rows).map { row in
            let (g, x) = (gradient.row(row), points.row(row))
            let along = zip(g, x).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            return zip(g, x).reduce(Float(0)) { $0 + ($1.0 - along * $1.1) * ($1.0 - along * $1.1) }.squareRoot()
        }
    }

    // MARK: - Results

    /// A part of the pixels.
    public enum Part: String, Sendable, CaseIterable {
        /// Near a border between two objects.
        case border
        /// Near a wrongly grouped pixel.
        case wrong
        /// Near one or the other.
        case either
        /// Of an object that is merged or split.
        case confused
    }

    /// For each pixel whether it is in `part`.
    public func isInside(_ part: Part) -> [Bool] {
        switch part {
        case .border: isNearBorder
        case .wrong: isNearWrong
        case .either: zip(isNearBorder, isNearWrong).map { $0 || $1 }
        case .confused: isOfConfused
        }
    }

    /// The shares of a part after `loops[number]` loops; `nil` where the gradient is 0.
    public func share(of part: Part, number: Int) -> FocusShare? {
        FocusShare(lengths[number], isInside: isInside(part))
    }
}
