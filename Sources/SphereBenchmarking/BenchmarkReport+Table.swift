extension BenchmarkReport {
    /// The rows as aligned text, without the columns that none of them uses; below it what a mark means.
    ///
    /// Times are in milliseconds, rates in 10^9 per second; `x naive` and `x rival` tell how many times as long the
    /// naive twin and the fastest rival take.
    public var table: String {
        let used = columns.filter { column in rows.contains { !column.cell($0).isEmpty } }
        let isMarked = rows.contains { $0.isScaled }
        return TextTable(columns: used).text(rows)
            + (isMarked ? "* the naive twin was timed on some rows only and its time scaled\n" : "")
    }

    private var columns: [TextTable<BenchmarkRow>.Column] {
        [
            .init("operation", isText: true) { $0.operation },
            .init("contestant", isText: true) { $0.contestant + ($0.isScaled ? "*" : "") },
            .init("N") { String($0.points) },
            .init("M") { $0.targets.map(String.init) ?? "" },
            .init("D") { String($0.dimension) },
            .init("kappa") { $0.concentration.map { FieldValue.number(Double($0)).plain } ?? "" },
            .init("threads") { String($0.threads) },
            .init("median ms") { fixed($0.medianMilliseconds, digits: 3) },
            .init("min ms") { fixed($0.minimumMilliseconds, digits: 3) },
            .init("GFLOP/s") { $0.usefulGigaflops.map { fixed($0, digits: 1) } ?? "" },
            .init("% of peak") { $0.percentOfPeak.map { fixed($0, digits: 1) } ?? "" },
            .init("GB/s") { $0.gigabytesPerSecond.map { fixed($0, digits: 1) } ?? "" },
            .init("ns/element") { $0.nanosecondsPerElement.map { fixed($0, digits: 3) } ?? "" },
            .init("x naive") { fixed($0.ratioToNaive, digits: 2) },
            .init("x rival") { $0.ratioToRival.map { fixed($0, digits: 2) } ?? "" },
        ]
    }
}

/// `value` with `digits` digits behind the point.
private func fixed(_ value: Double, digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = (abs(value) * Double(scale)).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let (whole, fraction) = Int(scaled).quotientAndRemainder(dividingBy: scale)
    return (value < 0 ? "-" : "") + "\(whole)." + String(scale + fraction).dropFirst()
}
