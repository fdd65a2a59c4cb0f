package import SphereReference

/// The naive twin of an operation: the truth that results are compared with, and the slowest contestant.
package struct NaiveTwin {
    /// Rows of the whole result.
    package let rows: Int
    /// Whether one row costs as much as all: then all are taken, and no time is scaled.
    package let isWhole: Bool
    /// Computes the rows of the sample, on one thread.
    package let evaluate: (RowSample) -> Expectation

    /// A twin of `rows` rows, 1 or more.
    package init(rows: Int, isWhole: Bool = false, evaluate: @escaping (RowSample) -> Expectation) {
        self.rows = rows
        self.isWhole = isWhole
        self.evaluate = evaluate
    }

    /// Evaluates as many rows as take about `seconds`: all, or as many as a quick pilot says; all of a whole one, however long it takes.
    package func evaluate(within seconds: Double) -> (sample: RowSample, expectation: Expectation) {
        if isWhole {
            let sample = RowSample(rows, of: rows)
            return (sample, evaluate(sample))
        }
        var result = timed(1)
        // A pilot shorter than a 64th of the time would tell the price of a row too roughly.
        while !result.sample.isComplete && result.seconds < seconds / 64 {
            result = timed(min(rows, 4 * result.sample.count))
        }
        let affordable = Double(result.sample.count) * seconds / result.seconds
        if affordable > Double(result.sample.count) && !result.sample.isComplete {
            result = timed(affordable < Double(rows) ? Int(affordable) : rows)
        }
        return (result.sample, result.expectation)
    }

    private func timed(_ count: Int) -> (sample: RowSample, expectation: Expectation, seconds: Double) {
        let sample = RowSample(count, of: rows)
        var expectation: Expectation?
        let time = seconds { expectation = evaluate(sample) }
        return (sample, expectation!, time)
    }
}

/// What the sampled rows of a result should be, and how far they may be off.
package struct Expectation {
    /// The exact values, one row per sampled row.
    package let values: ReferenceMatrix
    /// How errors are measured.
    package let measure: ErrorMeasure
    /// The largest error that a kernel may make.
    package let limit: Double

    /// An expectation.
    package init(values: ReferenceMatrix, measure: ErrorMeasure, limit: Double) {
        self.values = values
        self.measure = measure
        self.limit = limit
    }
}
