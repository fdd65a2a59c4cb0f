import SphereKernels
import SphereLayers
import SphereReference
import TestSupport
import Testing

@Suite struct BatchNormalizationTests {
    private static let shapes: [MapShape] =
        [1, 3, 7, 8, 16, 17, 64].flatMap { channels in
            [(1, 1, 1), (3, 1, 1), (1, 1, 5), (3, 7, 9), (2, 20, 23)].map { batch, height, width in
                MapShape(batch: batch, height: height, width: width, channels: channels)
            }
        }
        + [256, 275].flatMap { channels in
            // Wide pixels.
            [(1, 1, 1), (2, 5, 9)].map { batch, height, width in
                MapShape(batch: batch, height: height, width: width, channels: channels)
            }
        }
    private static let epsilon = 1e-3

    private struct Example {
        let shape: MapShape
        let isFrozen: Bool
        let rectifies: Bool
        /// 0: no shortcut, 1: one as it is, 2: one with scales and shifts.
        let shortcutKind: Int
        let input, gamma, beta, shortcut, shortcutScale, shortcutShift: [Float]
        var gradient: [Float]
        let moments: (means: [Double], variances: [Double])
        let output: [Double]
        let exact: (input: [Double], gamma: [Double], beta: [Double], shortcut: [Double])
        /// How large the terms are that make an element of the output and of the gradients.
        let outputSize: [Double]
        let inputSize: [Double]
        let gammaSize: [Double]
        let betaSize: [Double]

        init(_ shape: MapShape, number: Int, _ generator: inout SeededGenerator) {
            func normals(_ count: Int, mean: Double = 0) -> [Float] {
                (0..<count).map { _ in Float(mean + generator.normal()) }
            }
            func doubles(_ values: [Float]) -> [Double] { values.map(Double.init) }
            let channels = shape.channels
            self.shape = shape
            isFrozen = number % 3 == 1
            rectifies = number % 2 == 0
            shortcutKind = number / 2 % 3
            input = normals(shape.count, mean: 0.5)
            gamma = normals(channels)
            beta = normals(channels)
            shortcut = normals(shape.count)
            shortcutScale = normals(channels)
            shortcutShift = normals(channels)
            let kind = shortcutKind
            let (scales, shifts) = (doubles(shortcutScale), doubles(shortcutShift))
            let added = doubles(shortcut).enumerated().map { i, x in
                kind == 2 ? scales[i % channels] * x + shifts[i % channels] : x
            }
            let (x, gammas, betas) = (doubles(input), doubles(gamma), doubles(beta))
            let own = Reference.channelMoments(x, channels: channels)
            let moments = isFrozen ? (own.means.map { $0 + 0.25 }, own.variances.map { $0 + 0.5 }) : own
            self.moments = moments
            let (added2, epsilon) = (kind == 0 ? nil : added, BatchNormalizationTests.epsilon)
            let sums = Reference.batchNormalization(
                x, gamma: gammas, beta: betas, epsilon: epsilon, moments: moments, adding: added2)
            let rectifies = rectifies
            output = sums.map { rectifies ? max(0, $0) : $0 }
            // Where the sign of a sum could be lost to rounding the gradient is 0, which passes either way as 0.
            gradient = normals(shape.count)
            for (i, y) in sums.enumerated() where abs(y) < 1e-3 { gradient[i] = 0 }
            exact = Reference.batchNormalizationGradient(
                doubles(gradient), x, gamma: gammas, beta: betas, epsilon: epsilon,
                moments: isFrozen ? moments : nil, adding: added2, rectifies: rectifies)
            let inverses = moments.1.map { 1 / ($0 + epsilon).squareRoot() }
            let normalized = x.enumerated().map { i, x in
                (abs(x) + abs(moments.0[i % channels])) * inverses[i % channels]
            }
            outputSize = normalized.enumerated().map { i, h in
                abs(gammas[i % channels]) * h + abs(betas[i % channels])
                    + (kind == 2
                        ? abs(scales[i % channels] * Double(shape.count == 0 ? 0 : added[i])) + 2
                            * abs(shifts[i % channels])
                        : abs(added2?[i] ?? 0))
            }
            let sizes = doubles(gradient).map { abs($0) }
            let betaSize = Reference.channelSums(sizes, channels: channels)
            let gammaSize = Reference.channelSums(zip(sizes, normalized).map { $0 * $1 }, channels: channels)
            let pixels = Double(max(1, shape.pixels))
            inputSize = sizes.enumerated().map { i, g in
                let c = i % channels
                return abs(gammas[c]) * inverses[c] * (g + (betaSize[c] + normalized[i] * gammaSize[c]) / pixels)
            }
            self.betaSize = betaSize
            self.gammaSize = gammaSize
        }

