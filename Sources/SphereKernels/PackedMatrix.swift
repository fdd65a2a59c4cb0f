/// One operand of a matrix product, rearranged once into the order in which the kernels read it.
///
/// Worth it for an operand of many products: the weights of a layer. Packed for one side and one instruction set. A value
/// type that shares its memory and never changes.
public struct PackedMatrix: Sendable {
    /// The side of a product that an operand is on.
    public enum Side: Sendable, Hashable {
        /// A of `A B`.
        case left
        /// B of `A B`.
        case right
    }

    /// Rows of the operand, after transposition.
    public let rows: Int
    /// Columns of the operand, after transposition.
    public let columns: Int
    /// The side that it is packed for.
    public let side: Side
    /// The instruction set that it is packed for.
    public let instructionSet: InstructionSet
    private let storage: AlignedBuffer<Float>

    var start: UnsafePointer<Float> { UnsafePointer(storage.start) }

    /// Packs op(`matrix`) for `side`; op is the transpose if `isTransposed`, otherwise the identity.
    ///
    /// - Complexity: O(rows x columns) time and memory.
    public init(
        _ matrix: MatrixView, for side: Side, isTransposed: Bool = false, on execution: Execution = .default
    ) {
        let kernels = execution.instructionSet.kernels
        rows = isTransposed ? matrix.columns : matrix.rows
        columns = isTransposed ? matrix.rows : matrix.columns
        self.side = side
        instructionSet = execution.instructionSet
        let (count, depth) = side == .left ? (rows, columns) : (columns, rows)
        let padded = side == .left ? count : kernels.wholeVectors(count)
        let storage = AlignedBuffer<Float>(count: padded * depth)
        self.storage = storage
        let matrixRows = matrix.rows
        withRows(of: matrix) { source in
            let operand = ProductSide(source, rows: matrixRows, isTransposed: isTransposed)
            let pieces = ProductPieces(count, unit: 8 * (side == .left ? kernels.productGroup : kernels.panelColumns))
            parallelFor(units: depth == 0 ? 0 : pieces.count, threads: execution.threads) { _, piece in
                let range = pieces[piece]
                switch side {
                case .left:
                    kernels.packProductLeft(
                        operand.leftStart(row: range.lowerBound, depth: 0), operand.stride, isTransposed, range.count,
                        depth, storage.start + range.lowerBound * depth)
                case .right:
                    kernels.packProductRight(
                        operand.rightStart(column: range.lowerBound, depth: 0), operand.stride, isTransposed,
                        range.count, depth, storage.start + range.lowerBound * depth)
                }
            }
        }
    }

    func requireUse(on side: Side, isTransposed: Bool, _ execution: Execution) {
        require(self.side == side, "an operand packed for the \(self.side) side is used on the \(side) one")
        require(
            instructionSet == execution.instructionSet,
            "an operand packed for \(instructionSet) is used with \(execution.instructionSet)")
        require(!isTransposed, "a packed \(side) operand is transposed when it is packed, not by the options")
    }
}
