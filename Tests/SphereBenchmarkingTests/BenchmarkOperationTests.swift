import SphereBenchmarking
import SphereKernels
import SphereLosses
import TestSupport
import Testing

@Suite struct BenchmarkOperationTests {
    private static let operations = BenchmarkFamily.allCases.flatMap(\.operations)

    /// Sizes that are no multiple of anything.
    private func settings(dimension: Int = 17, threads: Int = 1, targets: Int? = nil) -> BenchmarkSettings {
        BenchmarkSettings(points: 61, targets: targets, dimension: dimension, threads: threads, timing: .quick)
    }

    @Test("verifies and times every instruction set and the naive twin", arguments: operations, [1, 2])
    func contestants(operation: BenchmarkOperation, threads: Int) throws {
        for dimension in [1, 17] {
            let rows = try operation.run(settings(dimension: dimension, threads: threads))
            let endings = [.step, .forwardBackward].contains(operation) ? ["", "-skipping"] : [""]
            let kernels = InstructionSet.available.reversed().flatMap { set in endings.map { set.rawValue + $0 } }
            #expect(rows.map(\.contestant) == kernels + ["naive"])
            #expect(rows.map(\.threads) == kernels.map { _ in threads } + [1])
            for row in rows {
                #expect(row.family == operation.family && row.operation == operation.name && row.points == 61)
                #expect(row.minimumMilliseconds > 0 && row.minimumMilliseconds <= row.medianMilliseconds)
                // Weights have a row for each of 9 elements of a window and every channel.
                #expect((1...9 * 61).contains(row.naiveRows))
                #expect(row.ratioToRival == nil)
            }
            #expect(rows.last?.ratioToNaive == 1)
        }
    }

    @Test("times the instruction sets that are asked for")
    func chosenSets() throws {
        var settings = settings()
        settings.instructionSets = [.baseline]
        let rows = try BenchmarkOperation.norms.run(settings)
        #expect(rows.map(\.contestant) == ["baseline", "naive"])
    }

    @Test(
        "credits the products of an operation",
        arguments: [
            (BenchmarkOperation.step, 4 * 61 * 61 * 17), (.seeds, 4 * 9 * 61 * 17), (.sums, 2 * 9 * 61 * 17),
            (.paired(.float32), 2 * 61 * 17), (.oneToMany(.float64), 2 * 61 * 17),
            (.allPairs(.float32), 2 * 61 * 9 * 17), (.nearestNeighbors, 2 * 61 * 9 * 17),
            (.symmetric(.float64), 2 * 61 * 61 * 17), (.norms, 2 * 61 * 17), (.normalize, 2 * 61 * 17),
            (.product, 2 * 61 * 9 * 17), (.packedProduct, 2 * 61 * 9 * 17), (.forwardBackward, 4 * 61 * 61 * 17),
            (.convolution(.oneByOne, .forward), 2 * 61 * 9 * 17),
            (.convolution(.dilatedByFour, .inputGradient), 2 * 61 * 9 * 9 * 17),
            (.convolution(.threeByThree, .weightGradient), 2 * 61 * 9 * 9 * 17), (.pairLoss(.steep), 4 * 61 * 61 * 17),
            (.recurrent, 8 * 61 * 61 * 17),
        ])
    func flops(operation: BenchmarkOperation, flops: Int) throws {
        for row in try operation.run(settings(targets: 9)) {
            let expected = Double(flops) / row.minimumMilliseconds * 1e-6
            let found = try #require(row.usefulGigaflops)
            #expect(abs(found / expected - 1) < 0x1p-40)
            let percent = try #require(row.percentOfPeak)
            #expect(abs(percent / (100 * found / row.peakGigaflops) - 1) < 0x1p-40)
        }
    }

