extension SphericalCode {
    /// Number of unit vectors in R^D with all pairwise cosines at most c, 0 <= c < 1, that lie in orthogonal subspaces of
    /// dimension 3, 2 and 1.
    ///
    /// Vectors of different subspaces have cosine 0, so each subspace takes the best set known for it:
    /// ``Tammes/solvedCosine(count:)``, the regular polygon of ⌊2π/arccos c⌋ corners, two opposite vectors. The sum is the
    /// largest over the number of subspaces of dimension 3; it is at least 2D.
    static func blockSize(dimension: Int, cosine: Double) -> Int {
        let solid = Double(Tammes.solvedSize(cosine: cosine))
        let polygon = (2 * Double.pi / SphericalDistance.angle(fromCosine: cosine)).rounded(.down)
        func size(solids: Int) -> Double {
            let (planes, axes) = (dimension - 3 * solids).quotientAndRemainder(dividingBy: 2)
            return Double(solids) * solid + Double(planes) * polygon + Double(axes) * 2
        }
        // Two subspaces of dimension 3 in place of three planes always change the sum by the same amount, so that its
        // largest value lies at one end of the even or of the odd numbers of them.
        let most = dimension / 3
        let sizes = [0, 1, most - 1, most].filter { $0 >= 0 && $0 <= most }.map(size(solids:))
        return saturatedCount(sizes.reduce(0, max))
    }
}
