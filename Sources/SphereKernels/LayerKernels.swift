internal import KernelsBaseline

#if canImport(KernelsAVX512)
internal import KernelsAVX2
internal import KernelsAVX512
#endif

/// The kernels of the layers of one instruction set, for SphereLayers.
///
/// What each does is documented at its only source, Sources/KernelSource.
package struct LayerKernels: Sendable {
    package typealias Input = UnsafePointer<Float>
    package typealias Output = UnsafeMutablePointer<Float>
    package typealias ConvolutionRun = (
        source: Input, rowStep: Int, pixelStep: Int, segments: UnsafePointer<Int>, segmentCount: Int,
        segmentLength: Int, rows: Int, columns: Int, weights: Input, depth: Int, first: Int, channels: Int,
        result: Output, resultRowStep: Int, resultPixelStep: Int, accumulates: Bool, bias: Input?, rectifies: Bool
    )
    package typealias WinogradRow = (
        tiles: Int, dilation: Int, rowTap: Int, pixelTap: Int, pixelStep: Int, channels: Int, tileStep: Int,
        positionStep: Int
    )
    package typealias WinogradEpilogue = (
        columns: Int, hasTwoRows: Bool, accumulates: Bool, bias: Input?, rectifies: Bool
    )
    package typealias WeightGradientRun = (
        source: Input, rowStep: Int, pixelStep: Int, segments: UnsafePointer<Int>, segmentCount: Int,
        segmentLength: Int, rows: Int, columns: Int, gradient: Input, panelStep: Int, gradientRowStep: Int,
        gradientPixelStep: Int, channels: Int, result: Output, resultSegmentStep: Int, resultRowStep: Int,
        accumulates: Bool
    )
    package typealias PixelSource = (
        start: Input, step: Int, scale: Input?, shift: Input?, other: Input?, otherScale: Input?, otherShift: Input?,
        rectifies: Bool
    )

    package let lanes: Int
    package let panelColumns: Int
    package let tileRows: Int
    package let scratch: Int
    package let narrowChannels: Int
    package let packPanels: @Sendable (Input, Int, Bool, Int, Int, Output, Int, Int) -> Void
    package let convolveStrip: @Sendable (UnsafePointer<ConvolutionRun>, Output) -> Void
    package let convolveNarrowStrip: @Sendable (UnsafePointer<ConvolutionRun>) -> Void
    package let winogradSource: @Sendable (Input, WinogradRow, Output) -> Void
    package let winogradResult: @Sendable (Input, WinogradRow, UnsafePointer<WinogradEpilogue>, Output) -> Void
    package let winogradWeights: @Sendable (Input, UnsafePointer<Int>, Int, Output, Int) -> Void
    package let winogradGradient: @Sendable (Input, WinogradRow, Int, Bool, Output) -> Void
    package let winogradWeightGradient: @Sendable (Input, Int, Int, Int, Int, Output, Bool) -> Void
    package let accumulateWeightGradient: @Sendable (UnsafePointer<WeightGradientRun>, Output) -> Void
    package let affinePixels: @Sendable (UnsafePointer<PixelSource>, Int, Int, Output, Int) -> Void
    package let readAhead: @Sendable (Input, Int, Int, Int) -> Float
    package let channelSums: @Sendable (Input, Int, Int, Int, Input, Output, Output) -> Void
    package let gradientSums: @Sendable (Input, UnsafePointer<PixelSource>, Int, Int, Input, Output, Output) -> Void
    package let normalizationGradient:
        @Sendable (Input, UnsafePointer<PixelSource>, Int, Int, Input, Output, Output?, Bool) -> Void
    package let positiveBits: @Sendable (Input, Int, Int, UnsafeMutablePointer<UInt32>) -> Void
    package let clearWithoutBit: @Sendable (Output, Int, Int, UnsafePointer<UInt32>) -> Void
    package let maximumPixels: @Sendable (Input, Int, UnsafePointer<Int>, Int, Int, Int, Output, Int) -> Void
    package let maximumPlacePixels:
        @Sendable (Input, Int, UnsafePointer<Int>, Int, Int, Int, Output, UnsafeMutablePointer<Int32>, Int) -> Void
    package let maximumGradientPixels:
        @Sendable (UnsafePointer<Int32>, Input, Int, UnsafePointer<Int>, Int, Int, Int, Int, Output, Int) -> Void
    package let averagePixels: @Sendable (Input, Int, UnsafePointer<Int>, Int, Int, Int, Float, Output, Int) -> Void
    package let averageGradientPixels:
        @Sendable (Input, Int, UnsafePointer<Int>, Int, Int, Int, Float, Output, Int) -> Void
    package let bilinearRow:
        @Sendable (Input, Input, Float, UnsafePointer<Int>, UnsafePointer<Int>, Input, Int, Int, Output) -> Void
    package let weightedRowSum: @Sendable (Input, Int, Input, Int, Int, Output) -> Void
    package let bilinearGradientRow:
        @Sendable (Input, UnsafePointer<Int>, UnsafePointer<Int>, Input, Int, Int, Output, Bool) -> Void
}

extension InstructionSet {
    /// The kernels of the layers of this instruction set.
    package var layerKernels: LayerKernels {
        switch self {
        case .baseline: .baseline
        #if canImport(KernelsAVX512)
        case .avx2: .avx2
        case .avx512: .avx512
        #else
        case .avx2, .avx512: fatalError("\(self) is not in this build, which has \(Self.available)")
        #endif
        }
    }
}