    @Test("credits exponentials with the time of one and the bytes of both sides, and with no products")
    func exponentials() throws {
        for row in try BenchmarkOperation.exponential.run(settings()) {
            #expect(row.usefulGigaflops == nil && row.percentOfPeak == nil)
            let nanoseconds = try #require(row.nanosecondsPerElement)
            #expect(abs(nanoseconds * 61 / (row.minimumMilliseconds * 1e6) - 1) < 0x1p-40)
            let rate = try #require(row.gigabytesPerSecond)
            #expect(abs(rate * nanoseconds / 8 - 1) < 0x1p-40)
        }
    }

    @Test("gives rivals the input and compares everyone with the fastest of them")
    func rivals() throws {
        let rows = try BenchmarkOperation.norms.run(settings(threads: 2)) { input in
            #expect(input.operation == .norms && input.threads == 2)
            #expect(input.points.rows == 61 && input.points.columns == 17 && input.targets.rows == 0)
            return [slowNorms("slow", input, seconds: 0.05), slowNorms("fast", input, seconds: 0.002)]
        }
        #expect(rows.map(\.contestant).suffix(3) == ["slow", "fast", "naive"])
        let fast = try #require(rows.first { $0.contestant == "fast" })
        let slow = try #require(rows.first { $0.contestant == "slow" })
        #expect(fast.ratioToRival == 1)
        #expect(try #require(slow.ratioToRival) < 1)
        #expect(try #require(rows[0].ratioToRival) > 1)
        #expect(fast.instructionSet == nil)
    }

    @Test("refuses a rival whose result is wrong in one row, before anything is timed")
    func wrongRival() throws {
        var calls = 0
        let error = #expect(throws: BenchmarkError.self) {
            try BenchmarkOperation.norms.run(settings()) { input in
                [
                    Contestant(name: "wrong") {
                        calls += 1
                        input.output.update { result in
                            result = Matrix(rows: 61, columns: 1, elements: RowNorms.norms(input.points))
                            result[60, 0] *= 1.001
                        }
                    }
                ]
            }
        }
        guard case .wrongResult("norms", "wrong", row: 60, let error, let limit) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
        #expect(error > 0.0009 && error < 0.0011 && limit < 1e-5)
        #expect(calls == 1)
    }

    @Test("refuses a rival that leaves the result to others")
    func idleRival() throws {
        let error = #expect(throws: BenchmarkError.self) {
            try BenchmarkOperation.step.run(settings()) { _ in [Contestant(name: "idle") {}] }
        }
        guard case .wrongResult("step", "idle", _, let error, _) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
        #expect(error.isNaN)
    }

    @Test("allows a rival as many times the kernels' error as it declares")
    func tolerance() throws {
        func run(tolerance: Double) throws {
            _ = try BenchmarkOperation.norms.run(settings()) { input in
                [
                    Contestant(name: "rough", tolerance: tolerance) {
                        input.output.update { result in
                            let norms = RowNorms.norms(input.points).map { $0 * (1 + 0x1p-18) }
                            result = Matrix(rows: 61, columns: 1, elements: norms)
                        }
                    }
                ]
            }
        }
        #expect(throws: BenchmarkError.self) { try run(tolerance: 1) }
        try run(tolerance: 10)
    }

    @Test("traps on an input without points, with the number in the message")
    func noPoints() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var settings = BenchmarkSettings()
            settings.points = 0
            _ = try BenchmarkOperation.step.run(settings)
        }
        #expect(messages(of: result).contains("points of a benchmark must be 1 or more, found 0"))
    }

    @Test("has a name of its own for every operation, and every operation is in its family")
    func names() {
        #expect(Set(Self.operations.map(\.name)).count == Self.operations.count)
        for family in BenchmarkFamily.allCases {
            #expect(family.operations.allSatisfy { $0.family == family })
        }
    }

    private func slowNorms(_ name: String, _ input: BenchmarkInput, seconds: Double) -> Contestant {
        Contestant(name: name) {
            spin(seconds: seconds)
            input.output.update { result in
                var norms = result.mutableView
                RowNorms.norms(input.points.view, into: &norms.elements)
            }
        }
    }
}