        struct Results: Equatable {
            var measured: ChannelMoments
            var output, inPlace, overShortcut, gradient, shortcutGradient, overInput, plainGradient, apartGradient,
                gammaGradient, betaGradient: [Float]
        }

        func results(on execution: Execution, workspace: LayerWorkspace? = nil) -> Results {
            let channels = shape.channels
            let epsilon = BatchNormalizationTests.epsilon
            var measured = ChannelMoments(channels: channels)
            BatchNormalization.measure(
                input.span, shape: shape, into: &measured, workspace: workspace, on: execution)
            let used = isFrozen ? ChannelMoments(means: moments.means, variances: moments.variances) : measured
            var scale = [Float](repeating: .nan, count: channels)
            var shift = scale
            var scaleSpan = scale.mutableSpan
            var shiftSpan = shift.mutableSpan
            BatchNormalization.coefficients(
                of: used, gamma: gamma.span, beta: beta.span, epsilon: epsilon, scale: &scaleSpan, shift: &shiftSpan)
            let affine = ChannelAffine(scale: scale.span, shift: shift.span, rectifies: rectifies)
            let added: Shortcut? =
                shortcutKind == 0
                ? nil
                : shortcutKind == 1
                    ? Shortcut(shortcut.span)
                    : Shortcut(shortcut.span, scale: shortcutScale.span, shift: shortcutShift.span)
            var output = [Float](repeating: .nan, count: shape.count)
            var outputSpan = output.mutableSpan
            BatchNormalization.apply(
                input.span, shape: shape, through: affine, adding: added, into: &outputSpan, on: execution)
            var inPlace = input
            var inPlaceSpan = inPlace.mutableSpan
            BatchNormalization.apply(to: &inPlaceSpan, shape: shape, through: affine, adding: added, on: execution)
            var overShortcut = shortcut
            var overShortcutSpan = overShortcut.mutableSpan
            if shortcutKind == 1 {
                BatchNormalization.apply(
                    input.span, shape: shape, through: affine, addingTo: &overShortcutSpan, on: execution)
            }
            var (dx, plain) = (gradient, gradient)
            var masked = [Float](repeating: .nan, count: shape.count)
            var (dgamma, dbeta) = ([Float](repeating: .nan, count: channels), [Float](repeating: .nan, count: channels))
            var dxSpan = dx.mutableSpan
            var maskedSpan = masked.mutableSpan
            var dgammaSpan = dgamma.mutableSpan
            var dbetaSpan = dbeta.mutableSpan
            BatchNormalization.backward(
                &dxSpan, shortcutGradient: &maskedSpan, input: input.span, shape: shape, through: affine, adding: added,
                moments: used, isFrozen: isFrozen, gamma: gamma.span, epsilon: epsilon, gammaGradient: &dgammaSpan,
                betaGradient: &dbetaSpan, workspace: workspace, on: execution)
            var plainSpan = plain.mutableSpan
            // Added to what the first call left: twice as much.
            BatchNormalization.backward(
                &plainSpan, input: input.span, shape: shape, through: affine, adding: added, moments: used,
                isFrozen: isFrozen, gamma: gamma.span, epsilon: epsilon, gammaGradient: &dgammaSpan,
                betaGradient: &dbetaSpan, accumulates: true, workspace: workspace, on: execution)
            var apart = [Float](repeating: .nan, count: shape.count)
            var apartSpan = apart.mutableSpan
            BatchNormalization.backward(
                gradient.span, into: &apartSpan, input: input.span, shape: shape, through: affine, adding: added,
                moments: used, isFrozen: isFrozen, gamma: gamma.span, epsilon: epsilon, gammaGradient: &dgammaSpan,
                betaGradient: &dbetaSpan, accumulates: true, workspace: workspace, on: execution)
            // Without a shortcut g can take the memory of x.
            var (other, overInput) = (dx, masked)
            if shortcutKind == 0 {
                (other, overInput) = (gradient, input)
                var otherSpan = other.mutableSpan
                var overInputSpan = overInput.mutableSpan
                BatchNormalization.backward(
                    &otherSpan, replacing: &overInputSpan, shape: shape, through: affine, moments: used,
                    isFrozen: isFrozen, gamma: gamma.span, epsilon: epsilon, gammaGradient: &dgammaSpan,
                    betaGradient: &dbetaSpan, accumulates: true, workspace: workspace, on: execution)
            }
            let isSame = other == dx
            return Results(
                measured: measured, output: output, inPlace: inPlace, overShortcut: overShortcut, gradient: dx,
                shortcutGradient: masked,
                overInput: isSame ? overInput : [.nan],
                plainGradient: plain, apartGradient: apart, gammaGradient: dgamma, betaGradient: dbeta)
        }
    }

