internal import SphereKernels
internal import SphereLayers
internal import SphereReference

extension BenchmarkCase {
    /// Batch normalization of N pixels of D channels by their own statistics, rectified, with gamma 1 and beta 0; or the gradient of
    /// the pixels from that of the result (the targets), statistics and coefficients known.
    static func normalization(_ settings: BenchmarkSettings, isGradient: Bool) -> BenchmarkCase {
        let (n, d) = (settings.points, settings.dimension)
        let source = normalRows(n, settings)
        let upstream = isGradient ? normalRows(n, settings, seed: 2) : nil
        let shape = BenchmarkMaps(pixels: n).shape(d)
        let epsilon = 1e-5
        let input = BenchmarkInput(
            isGradient ? .normalizationGradient : .normalization, points: source, targets: upstream,
            threads: settings.threads, resultRows: n, resultColumns: d)
        let ones = [Double](repeating: 1, count: d)
        let zeros = [Double](repeating: 0, count: d)
        let twin = NaiveTwin(rows: n, isWhole: true) { sample in
            // Every row needs the statistics of all: all rows are computed.
            let map = source.elements.map(Double.init)
            let exact =
                upstream.map {
                    Reference.batchNormalizationGradient(
                        $0.elements.map(Double.init), map, gamma: ones, beta: zeros, epsilon: epsilon, rectifies: true
                    ).input
                } ?? Reference.batchNormalization(map, gamma: ones, beta: zeros, epsilon: epsilon, rectifies: true)
            let values = sample.rows(of: ReferenceMatrix(rows: n, columns: d, exact))
            // Of a normal number in units of its deviation, at most about 6, with sums of 256 in float32; a gradient divides by the
            // deviation, which is small where there are few pixels.
            let largest = exact.reduce(0) { max($0, abs($1)) }
            return Expectation(
                values: values, measure: .absolute, limit: 300 * AccuracyLimits.roundoff * max(1, largest))
        }
        // Read twice and written, or read twice two maps and written.
        let work = UsefulWork(bytes: UsefulWork.floats((isGradient ? 5 : 3) * n * d))
        return BenchmarkCase(input: input, work: work, twin: twin) { execution in
            let workspace = LayerWorkspace()
            var moments = ChannelMoments(channels: d)
            var (scale, shift) = ([Float](repeating: 0, count: d), [Float](repeating: 0, count: d))
            var (gamma, beta) = (scale, scale)
            func measure() {
                BatchNormalization.measure(
                    source.view.elements, shape: shape, into: &moments, workspace: workspace, on: execution)
                var scales = scale.mutableSpan
                var shifts = shift.mutableSpan
                BatchNormalization.coefficients(of: moments, epsilon: epsilon, scale: &scales, shift: &shifts)
            }
            guard let upstream else {
                return {
                    measure()
                    input.output.update { matrix in
                        var result = matrix.mutableView
                        BatchNormalization.apply(
                            source.view.elements, shape: shape,
                            through: ChannelAffine(scale: scale.span, shift: shift.span, rectifies: true),
                            into: &result.elements, on: execution)
                    }
                }
            }
            measure()
            return {
                input.output.update { matrix in
                    var result = matrix.mutableView
                    var gammas = gamma.mutableSpan
                    var betas = beta.mutableSpan
                    BatchNormalization.backward(
                        upstream.view.elements, into: &result.elements, input: source.view.elements, shape: shape,
                        through: ChannelAffine(scale: scale.span, shift: shift.span, rectifies: true),
                        moments: moments, epsilon: epsilon, gammaGradient: &gammas, betaGradient: &betas,
                        workspace: workspace, on: execution)
                }
            }
        }
    }

