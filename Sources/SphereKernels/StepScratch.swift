/// The scratch memory of mean-shift steps: for each worker a tile and a few panels.
struct StepScratch: Sendable {
    /// Panels that a worker has room for.
    let panelsPerWorker: Int

    private let storage: AlignedBuffer<Float>
    private let width: Int
    private let dimension: Int
    private let tileSize: Int

    /// Bytes of a worker's panels: they share a second-level cache of 512 KiB or more with a block of sources.
    private static let panelBytes = 256 * 1024
    /// The traffic from beyond the cache is divided by the panels that go together; 8 leave little of it.
    private static let mostPanels = 8

    init(_ kernels: KernelTable, dimension: Int, workers: Int) {
        width = kernels.panelColumns
        self.dimension = dimension
        tileSize = kernels.sourceBlock * width
        let panelSize = PanelScratch.size(dimension: dimension, width: width)
        let fitting = Self.panelBytes / (panelSize * MemoryLayout<Float>.stride)
        panelsPerWorker = max(1, min(Self.mostPanels, fitting))
        storage = AlignedBuffer(count: workers * (tileSize + panelsPerWorker * panelSize))
    }

    private func start(_ worker: Int) -> UnsafeMutablePointer<Float> {
        storage.start + worker * (tileSize + panelsPerWorker * PanelScratch.size(dimension: dimension, width: width))
    }

    /// Kernel values of one block of sources at one panel.
    func tile(_ worker: Int) -> UnsafeMutablePointer<Float> {
        start(worker)
    }

    /// The memory of the worker's panel number `index`.
    func panel(_ worker: Int, _ index: Int) -> PanelScratch {
        let size = PanelScratch.size(dimension: dimension, width: width)
        return PanelScratch(start(worker) + tileSize + index * size, dimension: dimension, width: width)
    }
}

/// The packed points of a panel and what is added up for them.
struct PanelScratch {
    /// dimension x width.
    let points: UnsafeMutablePointer<Float>
    /// dimension x width.
    let sums: UnsafeMutablePointer<Float>
    /// width.
    let totals: UnsafeMutablePointer<Float>
    /// width.
    let lengths: UnsafeMutablePointer<Float>
    /// width.
    let inverses: UnsafeMutablePointer<Float>

    init(_ start: UnsafeMutablePointer<Float>, dimension: Int, width: Int) {
        points = start
        sums = points + dimension * width
        totals = sums + dimension * width
        lengths = totals + width
        inverses = lengths + width
    }

    /// Elements, a multiple of a cache line.
    static func size(dimension: Int, width: Int) -> Int {
        (width * (2 * dimension + 3) + 15) / 16 * 16
    }

    func clear(dimension: Int, width: Int) {
        sums.update(repeating: 0, count: dimension * width)
        totals.update(repeating: 0, count: width)
    }
}
