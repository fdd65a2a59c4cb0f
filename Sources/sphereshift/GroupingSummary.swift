import SphereGrouping
import SphereKernels
import SphereTheory

/// What `group` reports.
struct GroupingSummary: Encodable {
    let groups: Int
    let iterations: Int
    let converged: Bool
    let sizes: [Int]
    let scores: [Float]
    let unlabelled: Int
    let points: Int
    let dimension: Int
    let concentration: Double
    let bandwidth: Double
    let certifiedAngle: Double
    let evaluatedShare: Double
    let seconds: Double
    let threads: Int
    let instructionSet: String

    init(_ grouping: Grouping, points: Matrix, seconds: Double, execution: Execution) {
        groups = grouping.count
        iterations = grouping.iterations
        converged = grouping.isConverged
        sizes = grouping.sizes
        scores = grouping.scores
        unlabelled = grouping.labels.filter { $0 < 0 }.count
        self.points = points.rows
        dimension = points.columns
        concentration = grouping.concentration.value
        bandwidth = grouping.concentration.bandwidth
        certifiedAngle = grouping.certifiedAngle
        evaluatedShare = grouping.evaluatedShare
        self.seconds = seconds
        threads = execution.threads
        instructionSet = execution.instructionSet.rawValue
    }

    /// Groups beyond this many are summed up in one line.
    private static let largestTable = 20

    var table: String {
        var table = TextTable(header: ["group", "points", "share", "score"])
        func row(_ name: String, _ size: Int, _ score: String) {
            let share = (100 * Double(size) / Double(points)).text(digits: 1)
            table.add([name, "\(size)", "\(share) %", score])
        }
        for group in 0..<min(groups, Self.largestTable) {
            row("\(group)", sizes[group], Double(scores[group]).text(digits: 3))
        }
        if groups > Self.largestTable {
            row("\(groups - Self.largestTable) more", sizes[Self.largestTable...].reduce(0, +), "")
        }
        if unlabelled > 0 { row("none", unlabelled, "") }
        let state = converged ? "converged" : "not converged"
        let kernel = "concentration \(concentration.shortText) (bandwidth \(bandwidth.shortText))"
        return """
            \(points) points of dimension \(dimension): \(groups) groups after \(iterations) iterations (\(state)), \(kernel), \
            \(seconds.text(digits: 2)) s; at most \(certifiedAngle.shortText) radians from exact steps, with \
            \((100 * evaluatedShare).text(digits: 1)) % of their kernel values

            \(table.text)
            """
    }
}