    /// A pooling or resizing of normal maps of N pixels and D channels, or its gradient from that of the result (the targets).
    static func mapOperation(_ settings: BenchmarkSettings, _ operation: BenchmarkMapOperation) -> BenchmarkCase {
        let (n, d) = (settings.points, settings.dimension)
        let maps = BenchmarkMaps(pixels: n)
        let shape = maps.shape(d)
        let sizes = maps.poolingSizes(d)
        let (height, width) = (2 * maps.height, 2 * maps.width)
        let isResize = operation == .resize || operation == .resizeGradient
        let resultPixels = isResize ? 4 * n : sizes.outputCount / d
        let source = normalRows(n, settings)
        let upstream = operation.isGradient ? normalRows(resultPixels, settings, seed: 2) : nil
        let rows = operation.isGradient ? n : resultPixels
        let input = BenchmarkInput(
            .mapOperation(operation), points: source, targets: upstream, threads: settings.threads, resultRows: rows,
            resultColumns: d)
        let twin = NaiveTwin(rows: rows, isWhole: true) { sample in
            let (map, gradient) = (source.elements.map(Double.init), upstream?.elements.map(Double.init) ?? [])
            let exact =
                switch operation {
                case .maximumPooling: Reference.maximumPooling(map, sizes: sizes)
                case .maximumPoolingGradient: Reference.maximumPoolingGradient(gradient, map, sizes: sizes)
                case .averagePooling: Reference.averagePooling(map, sizes: sizes, countsPadding: false)
                case .averagePoolingGradient:
                    Reference.averagePoolingGradient(gradient, sizes: sizes, countsPadding: false)
                case .resize:
                    Reference.bilinearResize(
                        map, batch: maps.batch, height: maps.height, width: maps.width, channels: d, toHeight: height,
                        width: width, alignsCorners: false)
                case .resizeGradient:
                    Reference.bilinearResizeGradient(
                        gradient, batch: maps.batch, height: maps.height, width: maps.width, channels: d,
                        toHeight: height, width: width, alignsCorners: false)
                }
            // Sums of at most 16 terms of at most 6 each.
            return Expectation(
                values: sample.rows(of: ReferenceMatrix(rows: rows, columns: d, exact)), measure: .absolute,
                limit: 16 * 16 * 6 * AccuracyLimits.roundoff)
        }
        let window = SlidingWindow(3, stride: 2, padding: 1)
        let work = UsefulWork(
            bytes: UsefulWork.floats((n + resultPixels + (operation == .maximumPoolingGradient ? resultPixels : 0)) * d)
        )
        return BenchmarkCase(input: input, work: work, twin: twin) { execution in
            // The forward pass has kept the places.
            var places = [Int32](repeating: 0, count: operation == .maximumPoolingGradient ? resultPixels * d : 0)
            if operation == .maximumPoolingGradient {
                var largest = [Float](repeating: 0, count: places.count)
                var largestSpan = largest.mutableSpan
                var placesSpan = places.mutableSpan
                MaximumPooling.forward(
                    source.view.elements, shape: shape, window: window, into: &largestSpan, places: &placesSpan,
                    on: execution)
            }
            return { [places] in
                input.output.update { matrix in
                    var result = matrix.mutableView
                    switch operation {
                    case .maximumPooling:
                        MaximumPooling.forward(
                            source.view.elements, shape: shape, window: window, into: &result.elements, on: execution)
                    case .maximumPoolingGradient:
                        MaximumPooling.backward(
                            upstream!.view.elements, places: places.span, shape: shape, window: window,
                            into: &result.elements, on: execution)
                    case .averagePooling:
                        AveragePooling.forward(
                            source.view.elements, shape: shape, window: window, into: &result.elements, on: execution)
                    case .averagePoolingGradient:
                        AveragePooling.backward(
                            upstream!.view.elements, shape: shape, window: window, into: &result.elements,
                            on: execution)
                    case .resize:
                        BilinearResize.forward(
                            source.view.elements, shape: shape, height: height, width: width, alignment: .halfPixels,
                            into: &result.elements, on: execution)
                    case .resizeGradient:
                        BilinearResize.backward(
                            upstream!.view.elements, shape: shape, height: height, width: width,
                            alignment: .halfPixels, into: &result.elements, on: execution)
                    }
                }
            }
        }
    }
}