    /// Sums of at most 256 terms in float32, those of blocks in double: 256 units roundoff of the sum of absolute values, in both
    /// moments (relative to 4 times the squared size, of which half enters the standard deviation) and in the gradients' sums, and a few
    /// roundings.
    private static let limit = 4 * 264 * 0x1p-24

    @Test("agrees with the reference: moments, results and gradients", arguments: InstructionSet.available)
    func reference(set: InstructionSet) {
        for (number, shape) in (Self.shapes + Self.shapes.reversed()).enumerated() {
            var generator = SeededGenerator(seed: UInt64(number))
            let example = Example(shape, number: number, &generator)
            let results = example.results(on: Execution(for: set))
            func check(_ result: [Float], _ exact: [Double], _ sizes: [Double], _ name: String) {
                let error = ErrorReport.relative(result, exact, to: sizes).maximum
                #expect(error <= Self.limit, "\(name) of \(shape), example \(number), with \(set): \(error)")
            }
            if !example.isFrozen {
                for c in 0..<shape.channels {
                    let (mean, variance) = (results.measured.means[c], results.measured.variances[c])
                    #expect(abs(mean - example.moments.means[c]) <= 264 * 0x1p-24 * 4)
                    #expect(abs(variance - example.moments.variances[c]) <= 264 * 0x1p-24 * 16)
                }
                #expect(results.measured.count == shape.pixels)
            }
            check(results.output, example.output, example.outputSize, "output")
            #expect(results.inPlace == results.output)
            #expect(example.shortcutKind != 1 || results.overShortcut == results.output)
            check(results.gradient, example.exact.input, example.inputSize, "input gradient")
            #expect(results.plainGradient == results.gradient)
            #expect(results.apartGradient == results.gradient)
            #expect(results.overInput == results.shortcutGradient)
            #expect(results.shortcutGradient.map(Double.init) == example.exact.shortcut)
            // Every call has added its own.
            let calls: Double = example.shortcutKind == 0 ? 4 : 3
            func all(_ values: [Double]) -> [Double] { values.map { calls * $0 } }
            check(results.gammaGradient, all(example.exact.gamma), all(example.gammaSize), "gamma")
            check(results.betaGradient, all(example.exact.beta), all(example.betaSize), "beta")
        }
    }

    @Test("has the same bits for any number of threads", arguments: InstructionSet.available)
    func threads(set: InstructionSet) {
        let workspace = LayerWorkspace()
        for (number, shape) in Self.shapes.enumerated() {
            var generator = SeededGenerator(seed: UInt64(number))
            let example = Example(shape, number: number, &generator)
            let one = example.results(on: Execution(for: set))
            for threads in [2, 3] {
                #expect(example.results(on: Execution(for: set, threads: threads), workspace: workspace) == one)
            }
        }
    }

    @Test("a variance far smaller than the squared mean keeps its digits", arguments: InstructionSet.available)
    func offset(set: InstructionSet) {
        var generator = SeededGenerator(seed: 5)
        let shape = MapShape(batch: 1, height: 40, width: 50, channels: 9)
        let input = (0..<shape.count).map { _ in Float(1000 + generator.normal()) }
        let exact = Reference.channelMoments(input.map(Double.init), channels: 9)
        var moments = ChannelMoments(channels: 9)
        BatchNormalization.measure(input.span, shape: shape, into: &moments, on: Execution(for: set))
        for c in 0..<9 {
            // The deviations from a pixel nearby are exact; sums of 256 of them and of their squares are rounded.
            #expect(abs(moments.means[c] - exact.means[c]) <= 264 * 0x1p-24 * 4)
            #expect(abs(moments.variances[c] - exact.variances[c]) <= 264 * 0x1p-24 * 16)
        }
    }

