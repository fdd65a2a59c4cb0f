public import SphereKernels

/// One line of results: one contestant on one input.
///
/// Rates and ratios: ``usefulGigaflops`` and what follows from it belong to the smallest time, as the peak is a best of
/// several too. The ratio to a rival compares samples of the same rounds, and so does that to the naive twin if it took
/// part in all of them; else it is the ratio of the medians.
public struct BenchmarkRow: Sendable {
    /// The family.
    public let family: BenchmarkFamily
    /// Name of the operation.
    public let operation: String
    /// `avx512`, `avx2`, `baseline`, `naive`, or the name of a rival.
    public let contestant: String
    /// The instruction set of a kernel; `nil` for the naive twin and rivals, whose peak is that of the widest.
    public let instructionSet: InstructionSet?
    /// N: points, rows or values.
    public let points: Int
    /// M: rows of the second operand, where there is one.
    public let targets: Int?
    /// D.
    public let dimension: Int
    /// kappa, where the operation has one.
    public let concentration: Float?
    /// Threads; 1 for the naive twin.
    public let threads: Int
    /// Samples that were taken.
    public let samples: Int
    /// Median time in milliseconds.
    public let medianMilliseconds: Double
    /// Smallest time in milliseconds.
    public let minimumMilliseconds: Double
    /// 10^9 useful floating-point operations per second: those of the products, two per multiply-add.
    public let usefulGigaflops: Double?
    /// The multiply-add peak in 10^9 operations per second, measured before and after: a core's times the threads.
    public let peakGigaflops: Double
    /// Useful operations in per cent of the peak.
    public let percentOfPeak: Double?
    /// 10^9 bytes per second that have to be read and written at least.
    public let gigabytesPerSecond: Double?
    /// Nanoseconds per value of an exponential.
    public let nanosecondsPerElement: Double?
    /// Time of the naive twin (one thread) over this time.
    public let ratioToNaive: Double
    /// Time of the fastest rival over this time, where there is one.
    public let ratioToRival: Double?
    /// Rows of the result that the naive twin computed.
    ///
    /// All results were verified on them, and where they are fewer than all rows, the naive twin's time was scaled.
    public let naiveRows: Int
    /// Whether this is the naive twin, timed on some rows only.
    let isScaled: Bool

    init(
        input: BenchmarkInput, contestant: String, instructionSet: InstructionSet?, threads: Int, timing: Timing,
        work: UsefulWork, peak: Double, naive: Timing, rival: Timing?, sample: RowSample
    ) {
        let seconds = timing.minimum
        family = input.operation.family
        operation = input.operation.name
        self.contestant = contestant
        self.instructionSet = instructionSet
        points = input.points.rows
        targets = input.channels ?? (input.targets.rows > 0 ? input.targets.rows : nil)
        dimension = input.points.columns
        concentration = input.concentration
        self.threads = threads
        samples = timing.samples.count
        medianMilliseconds = timing.median * 1e3
        minimumMilliseconds = seconds * 1e3
        usefulGigaflops = work.flops.map { $0 / seconds * 1e-9 }
        peakGigaflops = peak * 1e-9
        percentOfPeak = work.flops.map { $0 / seconds / peak * 100 }
        gigabytesPerSecond = work.bytes.map { $0 / seconds * 1e-9 }
        nanosecondsPerElement = work.elements.map { seconds / $0 * 1e9 }
        ratioToNaive = timing.ratio(of: naive)
        ratioToRival = rival.map(timing.ratio(of:))
        naiveRows = sample.count
        isScaled = contestant == BenchmarkCase.naiveName && !sample.isComplete
    }

    /// The columns of CSV files and the keys of JSON objects, with this row's values.
    var fields: Fields {
        [
            ("family", .text(family.rawValue)),
            ("operation", .text(operation)),
            ("contestant", .text(contestant)),
            ("instruction_set", instructionSet.map { .text($0.rawValue) } ?? .missing),
            ("n", .integer(points)),
            ("m", FieldValue(targets)),
            ("d", .integer(dimension)),
            ("concentration", FieldValue(concentration.map(Double.init))),
            ("threads", .integer(threads)),
            ("samples", .integer(samples)),
            ("median_ms", .number(medianMilliseconds)),
            ("min_ms", .number(minimumMilliseconds)),
            ("useful_gflops", FieldValue(usefulGigaflops)),
            ("peak_gflops", .number(peakGigaflops)),
            ("percent_of_peak", FieldValue(percentOfPeak)),
            ("gigabytes_per_second", FieldValue(gigabytesPerSecond)),
            ("nanoseconds_per_element", FieldValue(nanosecondsPerElement)),
            ("ratio_to_naive", .number(ratioToNaive)),
            ("ratio_to_rival", FieldValue(ratioToRival)),
            ("naive_rows", .integer(naiveRows)),
        ]
    }
}
