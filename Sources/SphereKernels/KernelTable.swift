internal import CInstructionSets
internal import KernelsBaseline

#if canImport(KernelsAVX512)
internal import KernelsAVX2
internal import KernelsAVX512
#endif

/// The kernels of one instruction set and the sizes their packed operands have.
///
/// What each does is documented at its only source, Sources/KernelSource.
struct KernelTable: Sendable {
    typealias Input = UnsafePointer<Float>
    typealias Output = UnsafeMutablePointer<Float>
    typealias DoubleInput = UnsafePointer<Double>
    typealias DoubleOutput = UnsafeMutablePointer<Double>

    let panelColumns: Int
    let doublePanelColumns: Int
    let sourceGroup: Int
    let sourceBlock: Int
    let blockRows: Int
    let symmetricScratch: Int
    let gradientScratch: Int
    let symmetricStride: @Sendable (Int) -> Int
    let lanes: Int
    let productGroup: Int
    let productScratch: Int

    let exponential: @Sendable (Input, Output, Int) -> Void
    let squaredNorms: @Sendable (Input, Int, Int, Int, Output) -> Void
    let norms: @Sendable (Input, Int, Int, Int, Output) -> Void
    let squaredNormsDouble: @Sendable (Input, Int, Int, Int, DoubleOutput) -> Void
    let scaleRows: @Sendable (Input, Int, Int, Int, Input, Output, Int) -> Void
    let pairedCosines: @Sendable (Input, Int, Input, Int, Int, Int, Output) -> Void
    let pairedCosinesDouble: @Sendable (Input, Int, Input, Int, Int, Int, DoubleOutput) -> Void

    let packPanel: @Sendable (Input, Int, Int, Int, Input?, Output) -> Void
    let packSourceGroup: @Sendable (Input, Int, Int, Int, Input?, Output) -> Void
    let packBlock: @Sendable (Input, Int, Int, Int, Int, Output, Output, Output) -> Void
    let packRows: @Sendable (Input, Int, Int, Output, Output) -> Void
    let dotMaxima: @Sendable (Input, Int, Input, Int, Int, Output, Output) -> Void
    let addRowsToPanel: @Sendable (Input, Int, Int, Int, Output) -> Void
    let scaledColumnsToRows: @Sendable (Input, Input, Int, Int, Output, Int) -> Void
    let packDouble: @Sendable (Input, Int, Int, Int, Int, DoubleInput, DoubleOutput) -> Void

    let cosineStrip: @Sendable (Input, Int, Input, Int, Int, Output, Output, Int) -> Void
    let cosineStripDouble: @Sendable (DoubleInput, Int, DoubleInput, Int, Int, Output, Output, Int) -> Void
    let cosinesAbove: @Sendable (Input, Int, Input, Int, Input, Output) -> Int
    let columnsAbove: @Sendable (Input, Int, Input) -> Int

    let kernelSumPanel: @Sendable (Input, Input, Input?, Int, Int, Float, Output, Output) -> Void
    let meanShiftPanel: @Sendable (Input, Input, Input, Int, Input?, Int, Int, Float, Output, Output, Output) -> Void
    let finishMeanShiftPanel:
        @Sendable (Input, Int, Int, Int, Float, Input, Output, Input, Output, Output, Output, Int) -> Void
    let symmetricMeanShift: @Sendable (UnsafePointer<sphereshift_symmetric_run>) -> Void
    let diagonalMeanShift: @Sendable (UnsafePointer<sphereshift_symmetric_run>, Int) -> Void
    let symmetricGradient: @Sendable (UnsafePointer<sphereshift_gradient_run>) -> Void
    let diagonalGradient: @Sendable (UnsafePointer<sphereshift_gradient_run>, Int) -> Void

    let pairLossTile:
        @Sendable (
            Input, Input, Input, Input, Input, Input, Int, Int, Float, Int, Bool, Output, Output, Output?
        ) -> Void

    typealias ProductLeft = (start: Input, outer: Int, first: Int, across: Int, step: Int)
    typealias ProductRight = (start: Input, outer: Int, first: Int, step: Int)
    typealias ProductEpilogue = (alpha: Float, beta: Float, columnBias: Input?, rowBias: Input?, rectifies: Bool)

    let packProductLeft: @Sendable (Input, Int, Bool, Int, Int, Output) -> Void
    let packProductRight: @Sendable (Input, Int, Bool, Int, Int, Output) -> Void
    let productBlock: @Sendable (ProductLeft, ProductRight, Int, Int, Int, Output, Int, ProductEpilogue, Output) -> Void

