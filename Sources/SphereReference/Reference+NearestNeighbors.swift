public import SphereKernels

extension Reference {
    /// The `count` points of largest cosine with each query, nearest first, the smaller index first where cosines are equal.
    ///
    /// All cosines are sorted. Points with NaN or infinity are nobody's neighbours; index -1 and cosine NaN stand for
    /// neighbours that do not exist.
    public static func nearestNeighbors(
        of queries: Matrix, among points: Matrix, count: Int, excludingSelf: Bool = false
    ) -> (indices: [Int32], cosines: ReferenceMatrix) {
        var indices = [Int32](repeating: -1, count: queries.rows * count)
        var cosines = ReferenceMatrix(rows: queries.rows, columns: count)
        for i in 0..<queries.rows {
            let all = (0..<points.rows).map { (index: $0, cosine: cosine(queries.row(i), points.row($0))) }
            let sorted = all.filter { !$0.cosine.isNaN && !(excludingSelf && $0.index == i) }
                .sorted { $0.cosine == $1.cosine ? $0.index < $1.index : $0.cosine > $1.cosine }
            for rank in 0..<count {
                indices[i * count + rank] = rank < sorted.count ? Int32(sorted[rank].index) : -1
                cosines[i, rank] = rank < sorted.count ? sorted[rank].cosine : .nan
            }
        }
        return (indices, cosines)
    }
}
