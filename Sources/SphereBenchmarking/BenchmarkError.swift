/// Why a benchmark has no result.
public enum BenchmarkError: Error, Equatable, CustomStringConvertible {
    /// No family has this name.
    case unknownFamily(name: String)
    /// The family has no operation of this name; empty where one of several had to be named.
    case unknownOperation(name: String, family: BenchmarkFamily)
    /// A contestant's result is not right, so its time means nothing: the worst row, its error and what is allowed.
    case wrongResult(operation: String, contestant: String, row: Int, error: Double, limit: Double)

    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .unknownFamily(let name):
            let names = BenchmarkFamily.allCases.map(\.rawValue).joined(separator: ", ")
            return "unknown benchmark family '\(name)', expected one of \(names)"
        case .unknownOperation(let name, let family):
            let names = family.operations.map(\.name).joined(separator: ", ")
            return "unknown operation '\(name)' of benchmark family \(family.rawValue), expected one of \(names)"
        case .wrongResult(let operation, let contestant, let row, let error, let limit):
            return "wrong result of \(contestant) in \(operation): row \(row) is off by \(error), allowed is \(limit)"
        }
    }
}
