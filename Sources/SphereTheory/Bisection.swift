/// Where in [low, high] a condition that is true up to some point and false after it ends.
///
/// Two neighbouring numbers: the last one found for which `holds` and the first one for which it does not.
/// `holds(low)` and `!holds(high)` are taken for granted.
func bisect(_ low: Double, _ high: Double, while holds: (Double) -> Bool) -> (last: Double, first: Double) {
    var low = low
    var high = high
    while true {
        let middle = low + (high - low) / 2
        guard low < middle && middle < high else { return (low, high) }
        if holds(middle) { low = middle } else { high = middle }
    }
}
