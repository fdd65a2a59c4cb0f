public import SphereKernels

/// What the contestants of a benchmark are given, and where they write.
public struct BenchmarkInput {
    /// What is to be computed.
    public let operation: BenchmarkOperation
    /// The points, N x D; for exponentials the values, N x 1.
    public let points: Matrix
    /// The second operand, M x D: seeds, targets, other rows; weights or a gradient (``BenchmarkOperation``); 0 x D where there is none.
    public let targets: Matrix
    /// M of a convolution, whose second operand has rows for every element of the window.
    public let channels: Int?
    /// kappa, where the operation has one.
    public let concentration: Float?
    /// Threads to use.
    public let threads: Int
    /// Where every contestant writes its result: the same memory for all, so that none has the better pages.
    public let output: BenchmarkOutput

    /// - Precondition: `points` and `targets` have the same number of columns, unless it is a convolution.
    init(
        _ operation: BenchmarkOperation, points: Matrix, targets: Matrix? = nil, channels: Int? = nil,
        concentration: Float? = nil, threads: Int, resultRows: Int, resultColumns: Int
    ) {
        self.operation = operation
        self.points = points
        self.targets = targets ?? Matrix(rows: 0, columns: points.columns)
        self.channels = channels
        self.concentration = concentration
        self.threads = threads
        output = BenchmarkOutput(rows: resultRows, columns: resultColumns)
        require(
            channels != nil || self.targets.columns == points.columns,
            "benchmark points of \(points.columns) columns and targets of \(self.targets.columns)")
    }
}

/// The memory that the contestants of a benchmark write their results to.
public final class BenchmarkOutput {
    /// The result: one row per point or target (``BenchmarkOperation``).
    public private(set) var matrix: Matrix

    init(rows: Int, columns: Int) {
        matrix = Matrix(rows: rows, columns: columns)
    }

    /// Calls `body` with the memory to write to; nothing is copied.
    public func update(_ body: (inout Matrix) -> Void) {
        body(&matrix)
    }

    /// Overwrites everything with NaN, so that what a contestant leaves out is not taken from another.
    func clear() {
        update { matrix in
            var view = matrix.mutableView
            for i in view.elements.indices { view.elements[i] = .nan }
        }
    }
}
