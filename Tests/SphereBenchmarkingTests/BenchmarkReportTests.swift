import Foundation
import SphereBenchmarking
import SphereKernels
import Testing

@Suite struct BenchmarkReportTests {
    private static let keys = [
        "family", "operation", "contestant", "instruction_set", "n", "m", "d", "concentration", "threads", "samples",
        "median_ms", "min_ms", "useful_gflops", "peak_gflops", "percent_of_peak", "gigabytes_per_second",
        "nanoseconds_per_element", "ratio_to_naive", "ratio_to_rival", "naive_rows",
    ]

    private func report(_ operation: BenchmarkOperation, points: Int = 40, notes: [String] = []) throws
        -> BenchmarkReport
    {
        var settings = BenchmarkSettings(
            points: points, dimension: 3, instructionSets: [.baseline], timing: .quick)
        // All rows, however slow the machine.
        settings.timing.naiveSeconds = .infinity
        return BenchmarkReport(try operation.run(settings), notes: notes)
    }

    @Test("is JSON with all keys in every row, null where a figure does not apply")
    func json() throws {
        let report = try report(.exponential, notes: ["a \"quoted\" note"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(object["notes"] as? [String] == ["a \"quoted\" note"])
        let machine = try #require(object["machine"] as? [String: Any])
        #expect(machine["processors"] as? Int == Execution.processorCount)
        let rows = try #require(object["rows"] as? [[String: Any]])
        #expect(rows.map { $0["contestant"] as? String } == ["baseline", "naive"])
        for row in rows {
            #expect(Set(row.keys) == Set(Self.keys))
            #expect(row["useful_gflops"] is NSNull)
            let (minimum, median) = (row["min_ms"] as? Double, row["median_ms"] as? Double)
            #expect(try #require(minimum) <= #require(median))
            #expect(row["n"] as? Int == 40)
        }
        #expect(rows[1]["instruction_set"] is NSNull)
    }

    @Test("is JSON without rows too")
    func emptyJSON() throws {
        let object = try JSONSerialization.jsonObject(with: Data(BenchmarkReport([]).json.utf8))
        #expect(((object as? [String: Any])?["rows"] as? [Any])?.isEmpty == true)
    }

    @Test("is CSV with the machine and the notes as comments, the keys as header and a record per row")
    func csv() throws {
        let report = try report(.step, notes: ["rival: none"])
        let lines = report.csv.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.last == "")
        let comments = lines.prefix { $0.hasPrefix("# ") }
        #expect(comments.first == "# processor: \(MachineCard.current.processor)")
        #expect(comments.last == "# rival: none")
        let records = lines[comments.count...].dropLast()
        #expect(records.first == Self.keys.joined(separator: ","))
        #expect(records.dropFirst().map { $0.split(separator: ",")[2] } == ["baseline", "baseline-skipping", "naive"])
        for record in records {
            #expect(record.split(separator: ",", omittingEmptySubsequences: false).count == Self.keys.count)
        }
    }

    @Test("is a table of aligned columns without those that nobody uses")
    func table() throws {
        let lines = try report(.norms).table.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        let titles = ["operation", "contestant", "N", "D", "threads", "median ms", "min ms", "GFLOP/s", "% of peak"]
        for title in titles { #expect(lines[0].contains(title), "\(title)") }
        for title in ["kappa", " M ", "ns/element", "x rival"] { #expect(!lines[0].contains(title), "\(title)") }
        #expect(lines[1].hasPrefix("norms      baseline"))
        #expect(Set(lines.map(\.count)).count == 1)
        #expect(lines[2].hasSuffix(" 1.00"))
    }

    @Test("marks a naive twin that was timed on some rows only")
    func scaledNaive() throws {
        var settings = BenchmarkSettings(
            points: 200, dimension: 3, instructionSets: [.baseline], timing: .quick)
        settings.timing.naiveSeconds = 0
        let report = BenchmarkReport(try BenchmarkOperation.step.run(settings))
        #expect(report.rows.allSatisfy { $0.naiveRows == 1 })
        #expect(report.table.contains("naive*"))
        #expect(report.table.hasSuffix("* the naive twin was timed on some rows only and its time scaled\n"))
        #expect(try !self.report(.norms).table.contains("*"))
    }

    @Test("warns of a build without optimisation, and of no other")
    func warning() throws {
        let machine = MachineCard.current
        #expect(machine.isOptimised == (machine.warning == nil))
        #expect(machine.instructionSets == InstructionSet.available)
        #expect(!machine.system.isEmpty && machine.compiler.hasPrefix("Swift 6."))
    }
}
