/// The precisions in which all-pairs operations accumulate, and how rows are packed for each.
protocol PackableElement: BitwiseCopyable, Sendable {
    /// Rows of a panel.
    static func panelWidth(_ kernels: KernelTable) -> Int

    /// Packs `count` <= `width` rows divided by their lengths, column by column; zero rows and padding are zero.
    static func pack(
        _ rows: RowPointer, _ count: Int, _ width: Int, as role: PackedRole, _ kernels: KernelTable,
        _ target: UnsafeMutablePointer<Self>)
}

/// The side of a tile that packed rows are for.
enum PackedRole: Sendable {
    /// Broadcast one at a time, in groups of the tile's rows.
    case sources
    /// One per lane, in panels of the tile's columns.
    case panels
}

/// Rows of length 1 (zero rows stay zero), packed for the tiles of an all-pairs operation.
struct PackedDirections<Element: PackableElement>: Sendable {
    let rows: Int
    let dimension: Int
    /// Rows that are packed together.
    let width: Int
    private let storage: AlignedBuffer<Element>

    /// The group or panel of row r, a multiple of `width`, starts at `start + r * dimension`.
    var start: UnsafePointer<Element> { UnsafePointer(storage.start) }

    /// - Complexity: O(N D).
    init(_ points: MatrixView, as role: PackedRole, _ execution: Execution) {
        let kernels = execution.instructionSet.kernels
        let total = points.rows
        let dimension = points.columns
        let width = role == .panels ? Element.panelWidth(kernels) : kernels.sourceGroup
        let groups = (total + width - 1) / width
        let storage = AlignedBuffer<Element>(count: groups * width * dimension)
        withRows(of: points) { all in
            parallelFor(units: groups, threads: execution.threads) { _, group in
                let first = group * width
                Element.pack(
                    all.advanced(by: first), min(width, total - first), width, as: role, kernels,
                    storage.start + first * dimension)
            }
        }
        self.rows = total
        self.dimension = dimension
        self.width = width
        self.storage = storage
    }
}

extension Float: PackableElement {
    static func panelWidth(_ kernels: KernelTable) -> Int { kernels.panelColumns }

    static func pack(
        _ rows: RowPointer, _ count: Int, _ width: Int, as role: PackedRole, _ kernels: KernelTable,
        _ target: UnsafeMutablePointer<Float>
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { scales in
            let scales = scales.baseAddress!
            kernels.norms(rows.start, rows.stride, count, rows.dimension, scales)
            for i in 0..<count { scales[i] = 1 / scales[i] }
            let pack = role == .panels ? kernels.packPanel : kernels.packSourceGroup
            pack(rows.start, rows.stride, count, rows.dimension, scales, target)
            // Rows of a length that float32 products do not give, zero rows among them.
            for i in 0..<count where scales[i].isNaN {
                let length = kernels.length(of: rows, at: i)
                let x = rows.start + i * rows.stride
                for k in 0..<rows.dimension { target[k * width + i] = length == 0 ? 0 : Float(Double(x[k]) / length) }
            }
        }
    }
}

extension Double: PackableElement {
    static func panelWidth(_ kernels: KernelTable) -> Int { kernels.doublePanelColumns }

    static func pack(
        _ rows: RowPointer, _ count: Int, _ width: Int, as role: PackedRole, _ kernels: KernelTable,
        _ target: UnsafeMutablePointer<Double>
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { scales in
            kernels.squaredNormsDouble(rows.start, rows.stride, count, rows.dimension, scales.baseAddress!)
            for i in 0..<count { scales[i] = scales[i] == 0 ? 0 : 1 / scales[i].squareRoot() }
            kernels.packDouble(rows.start, rows.stride, count, rows.dimension, width, scales.baseAddress!, target)
        }
    }
}