    @Test("NaN stays NaN behind the rectifier", arguments: InstructionSet.available)
    func nonFinite(set: InstructionSet) {
        let (ones, zeros) = ([Float](repeating: 1, count: 17), [Float](repeating: 0, count: 17))
        var map = [Float](repeating: -1, count: 34)
        for i in [0, 16, 20] { map[i] = .nan }
        var span = map.mutableSpan
        BatchNormalization.apply(
            to: &span, shape: MapShape(batch: 1, height: 1, width: 2, channels: 17),
            through: ChannelAffine(scale: ones.span, shift: zeros.span, rectifies: true), on: Execution(for: set))
        for (i, y) in map.enumerated() { #expect([0, 16, 20].contains(i) ? y.isNaN : y == 0) }
    }

    @Test("frozen statistics pass gradients on at infinite inputs too", arguments: InstructionSet.available)
    func frozenInfinity(set: InstructionSet) {
        let channels = 17
        let shape = MapShape(batch: 1, height: 1, width: 3, channels: channels)
        let (ones, zeros) = ([Float](repeating: 1, count: channels), [Float](repeating: 0, count: channels))
        let twos = [Float](repeating: 2, count: channels)
        let moments = ChannelMoments(
            means: zeros.map(Double.init), variances: [Double](repeating: 0.75, count: channels))
        for rectifies in [false, true] {
            let input = [Float.infinity, -.infinity, 1].flatMap { [Float](repeating: $0, count: channels) }
            var gradient = [Float](repeating: 1, count: shape.count)
            var (gamma, beta) = (zeros, zeros)
            var span = gradient.mutableSpan
            var gammaSpan = gamma.mutableSpan
            var betaSpan = beta.mutableSpan
            BatchNormalization.backward(
                &span, input: input.span, shape: shape,
                through: ChannelAffine(scale: ones.span, shift: zeros.span, rectifies: rectifies), moments: moments,
                isFrozen: true, gamma: twos.span, epsilon: 0.25, gammaGradient: &gammaSpan, betaGradient: &betaSpan,
                on: Execution(for: set))
            for (i, g) in gradient.enumerated() { #expect(g == (rectifies && i / channels == 1 ? 0 : 2)) }
            #expect(beta == (rectifies ? twos : [Float](repeating: 3, count: channels)))
        }
    }

    @Test("the reference's gradients are those of central differences", arguments: [false, true])
    func referenceGradients(isFrozen: Bool) {
        var generator = SeededGenerator(seed: 4)
        func normals(_ count: Int) -> [Double] { (0..<count).map { _ in generator.normal() } }
        let (input, gamma, beta, shortcut) = (normals(24), normals(3), normals(3), normals(24))
        let running = isFrozen ? (means: normals(3), variances: normals(3).map { $0 * $0 + 0.5 }) : nil
        var gradient = normals(24)
        func output(_ x: [Double], _ gamma: [Double], _ beta: [Double], _ added: [Double], _ rectifies: Bool)
            -> [Double]
        {
            Reference.batchNormalization(
                x, gamma: gamma, beta: beta, epsilon: Self.epsilon, moments: running, adding: added,
                rectifies: rectifies)
        }
        // Away from the rectifier's bend.
        for (i, y) in output(input, gamma, beta, shortcut, false).enumerated() where abs(y) < 0.01 { gradient[i] = 0 }
        func loss(_ x: [Double], _ gamma: [Double], _ beta: [Double], _ added: [Double]) -> Double {
            zip(output(x, gamma, beta, added, true), gradient).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let exact = Reference.batchNormalizationGradient(
            gradient, input, gamma: gamma, beta: beta, epsilon: Self.epsilon, moments: running, adding: shortcut,
            rectifies: true)
        let errors = [
            centralDifferenceError(of: exact.input, at: input) { loss($0, gamma, beta, shortcut) },
            centralDifferenceError(of: exact.gamma, at: gamma) { loss(input, $0, beta, shortcut) },
            centralDifferenceError(of: exact.beta, at: beta) { loss(input, gamma, $0, shortcut) },
            centralDifferenceError(of: exact.shortcut, at: shortcut) { loss(input, gamma, beta, $0) },
        ]
        #expect(errors.max()! <= 1e-6, "\(errors)")
    }
}
