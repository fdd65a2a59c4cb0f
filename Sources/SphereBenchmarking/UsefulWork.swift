/// What one evaluation of an operation is credited with, however it is done: the numerators of all rates.
struct UsefulWork {
    /// Floating-point operations of the products, a multiply-add counting as two; exponentials, lengths, divisions and
    /// packing are free.
    var flops: Double?
    /// Bytes that have to be read and written at least.
    var bytes: Double?
    /// Results, where the time of one is of interest.
    var elements: Double?

    /// The flops of as many multiply-adds as the product of `counts`.
    static func multiplyAdds(_ counts: Int...) -> Double {
        counts.reduce(2) { $0 * Double($1) }
    }

    /// Bytes of `count` floats.
    static func floats(_ count: Int) -> Double {
        Double(count) * Double(MemoryLayout<Float>.stride)
    }
}
