import SphereBenchmarking
import SphereKernels
import Testing

@Suite struct BenchmarkFamilyTests {
    @Test("is found by the name that users type")
    func named() throws {
        #expect(try BenchmarkFamily.named("cosine") == .cosine)
    }

    @Test("names all families when it does not know one", arguments: ["", "Step", "all"])
    func unknown(name: String) throws {
        let error = #expect(throws: BenchmarkError.unknownFamily(name: name)) { try BenchmarkFamily.named(name) }
        let text = try #require(error).description
        #expect(
            text == "unknown benchmark family '\(name)', expected one of step, seeds, sums, cosine, exp, norms, product"
        )
    }

    @Test("runs all its operations, in both accumulations where there are two")
    func runs() throws {
        let settings = BenchmarkSettings(
            points: 20, dimension: 3, instructionSets: [.baseline], timing: .quick)
        let rows = try BenchmarkFamily.cosine.run(settings)
        let operations = rows.filter { $0.contestant == "naive" }.map(\.operation)
        #expect(
            operations == [
                "paired_float32", "one_to_many_float32", "all_pairs_float32", "symmetric_float32",
                "paired_float64", "one_to_many_float64", "all_pairs_float64", "symmetric_float64",
            ])
    }
}
