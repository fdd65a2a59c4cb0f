internal import SphereKernels

/// One-to-one assignment of rows to columns with the largest sum of values (the Hungarian method; Kuhn 1955).
///
/// Shortest augmenting paths with prices (Jonker and Volgenant, Computing 1987). Values of 0 may be assigned or not.
public enum OptimalAssignment {
    /// The column of every row, -1 for rows without one.
    ///
    /// As many pairs are made as the smaller side allows; of assignments with the same sum one is taken, always the same.
    ///
    /// - Parameters:
    ///   - values: row by row, finite.
    ///   - rows: number of rows.
    ///   - columns: number of columns.
    /// - Precondition: `values.count == rows * columns`.
    /// - Complexity: O(m^2 n), m being the smaller and n the larger number.
    public static func maximum(_ values: [Double], rows: Int, columns: Int) -> [Int] {
        require(
            values.count == rows * columns, "\(values.count) values for \(rows) rows and \(columns) columns")
        if rows > columns {
            var turned = [Double](repeating: 0, count: values.count)
            for row in 0..<rows {
                for column in 0..<columns { turned[column * rows + row] = values[row * columns + column] }
            }
            var result = [Int](repeating: -1, count: rows)
            for (column, row) in maximum(turned, rows: columns, columns: rows).enumerated() { result[row] = column }
            return result
        }
        // Potentials u and v with u_i + v_j <= -value_ij; column 0 is where a path starts, real ones count from 1.
        var u = [Double](repeating: 0, count: rows + 1)
        var v = [Double](repeating: 0, count: columns + 1)
        var rowOfColumn = [Int](repeating: 0, count: columns + 1)
        var previous = [Int](repeating: 0, count: columns + 1)
        for row in 1...max(rows, 1) where rows > 0 {
            rowOfColumn[0] = row
            var column = 0
            var least = [Double](repeating: .infinity, count: columns + 1)
            var isUsed = [Bool](repeating: false, count: columns + 1)
            repeat {
                isUsed[column] = true
                let current = rowOfColumn[column]
                var (delta, next) = (Double.infinity, 0)
                for j in 1...columns where !isUsed[j] {
                    let reduced = -values[(current - 1) * columns + j - 1] - u[current] - v[j]
                    if reduced < least[j] { (least[j], previous[j]) = (reduced, column) }
                    if least[j] < delta { (delta, next) = (least[j], j) }
                }
                for j in 0...columns {
                    if isUsed[j] {
                        u[rowOfColumn[j]] += delta
                        v[j] -= delta
                    } else {
                        least[j] -= delta
                    }
                }
                column = next
            } while rowOfColumn[column] != 0
            while column != 0 {
                rowOfColumn[column] = rowOfColumn[previous[column]]
                column = previous[column]
            }
        }
        var result = [Int](repeating: -1, count: rows)
        for column in 1...max(columns, 1) where columns > 0 && rowOfColumn[column] > 0 {
            result[rowOfColumn[column] - 1] = column - 1
        }
        return result
    }
}
