/// Order statistics.
package enum Selection {
    /// The `rank`-th largest of `values` (1 is the largest), which end up partly sorted.
    ///
    /// Hoare's quickselect.
    ///
    /// - Precondition: `1 <= rank <= values.count`, no NaN.
    /// - Complexity: O(n) on average.
    package static func largest(_ rank: Int, of values: inout [Float]) -> Float {
        var low = 0
        var high = values.count - 1
        let target = rank - 1
        while low < high {
            let pivot = values[low + (high - low) / 2]
            var i = low
            var j = high
            while i <= j {
                while values[i] > pivot { i += 1 }
                while values[j] < pivot { j -= 1 }
                if i <= j {
                    values.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if target <= j {
                high = j
            } else if target >= i {
                low = i
            } else {
                break
            }
        }
        return values[target]
    }
}
