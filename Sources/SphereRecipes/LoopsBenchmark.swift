internal import SphereGrouping
public import SphereKernels
internal import SphereNetworks
internal import SphereTensor

/// The time and the memory of the recurrent layer alone, forward and backward, for any number of points.
///
/// The naive twin's time is in `BenchmarkOperation.recurrent`; here N may be as large as a picture has pixels.
public struct LoopsBenchmark: Sendable, Hashable {
    /// What was measured.
    public struct Times: Sendable, Hashable, Encodable {
        /// Seconds of the loops.
        public var forward: Double
        /// Seconds of the gradient with respect to the points.
        public var backward: Double
        /// The most memory that tensors have held at one time, in bytes.
        public var peakTensorBytes: Int
        /// The most memory that the process has had so far, in bytes.
        public var peakResidentBytes: Int
        /// The length of the gradient, to see that work was done.
        public var gradientLength: Double
    }

    /// N.
    public var points: Int
    /// D.
    public var dimension: Int
    /// kappa.
    public var concentration: Float
    /// T.
    public var loops = 10

    /// Loops on `points` points of `dimension` coordinates around 16 directions.
    ///
    /// - Precondition: N and D are 1 or more.
    public init(points: Int, dimension: Int, concentration: Float) {
        require(points >= 1 && dimension >= 1, "\(points) points of \(dimension) coordinates")
        self.points = points
        self.dimension = dimension
        self.concentration = concentration
    }

    /// Runs the loops and their gradient once.
    ///
    /// - Complexity: O(T N^2 D) time, O(T N D) memory.
    public func run(on execution: Execution) -> Times {
        var random = TrainingGenerator(seed: 0)
        let centers = (0..<16 * dimension).map { _ in Float(random.normal()) }
        let spread = 0.3
        let rows = (0..<points * dimension).map { i in
            let (row, coordinate) = i.quotientAndRemainder(dividingBy: dimension)
            return centers[row % 16 * dimension + coordinate] + Float(spread * random.normal())
        }
        let input = Tensor(shape: [points, dimension], elements: rows).normalizedRows().detached().requiringGradient()
        let upstream = Tensor(
            shape: input.shape, elements: (0..<points * dimension).map { _ in Float(random.normal()) })
        let layer = RecurrentMeanShift(loops: loops, concentration: concentration)
        return TensorExecution.$current.withValue(execution) {
            let clock = ContinuousClock()
            var results: [Tensor] = []
            let forward = clock.measure {
                results = layer(input)
                _ = results.last!.memory
            }
            var gradient: [Float] = []
            let backward = clock.measure {
                gradient = results.last!.backward(from: upstream)[input].elements
            }
            return Times(
                forward: forward / .seconds(1), backward: backward / .seconds(1),
                peakTensorBytes: MemoryPool.shared.peakBytesInUse, peakResidentBytes: peakResidentBytes(),
                gradientLength: gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
        }
    }
}
