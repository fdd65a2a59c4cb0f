import SphereKernels
import SphereLinearAlgebra
import SphereReference
import Testing

@Suite struct RidgeRegressionTests {
    /// Normal rows, their columns of very different sizes and far from 0, and a linear function of them.
    private func planted(rows: Int, noise: Double = 0) -> (inputs: Matrix, targets: [Double]) {
        var generator = SeededGenerator(seed: 4)
        let (coefficients, sizes) = ([0.7, -20, 3e-3], [1.0, 0.01, 100])
        var inputs = Matrix(rows: rows, columns: 3)
        var targets: [Double] = []
        for row in 0..<rows {
            for k in 0..<3 { inputs[row, k] = Float(sizes[k] * (3 + generator.normal())) }
            targets.append(
                (0..<3).reduce(5 + noise * generator.normal()) { $0 + coefficients[$1] * Double(inputs[row, $1]) })
        }
        return (inputs, targets)
    }

    @Test("recovers a planted linear function, the more so the smaller the penalty")
    func planted() throws {
        let (inputs, targets) = planted(rows: 200)
        for penalty in [1e-3, 1e-6, 1e-9] {
            let regression = try RidgeRegression(inputs.view, targets: targets, penalty: penalty)
            // Shrinking by lambda in parts of the variance, and correlations of columns of 200 normal rows below a third.
            for (found, planted) in zip(regression.coefficients, [0.7, -20, 3e-3]) {
                #expect(abs(found / planted - 1) < 3 * penalty + 1e-9)
            }
            for (prediction, target) in zip(regression.predict(inputs.view), targets) {
                #expect(abs(prediction - target) < 20 * penalty + 1e-9)
            }
        }
    }

    @Test("solves the equations that define it")
    func equations() throws {
        let (inputs, targets) = planted(rows: 50, noise: 1)
        let penalty = 0.1
        let regression = try RidgeRegression(inputs.view, targets: targets, penalty: penalty)
        let errors = zip(targets, regression.predict(inputs.view)).map { $0 - $1 }
        for k in 0..<3 {
            let centered = (0..<50).map { Double(inputs[$0, k]) - regression.means[k] }
            let variance = centered.reduce(0) { $0 + $1 * $1 } / 50
            // The slope of the squared error is that of the penalty.
            let slope = zip(centered, errors).reduce(0) { $0 + $1.0 * $1.1 } / 50
            #expect(abs(slope - penalty * variance * regression.coefficients[k]) < 1e-9 * variance.squareRoot())
        }
        #expect(abs(errors.reduce(0, +)) < 1e-9)
    }

    @Test("gives constant and equal columns their share, and refuses what is empty or not finite")
    func degenerate() throws {
        let inputs = Matrix([[1, 2, 2], [1, 3, 3], [1, 5, 5]])
        let regression = try RidgeRegression(inputs.view, targets: [4, 6, 10], penalty: 1e-9)
        #expect(regression.coefficients[0] == 0)
        #expect(abs(regression.coefficients[1] - 1) < 1e-6 && abs(regression.coefficients[2] - 1) < 1e-6)
        #expect(abs(regression.predict(Matrix([[1, 4, 4]]).view)[0] - 8) < 1e-6)
        let constant = try RidgeRegression(Matrix(rows: 2, columns: 0).view, targets: [1, 3])
        #expect(constant.predict(Matrix(rows: 1, columns: 0).view) == [2])
        #expect(throws: RidgeRegression.Failure.empty) {
            try RidgeRegression(Matrix(rows: 0, columns: 2).view, targets: [])
        }
        for (value, target) in [(Float.nan, 1.0), (.infinity, 1), (0, .nan), (0, .infinity)] {
            #expect(throws: RidgeRegression.Failure.notFinite) {
                try RidgeRegression(Matrix([[value], [1]]).view, targets: [target, 2])
            }
        }
    }
}
