import SphereKernels
import SphereLinearAlgebra
import SphereReference
import Testing

@Suite struct PrincipalComponentsTests {
    /// Normal points with standard deviation 3 along one direction, 1 along another, 0.1 along the third.
    private func ellipsoid(_ count: Int) -> Matrix {
        var generator = SeededGenerator(seed: 1)
        let directions: [[Double]] = [[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1]]
        let deviations = [3.0, 1.0, 0.1]
        var points = Matrix(rows: count, columns: 3)
        for i in 0..<count {
            let draws = deviations.map { $0 * generator.normal() }
            for k in 0..<3 { points[i, k] = Float(5 + (0..<3).reduce(0) { $0 + draws[$1] * directions[$1][k] }) }
        }
        return points
    }

    @Test("are the axes of an ellipsoid")
    func axes() throws {
        let count = 20_000
        let components = try PrincipalComponents(of: ellipsoid(count).view, count: 3)
        // Five standard errors of a variance and of an angle between axes of deviations 3 and 1.
        let error = 5 * (2 / Double(count)).squareRoot()
        #expect(abs(components.variances[0] / 9 - 1) < error)
        #expect(abs(components.variances[1] - 1) < error)
        #expect(abs(components.variances[2] / 0.01 - 1) < error)
        #expect(abs(components.axes[0][0] - 0.6) < 5 * 3.0 / 8 / Double(count).squareRoot())
        #expect(components.mean.allSatisfy { abs($0 - 5) < 5 * 3 / Double(count).squareRoot() })
    }

    @Test("are orthonormal, each with a positive largest coordinate")
    func orthonormal() throws {
        var generator = SeededGenerator(seed: 2)
        let components = try PrincipalComponents(of: generator.normalMatrix(rows: 50, columns: 9).view, count: 9)
        for (i, a) in components.axes.enumerated() {
            for (j, b) in components.axes.enumerated() {
                let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(dot - (i == j ? 1 : 0)) < 1e-12)
            }
            #expect(a.max { abs($0) < abs($1) }! > 0)
        }
        #expect(components.variances == components.variances.sorted(by: >))
    }

    @Test("keep distances when all are taken, and project the mean to 0")
    func projection() throws {
        let points = ellipsoid(30)
        let components = try PrincipalComponents(of: points.view, count: 3)
        let projected = components.project(points.view)
        for i in 1..<30 {
            let before = distance(points, 0, i)
            #expect(abs(distance(projected, 0, i) - before) < 1e-5 * before)
        }
        for k in 0..<3 { #expect(abs((0..<30).reduce(0) { $0 + projected[$1, k] }) < 1e-4) }
    }

    private func distance(_ points: Matrix, _ i: Int, _ j: Int) -> Float {
        zip(points.row(i), points.row(j)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    @Test("are at most as many as coordinates, and of equal points have variance 0")
    func degenerate() throws {
        let components = try PrincipalComponents(of: Matrix(rows: 4, columns: 2, repeating: 7).view, count: 3)
        #expect(components.axes.count == 2)
        #expect(components.variances == [0, 0])
        #expect(components.mean == [7, 7])
    }

    @Test("of an empty matrix or of NaN are an error")
    func failures() {
        #expect(throws: PrincipalComponents.Failure.emptyMatrix(rows: 0, columns: 3)) {
            try PrincipalComponents(of: Matrix(rows: 0, columns: 3).view, count: 1)
        }
        #expect(throws: PrincipalComponents.Failure.notFinite) {
            try PrincipalComponents(of: Matrix([[1, .nan]]).view, count: 1)
        }
    }
}
