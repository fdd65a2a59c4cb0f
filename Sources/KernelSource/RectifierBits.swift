// Which elements of NHWC maps a rectifier let pass, a bit for each: bit i of word c is that of channel c of pixel i of up to 32.

/// `words[c] = sum over i of 2^i [x_ic > 0]` of `count` <= 32 contiguous pixels; NaN is not above 0.
public func positiveBits(
    _ x: UnsafePointer<Float>, _ count: Int, _ channels: Int, _ words: UnsafeMutablePointer<UInt32>
) {
    let zero = Vector(repeating: 0)
    var c = 0
    while c + lanes <= channels {
        storeBits(BitVector(repeating: 0), words + c)
        c += lanes
    }
    while c < channels {
        words[c] = 0
        c += 1
    }
    for i in 0..<count {
        let pixel = x + i * channels
        let bit = BitVector(repeating: Int32(truncatingIfNeeded: 1 << i))
        c = 0
        while c + lanes <= channels {
            let word = loadBits(words + c)
            storeBits(word.replacing(with: word | bit, where: load(pixel + c) .> zero), words + c)
            c += lanes
        }
        while c < channels {
            if pixel[c] > 0 { words[c] |= 1 << UInt32(truncatingIfNeeded: i) }
            c += 1
        }
    }
}

/// Sets the elements of `count` <= 32 contiguous pixels to 0 whose bit of ``positiveBits`` is 0.
public func clearWithoutBit(
    _ x: UnsafeMutablePointer<Float>, _ count: Int, _ channels: Int, _ words: UnsafePointer<UInt32>
) {
    let (zero, none) = (Vector(repeating: 0), BitVector(repeating: 0))
    for i in 0..<count {
        let pixel = x + i * channels
        let bit = BitVector(repeating: Int32(truncatingIfNeeded: 1 << i))
        var c = 0
        while c + lanes <= channels {
            store(load(pixel + c).replacing(with: zero, where: (loadBits(words + c) & bit) .== none), pixel + c)
            c += lanes
        }
        while c < channels {
            if words[c] & 1 << UInt32(truncatingIfNeeded: i) == 0 { pixel[c] = 0 }
            c += 1
        }
    }
}

@inline(__always) private func loadBits(_ p: UnsafePointer<UInt32>) -> BitVector {
    UnsafeRawPointer(p).loadUnaligned(as: BitVector.self)
}

@inline(__always) private func storeBits(_ v: BitVector, _ p: UnsafeMutablePointer<UInt32>) {
    UnsafeMutableRawPointer(p).storeBytes(of: v, as: BitVector.self)
}