    let peakLoop: @Sendable (Int) -> Float
    let peakLoopMultiplyAdds: Int
}

extension InstructionSet {
    /// The kernels of this instruction set.
    var kernels: KernelTable {
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

extension KernelTable {
    static let baseline = KernelTable(
        panelColumns: KernelsBaseline.panelColumns,
        doublePanelColumns: KernelsBaseline.doublePanelColumns,
        sourceGroup: KernelsBaseline.sourceGroup,
        sourceBlock: KernelsBaseline.sourceBlock,
        blockRows: KernelsBaseline.blockRows,
        symmetricScratch: KernelsBaseline.symmetricScratch,
        gradientScratch: KernelsBaseline.gradientScratch,
        symmetricStride: KernelsBaseline.symmetricStride,
        lanes: KernelsBaseline.productLanes,
        productGroup: KernelsBaseline.productGroup,
        productScratch: KernelsBaseline.productScratch,
        exponential: KernelsBaseline.exponential,
        squaredNorms: KernelsBaseline.squaredNorms,
        norms: KernelsBaseline.norms,
        squaredNormsDouble: KernelsBaseline.squaredNormsDouble,
        scaleRows: KernelsBaseline.scaleRows,
        pairedCosines: KernelsBaseline.pairedCosines,
        pairedCosinesDouble: KernelsBaseline.pairedCosinesDouble,
        packPanel: KernelsBaseline.packPanel,
        packSourceGroup: KernelsBaseline.packSourceGroup,
        packBlock: KernelsBaseline.packBlock,
        packRows: KernelsBaseline.packRows,
        dotMaxima: KernelsBaseline.dotMaxima,
        addRowsToPanel: KernelsBaseline.addRowsToPanel,
        scaledColumnsToRows: KernelsBaseline.scaledColumnsToRows,
        packDouble: KernelsBaseline.packDouble,
        cosineStrip: KernelsBaseline.cosineStrip,
        cosineStripDouble: KernelsBaseline.cosineStripDouble,
        cosinesAbove: KernelsBaseline.cosinesAbove,
        columnsAbove: KernelsBaseline.columnsAbove,
        kernelSumPanel: KernelsBaseline.kernelSumPanel,
        meanShiftPanel: KernelsBaseline.meanShiftPanel,
        finishMeanShiftPanel: KernelsBaseline.finishMeanShiftPanel,
        symmetricMeanShift: KernelsBaseline.symmetricMeanShift,
        diagonalMeanShift: KernelsBaseline.diagonalMeanShift,
        symmetricGradient: KernelsBaseline.symmetricGradient,
        diagonalGradient: KernelsBaseline.diagonalGradient,
        pairLossTile: KernelsBaseline.pairLossTile,
        packProductLeft: KernelsBaseline.packProductLeft,
        packProductRight: KernelsBaseline.packProductRight,
        productBlock: KernelsBaseline.productBlock,
        peakLoop: KernelsBaseline.peakLoop,
        peakLoopMultiplyAdds: KernelsBaseline.peakLoopMultiplyAdds)
}

#if canImport(KernelsAVX512)
extension KernelTable {
    static let avx2 = KernelTable(
        panelColumns: KernelsAVX2.panelColumns,
        doublePanelColumns: KernelsAVX2.doublePanelColumns,
        sourceGroup: KernelsAVX2.sourceGroup,
        sourceBlock: KernelsAVX2.sourceBlock,
        blockRows: KernelsAVX2.blockRows,
        symmetricScratch: KernelsAVX2.symmetricScratch,
        gradientScratch: KernelsAVX2.gradientScratch,
        symmetricStride: KernelsAVX2.symmetricStride,
        lanes: KernelsAVX2.productLanes,
        productGroup: KernelsAVX2.productGroup,
        productScratch: KernelsAVX2.productScratch,
        exponential: KernelsAVX2.exponential,
        squaredNorms: KernelsAVX2.squaredNorms,
        norms: KernelsAVX2.norms,
        squaredNormsDouble: KernelsAVX2.squaredNormsDouble,
        scaleRows: KernelsAVX2.scaleRows,
        pairedCosines: KernelsAVX2.pairedCosines,
        pairedCosinesDouble: KernelsAVX2.pairedCosinesDouble,
        packPanel: KernelsAVX2.packPanel,
        packSourceGroup: KernelsAVX2.packSourceGroup,
        packBlock: KernelsAVX2.packBlock,
        packRows: KernelsAVX2.packRows,
        dotMaxima: KernelsAVX2.dotMaxima,
        addRowsToPanel: KernelsAVX2.addRowsToPanel,
        scaledColumnsToRows: KernelsAVX2.scaledColumnsToRows,
        packDouble: KernelsAVX2.packDouble,
        cosineStrip: KernelsAVX2.cosineStrip,
        cosineStripDouble: KernelsAVX2.cosineStripDouble,
        cosinesAbove: KernelsAVX2.cosinesAbove,
        columnsAbove: KernelsAVX2.columnsAbove,
        kernelSumPanel: KernelsAVX2.kernelSumPanel,
        meanShiftPanel: KernelsAVX2.meanShiftPanel,
        finishMeanShiftPanel: KernelsAVX2.finishMeanShiftPanel,
        symmetricMeanShift: KernelsAVX2.symmetricMeanShift,
        diagonalMeanShift: KernelsAVX2.diagonalMeanShift,
        symmetricGradient: KernelsAVX2.symmetricGradient,
        diagonalGradient: KernelsAVX2.diagonalGradient,
        pairLossTile: KernelsAVX2.pairLossTile,
        packProductLeft: KernelsAVX2.packProductLeft,
        packProductRight: KernelsAVX2.packProductRight,
        productBlock: KernelsAVX2.productBlock,
        peakLoop: KernelsAVX2.peakLoop,
        peakLoopMultiplyAdds: KernelsAVX2.peakLoopMultiplyAdds)

    static let avx512 = KernelTable(
        panelColumns: KernelsAVX512.panelColumns,
        doublePanelColumns: KernelsAVX512.doublePanelColumns,
        sourceGroup: KernelsAVX512.sourceGroup,
        sourceBlock: KernelsAVX512.sourceBlock,
        blockRows: KernelsAVX512.blockRows,
        symmetricScratch: KernelsAVX512.symmetricScratch,
        gradientScratch: KernelsAVX512.gradientScratch,
        symmetricStride: KernelsAVX512.symmetricStride,
        lanes: KernelsAVX512.productLanes,
        productGroup: KernelsAVX512.productGroup,
        productScratch: KernelsAVX512.productScratch,
        exponential: KernelsAVX512.exponential,
        squaredNorms: KernelsAVX512.squaredNorms,
        norms: KernelsAVX512.norms,
        squaredNormsDouble: KernelsAVX512.squaredNormsDouble,
        scaleRows: KernelsAVX512.scaleRows,
        pairedCosines: KernelsAVX512.pairedCosines,
        pairedCosinesDouble: KernelsAVX512.pairedCosinesDouble,
        packPanel: KernelsAVX512.packPanel,
        packSourceGroup: KernelsAVX512.packSourceGroup,
        packBlock: KernelsAVX512.packBlock,
        packRows: KernelsAVX512.packRows,
        dotMaxima: KernelsAVX512.dotMaxima,
        addRowsToPanel: KernelsAVX512.addRowsToPanel,
        scaledColumnsToRows: KernelsAVX512.scaledColumnsToRows,
        packDouble: KernelsAVX512.packDouble,
        cosineStrip: KernelsAVX512.cosineStrip,
        cosineStripDouble: KernelsAVX512.cosineStripDouble,
        cosinesAbove: KernelsAVX512.cosinesAbove,
        columnsAbove: KernelsAVX512.columnsAbove,
        kernelSumPanel: KernelsAVX512.kernelSumPanel,
        meanShiftPanel: KernelsAVX512.meanShiftPanel,
        finishMeanShiftPanel: KernelsAVX512.finishMeanShiftPanel,
        symmetricMeanShift: KernelsAVX512.symmetricMeanShift,
        diagonalMeanShift: KernelsAVX512.diagonalMeanShift,
        symmetricGradient: KernelsAVX512.symmetricGradient,
        diagonalGradient: KernelsAVX512.diagonalGradient,
        pairLossTile: KernelsAVX512.pairLossTile,
        packProductLeft: KernelsAVX512.packProductLeft,
        packProductRight: KernelsAVX512.packProductRight,
        productBlock: KernelsAVX512.productBlock,
        peakLoop: KernelsAVX512.peakLoop,
        peakLoopMultiplyAdds: KernelsAVX512.peakLoopMultiplyAdds)
}
#endif
