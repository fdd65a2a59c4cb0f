import SphereKernels
import SphereReference
import TestSupport
import Testing

@Suite struct AccuracyTableTests {
    @Test(
        "holds on every instruction set", .enabled(if: !keepsToSmallSizes, "full sizes, too slow when emulated"),
        arguments: AccuracyTable.checks.indices, InstructionSet.available)
    func holds(index: Int, set: InstructionSet) {
        let check = AccuracyTable.checks[index]
        let error = check.error(on: Execution(for: set))
        #expect(error <= check.limit, "\(check.operation), \(check.input): \(check.measure)")
    }

    @Test("has a line for every operation of the kernels")
    func isComplete() {
        let operations = Set(AccuracyTable.checks.map(\.operation))
        #expect(
            operations == [
                "VectorExponential.exponential", "RowNorms.norms", "RowNorms.normalize", "CosineSimilarity.paired",
                "CosineSimilarity.oneToMany", "CosineSimilarity.allPairs", "CosineSimilarity.symmetric",
                "CosineSimilarity.nearestNeighbors",
                "VonMisesFisher.logNormalizer", "VonMisesFisher.logDensity",
                "VonMisesFisher.meanResultantLength", "VonMisesFisher.circularVariance",
                "VonMisesFisher.meanResultantLengthDerivative", "VonMisesFisher.concentration", "VonMisesFisher.fit",
                "MeanShiftPlan.blur", "MeanShiftPlan.shift", "MeanShiftPlan.kernelSums", "MeanShiftPlan.logDensity",
                "MeanShiftPlan.gradient", "MeanShiftPlan.kernelSumsGradient",
                "MatrixProduct.multiply",
            ])
    }
}
