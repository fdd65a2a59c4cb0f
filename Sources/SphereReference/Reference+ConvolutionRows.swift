public import SphereKernels

extension Reference {
    /// The pixels `rows` of a convolution, see ``convolution(_:weights:bias:sizes:)``: some of a result that is large.
    public static func convolutionRows(
        _ rows: [Int], _ input: Matrix, weights: [Float], sizes: ConvolutionSizes
    ) -> ReferenceMatrix {
        let (inputs, outputs) = (sizes.inputChannels, sizes.outputChannels)
        var result = ReferenceMatrix(rows: rows.count, columns: outputs)
        for (row, pixel) in rows.enumerated() {
            sizes.forEachTap(ofOutput: pixel) { x, tap in
                for c in 0..<inputs {
                    let value = Double(input.elements[x * inputs + c])
                    for n in 0..<outputs {
                        result.elements[row * outputs + n] += Double(weights[(tap * inputs + c) * outputs + n]) * value
                    }
                }
            }
        }
        return result
    }

    /// The pixels `rows` of ``convolutionInputGradient(_:weights:sizes:)``.
    public static func convolutionInputGradientRows(
        _ rows: [Int], _ outputGradient: Matrix, weights: [Float], sizes: ConvolutionSizes
    ) -> ReferenceMatrix {
        let (inputs, outputs) = (sizes.inputChannels, sizes.outputChannels)
        var result = ReferenceMatrix(rows: rows.count, columns: inputs)
        for (row, pixel) in rows.enumerated() {
            sizes.forEachTap(ofInput: pixel) { y, tap in
                for c in 0..<inputs {
                    var sum = 0.0
                    for n in 0..<outputs {
                        sum +=
                            Double(weights[(tap * inputs + c) * outputs + n])
                            * Double(outputGradient.elements[y * outputs + n])
                    }
                    result.elements[row * inputs + c] += sum
                }
            }
        }
        return result
    }

    /// The rows `rows` (element of the window times input channels plus input channel) of
    /// ``convolutionWeightGradient(_:_:sizes:)``.
    public static func convolutionWeightGradientRows(
        _ rows: [Int], _ input: Matrix, _ outputGradient: Matrix, sizes: ConvolutionSizes
    ) -> ReferenceMatrix {
        let (inputs, outputs) = (sizes.inputChannels, sizes.outputChannels)
        var result = ReferenceMatrix(rows: rows.count, columns: outputs)
        for (position, row) in rows.enumerated() {
            let (tap, c) = (row / inputs, row % inputs)
            for pixel in 0..<sizes.batch * sizes.outputHeight * sizes.outputWidth {
                sizes.forEachTap(ofOutput: pixel, only: tap) { x, _ in
                    let value = Double(input.elements[x * inputs + c])
                    for n in 0..<outputs {
                        result.elements[position * outputs + n] +=
                            value * Double(outputGradient.elements[pixel * outputs + n])
                    }
                }
            }
        }
        return result
    }
}

extension ConvolutionSizes {
    /// Calls `body` with every input pixel inside the map that an output pixel reads, and the element of the window.
    ///
    /// - Parameter only: one element of the window; `nil`: all.
    func forEachTap(ofOutput pixel: Int, only: Int? = nil, _ body: (_ input: Int, _ tap: Int) -> Void) {
        let (map, p, q) = (
            pixel / (outputHeight * outputWidth), pixel / outputWidth % outputHeight, pixel % outputWidth
        )
        for tap in only.map({ $0..<$0 + 1 }) ?? 0..<windowHeight * windowWidth {
            let y = p * verticalStride - top + tap / windowWidth * verticalDilation
            let x = q * horizontalStride - left + tap % windowWidth * horizontalDilation
            if y >= 0 && y < height && x >= 0 && x < width { body((map * height + y) * width + x, tap) }
        }
    }

    /// Calls `body` with every output pixel that reads an input pixel, and the element of the window.
    func forEachTap(ofInput pixel: Int, _ body: (_ output: Int, _ tap: Int) -> Void) {
        let (map, y, x) = (pixel / (height * width), pixel / width % height, pixel % width)
        for tap in 0..<windowHeight * windowWidth {
            let below = y + top - tap / windowWidth * verticalDilation
            let right = x + left - tap % windowWidth * horizontalDilation
            if below < 0 || right < 0 || below % verticalStride != 0 || right % horizontalStride != 0 { continue }
            let (p, q) = (below / verticalStride, right / horizontalStride)
            if p < outputHeight && q < outputWidth { body((map * outputHeight + p) * outputWidth + q, tap) }
        }
    }
}
