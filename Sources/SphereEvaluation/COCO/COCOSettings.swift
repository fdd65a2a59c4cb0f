internal import SphereKernels

extension COCOEvaluation {
    /// A range of areas that objects are divided by.
    public struct AreaRange: Equatable, Hashable, Sendable {
        /// The name in results.
        public var name: String
        /// Smallest and largest area in pixels, both inclusive.
        public var lower, upper: Double

        /// The areas from `lower` to `upper`.
        public init(_ name: String, _ lower: Double, _ upper: Double) {
            self.name = name
            self.lower = lower
            self.upper = upper
        }

        func contains(_ area: Double) -> Bool { area >= lower && area <= upper }
    }

    /// What is evaluated; the defaults are COCO's.
    public struct Settings: Equatable, Sendable {
        /// Thresholds of the intersection over union, at which equality counts: 0.5, 0.55, ...
        ///
        /// 0.95.
        public var thresholds: [Double]
        /// Recalls at which the precision is taken: 0, 0.01, ...
        ///
        /// 1.
        public var recallPoints: [Double]
        /// Ranges of areas, the first of which holds all: all, small (to 32^2), medium (to 96^2), large.
        public var areas: [AreaRange]
        /// Numbers of detections an image and class that are let in, ascending: 1, 10, 100.
        ///
        /// AP takes the largest, whatever it is.
        public var maximumDetections: [Int]
        /// Whether classes are kept apart; otherwise all objects are of one class.
        public var separatesCategories: Bool

        /// COCO's settings but for what is given.
        ///
        /// - Precondition: thresholds in (0, 1], at least one threshold, recall point, area and number of detections, numbers of
        ///   detections that ascend from 1, and at most 64 pairs of a threshold and an area.
        public init(
            thresholds: [Double]? = nil, recallPoints: [Double]? = nil, areas: [AreaRange]? = nil,
            maximumDetections: [Int] = [1, 10, 100], separatesCategories: Bool = true
        ) {
            self.thresholds = thresholds ?? Self.steps(from: 0.5, to: 0.95, count: 10)
            self.recallPoints = recallPoints ?? Self.steps(from: 0, to: 1, count: 101)
            self.areas =
                areas ?? [
                    AreaRange("all", 0, 1e10), AreaRange("small", 0, 1024), AreaRange("medium", 1024, 9216),
                    AreaRange("large", 9216, 1e10),
                ]
            self.maximumDetections = maximumDetections
            self.separatesCategories = separatesCategories
            require(
                !self.thresholds.isEmpty && self.thresholds.allSatisfy { $0 > 0 && $0 <= 1 },
                "thresholds must be in (0, 1], found \(self.thresholds)")
            require(!self.recallPoints.isEmpty && !self.areas.isEmpty, "there must be a recall point and an area")
            require(
                self.thresholds.count * self.areas.count <= 64,
                "\(self.thresholds.count) thresholds x \(self.areas.count) areas: at most 64")
            require(
                maximumDetections.first ?? 0 >= 1
                    && zip(maximumDetections, maximumDetections.dropFirst()).allSatisfy { $0 < $1 },
                "numbers of detections must ascend from 1, found \(maximumDetections)")
        }

        /// Even steps as NumPy's `linspace` makes them, to the last bit: overlaps of whole pixels hit thresholds exactly.
        private static func steps(from first: Double, to last: Double, count: Int) -> [Double] {
            let step = (last - first) / Double(count - 1)
            return (0..<count).map { $0 == count - 1 ? last : Double($0) * step + first }
        }
    }
}