extension LayerKernels {
    static let baseline = LayerKernels(
        lanes: KernelsBaseline.productLanes,
        panelColumns: KernelsBaseline.panelColumns,
        tileRows: KernelsBaseline.productGroup,
        scratch: KernelsBaseline.productScratch,
        narrowChannels: KernelsBaseline.narrowChannels,
        packPanels: KernelsBaseline.packProductPanels,
        convolveStrip: KernelsBaseline.convolveStrip,
        convolveNarrowStrip: KernelsBaseline.convolveNarrowStrip,
        winogradSource: KernelsBaseline.winogradSource,
        winogradResult: KernelsBaseline.winogradResult,
        winogradWeights: KernelsBaseline.winogradWeights,
        winogradGradient: KernelsBaseline.winogradGradient,
        winogradWeightGradient: KernelsBaseline.winogradWeightGradient,
        accumulateWeightGradient: KernelsBaseline.accumulateWeightGradient,
        affinePixels: KernelsBaseline.affinePixels,
        readAhead: KernelsBaseline.readAhead,
        channelSums: KernelsBaseline.channelSums,
        gradientSums: KernelsBaseline.gradientSums,
        normalizationGradient: KernelsBaseline.normalizationGradient,
        positiveBits: KernelsBaseline.positiveBits,
        clearWithoutBit: KernelsBaseline.clearWithoutBit,
        maximumPixels: KernelsBaseline.maximumPixels,
        maximumPlacePixels: KernelsBaseline.maximumPlacePixels,
        maximumGradientPixels: KernelsBaseline.maximumGradientPixels,
        averagePixels: KernelsBaseline.averagePixels,
        averageGradientPixels: KernelsBaseline.averageGradientPixels,
        bilinearRow: KernelsBaseline.bilinearRow,
        weightedRowSum: KernelsBaseline.weightedRowSum,
        bilinearGradientRow: KernelsBaseline.bilinearGradientRow)
}

#if canImport(KernelsAVX512)
extension LayerKernels {
    static let avx2 = LayerKernels(
        lanes: KernelsAVX2.productLanes,
        panelColumns: KernelsAVX2.panelColumns,
        tileRows: KernelsAVX2.productGroup,
        scratch: KernelsAVX2.productScratch,
        narrowChannels: KernelsAVX2.narrowChannels,
        packPanels: KernelsAVX2.packProductPanels,
        convolveStrip: KernelsAVX2.convolveStrip,
        convolveNarrowStrip: KernelsAVX2.convolveNarrowStrip,
        winogradSource: KernelsAVX2.winogradSource,
        winogradResult: KernelsAVX2.winogradResult,
        winogradWeights: KernelsAVX2.winogradWeights,
        winogradGradient: KernelsAVX2.winogradGradient,
        winogradWeightGradient: KernelsAVX2.winogradWeightGradient,
        accumulateWeightGradient: KernelsAVX2.accumulateWeightGradient,
        affinePixels: KernelsAVX2.affinePixels,
        readAhead: KernelsAVX2.readAhead,
        channelSums: KernelsAVX2.channelSums,
        gradientSums: KernelsAVX2.gradientSums,
        normalizationGradient: KernelsAVX2.normalizationGradient,
        positiveBits: KernelsAVX2.positiveBits,
        clearWithoutBit: KernelsAVX2.clearWithoutBit,
        maximumPixels: KernelsAVX2.maximumPixels,
        maximumPlacePixels: KernelsAVX2.maximumPlacePixels,
        maximumGradientPixels: KernelsAVX2.maximumGradientPixels,
        averagePixels: KernelsAVX2.averagePixels,
        averageGradientPixels: KernelsAVX2.averageGradientPixels,
        bilinearRow: KernelsAVX2.bilinearRow,
        weightedRowSum: KernelsAVX2.weightedRowSum,
        bilinearGradientRow: KernelsAVX2.bilinearGradientRow)

    static let avx512 = LayerKernels(
        lanes: KernelsAVX512.productLanes,
        panelColumns: KernelsAVX512.panelColumns,
        tileRows: KernelsAVX512.productGroup,
        scratch: KernelsAVX512.productScratch,
        narrowChannels: KernelsAVX512.narrowChannels,
        packPanels: KernelsAVX512.packProductPanels,
        convolveStrip: KernelsAVX512.convolveStrip,
        convolveNarrowStrip: KernelsAVX512.convolveNarrowStrip,
        winogradSource: KernelsAVX512.winogradSource,
        winogradResult: KernelsAVX512.winogradResult,
        winogradWeights: KernelsAVX512.winogradWeights,
        winogradGradient: KernelsAVX512.winogradGradient,
        winogradWeightGradient: KernelsAVX512.winogradWeightGradient,
        accumulateWeightGradient: KernelsAVX512.accumulateWeightGradient,
        affinePixels: KernelsAVX512.affinePixels,
        readAhead: KernelsAVX512.readAhead,
        channelSums: KernelsAVX512.channelSums,
        gradientSums: KernelsAVX512.gradientSums,
        normalizationGradient: KernelsAVX512.normalizationGradient,
        positiveBits: KernelsAVX512.positiveBits,
        clearWithoutBit: KernelsAVX512.clearWithoutBit,
        maximumPixels: KernelsAVX512.maximumPixels,
        maximumPlacePixels: KernelsAVX512.maximumPlacePixels,
        maximumGradientPixels: KernelsAVX512.maximumGradientPixels,
        averagePixels: KernelsAVX512.averagePixels,
        averageGradientPixels: KernelsAVX512.averageGradientPixels,
        bilinearRow: KernelsAVX512.bilinearRow,
        weightedRowSum: KernelsAVX512.weightedRowSum,
        bilinearGradientRow: KernelsAVX512.bilinearGradientRow)
}
#endif
