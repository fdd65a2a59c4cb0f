extension Tammes {
    /// The largest number of points, 14, up to which Tammes' problem is solved without a gap.
    public static let largestSolvedCount = 14

    /// The exact smallest possible largest cosine of n = `count` unit vectors in R³ for 3 <= n <= 14, otherwise `nil`.
    ///
    /// | n | cosine | | solved by |
    /// | --- | --- | --- | --- |
    /// | 3, 4, 6, 12 | -1/2, -1/3, 0, 1/√5 | | Fejes Tóth 1943 |
    /// | 5, 7, 8, 9 | 0, 0.2101, 0.2612, 1/3 | sin 10°/(1 - sin 10°), (2√2 - 1)/7 | Schütte, van der Waerden 1951 |
    /// | 10, 11 | 0.4044, 1/√5 | | Danzer 1963 |
    /// | 13, 14 | 0.5426, 0.5640 | | Musin, Tarasov 2012, 2015 |
    ///
    /// Digits: the central angles of the OEIS, A383859 (7), A381756, A137914, A340918, A105199, A217695 (13), A383860.
    public static func solvedCosine(count: Int) -> Double? {
        count >= 3 && count <= largestSolvedCount ? solvedCosines[count - 3] : nil
    }

    /// The largest n <= 14 whose ``solvedCosine(count:)`` is at most `cosine`, a number from -1/2 on.
    ///
    /// Below 14 it is the largest number of unit vectors in R³ with all pairwise cosines at most `cosine`.
    static func solvedSize(cosine: Double) -> Int {
        2 + solvedCosines.prefix { $0 <= cosine }.count
    }

    /// The cosines for 3 to 14 points.
    private static let solvedCosines: [Double] = [
        -1 / 2, -1 / 3, 0, 0, 0.210_138_312_730_603_085, 0.261_203_874_963_741_443, 1 / 3, 0.404_394_325_216_250_757,
        0.447_213_595_499_957_939, 0.447_213_595_499_957_939, 0.542_636_486_829_638_464, 0.563_950_300_360_505_167,
    ]
}
