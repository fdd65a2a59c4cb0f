/// Multiply-adds that one call of ``peakLoop`` does per iteration, all lanes counted.
public var peakLoopMultiplyAdds: Int { 12 * lanes }

/// Nothing but multiply-adds on registers, the rate that no kernel can pass.
///
/// 12 independent chains cover 4 cycles of latency on 2 ports (8 would do; 12 fill the registers of SSE2 and AVX2). The
/// values converge to 1, so nothing overflows or becomes subnormal; their sum is returned so that nothing is left out.
public func peakLoop(_ iterations: Int) -> Float {
    let zero = Vector(repeating: 0)
    var chains: InlineArray<12, Vector> = [
        zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero,
    ]
    for i in 0..<12 { chains[unchecked: i] = Vector(repeating: Float(i) * 0.125) }
    let half = Vector(repeating: 0.5)
    for _ in 0..<iterations {
        for i in 0..<12 { chains[unchecked: i] = multiplyAdd(chains[unchecked: i], half, half) }
    }
    var sum = Vector(repeating: 0)
    for i in 0..<12 { sum += chains[unchecked: i] }
    var total: Float = 0
    for i in 0..<lanes { total += sum[i] }
    return total
}
