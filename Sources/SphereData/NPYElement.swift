/// The types of the elements in NPY files that this module reads and writes, by their NumPy codes.
public enum NPYElementType: String, CaseIterable, Sendable {
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"
    case int8 = "i1"
    case int16 = "i2"
    case int32 = "i4"
    case int64 = "i8"
    case uint8 = "u1"
    case uint16 = "u2"
    case uint32 = "u4"
    case uint64 = "u8"
    /// A truth value in one byte: 0 is false, everything else true (1 when written).
    case bool = "b1"

    /// Size of an element in the file.
    public var byteCount: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }
}

/// A number on its way between an NPY file and memory: wide enough to hold every element exactly.
public enum NPYScalar: Equatable, Sendable, CustomStringConvertible {
    /// An element of a signed integer type.
    case signed(Int64)
    /// An element of an unsigned integer type, or a truth value.
    case unsigned(UInt64)
    /// An element of a floating-point type.
    case floating(Double)

    /// The number in decimal digits.
    public var description: String {
        switch self {
        case .signed(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .floating(let value): "\(value)"
        }
    }
}

/// A number type that the elements of an ``NPYArray`` can have in memory.
///
/// One rule converts between any two types, on reading and on writing:
/// - to `Float`, `Double` and `f2`: rounded to nearest, ties to even, in one rounding from the exact value; beyond the
///   largest finite value infinity; NaN stays NaN; a truth value is 0 or 1;
/// - to an integer type: only what it holds exactly; fractions, infinities, NaN and numbers out of range are refused;
/// - to `b1`: only 0 and 1.
///
/// Equal types are copied bit for bit.
public protocol NPYElement: Equatable, Sendable {
    /// The type in the file that holds every value of `Self`.
    static var npyElementType: NPYElementType { get }

    /// The value of `scalar` under the rule above, `nil` if it is refused.
    init?(npyScalar scalar: NPYScalar)

    /// The value, exactly.
    var npyScalar: NPYScalar { get }
}

extension NPYElement where Self: FixedWidthInteger {
    /// The value of `scalar`, `nil` unless it is an integer in the range of `Self`.
    ///
    /// - Complexity: O(1).
    @inline(__always)
    public init?(npyScalar scalar: NPYScalar) {
        switch scalar {
        case .signed(let value): self.init(exactly: value)
        case .unsigned(let value): self.init(exactly: value)
        case .floating(let value): self.init(exactly: value)
        }
    }

    /// The value, exactly.
    @inline(__always)
    public var npyScalar: NPYScalar {
        Self.isSigned ? .signed(Int64(truncatingIfNeeded: self)) : .unsigned(UInt64(truncatingIfNeeded: self))
    }
}

extension Int8: NPYElement {
    /// `i1`.
    public static var npyElementType: NPYElementType { .int8 }
}

extension Int16: NPYElement {
    /// `i2`.
    public static var npyElementType: NPYElementType { .int16 }
}

extension Int32: NPYElement {
    /// `i4`.
    public static var npyElementType: NPYElementType { .int32 }
}

extension Int64: NPYElement {
    /// `i8`.
    public static var npyElementType: NPYElementType { .int64 }
}

extension Int: NPYElement {
    /// `i8`.
    public static var npyElementType: NPYElementType { .int64 }
}

extension UInt8: NPYElement {
    /// `u1`.
    public static var npyElementType: NPYElementType { .uint8 }
}

extension UInt16: NPYElement {
    /// `u2`.
    public static var npyElementType: NPYElementType { .uint16 }
}

extension UInt32: NPYElement {
    /// `u4`.
    public static var npyElementType: NPYElementType { .uint32 }
}

extension UInt64: NPYElement {
    /// `u8`.
    public static var npyElementType: NPYElementType { .uint64 }
}

extension Float: NPYElement {
    /// `f4`.
    public static var npyElementType: NPYElementType { .float32 }

    /// The value nearest to `scalar`; never `nil`.
    @inline(__always)
    public init?(npyScalar scalar: NPYScalar) {
        switch scalar {
        case .signed(let value): self.init(value)
        case .unsigned(let value): self.init(value)
        case .floating(let value): self.init(value)
        }
    }

    /// The value, exactly.
    @inline(__always)
    public var npyScalar: NPYScalar { .floating(Double(self)) }
}

extension Double: NPYElement {
    /// `f8`.
    public static var npyElementType: NPYElementType { .float64 }

    /// The value nearest to `scalar`; never `nil`.
    @inline(__always)
    public init?(npyScalar scalar: NPYScalar) {
        switch scalar {
        case .signed(let value): self.init(value)
        case .unsigned(let value): self.init(value)
        case .floating(let value): self = value
        }
    }

    /// The value, exactly.
    @inline(__always)
    public var npyScalar: NPYScalar { .floating(self) }
}

/// An element of type `f2` as it lies in the file.
struct HalfFloat: NPYElement {
    let bits: UInt16

    static var npyElementType: NPYElementType { .float16 }

    @inline(__always)
    init?(npyScalar scalar: NPYScalar) {
        // Integers that a Double cannot hold are beyond the range of half precision: there is no second rounding.
        switch scalar {
        case .signed(let value): bits = HalfPrecision.bits(of: Double(value))
        case .unsigned(let value): bits = HalfPrecision.bits(of: Double(value))
        case .floating(let value): bits = HalfPrecision.bits(of: value)
        }
    }

    @inline(__always)
    var npyScalar: NPYScalar { .floating(Double(HalfPrecision.float(fromBits: bits))) }
}

/// An element of type `b1` as it lies in the file; a `Bool` may not hold other bytes than 0 and 1.
struct TruthByte: NPYElement {
    let byte: UInt8

    static var npyElementType: NPYElementType { .bool }

    @inline(__always)
    init?(npyScalar scalar: NPYScalar) {
        guard let byte = UInt8(npyScalar: scalar), byte <= 1 else { return nil }
        self.byte = byte
    }

    @inline(__always)
    var npyScalar: NPYScalar { .unsigned(byte == 0 ? 0 : 1) }
}

/// Converts `source` element by element.
///
/// Returns the index of the first element that `Target` cannot hold; the elements from there on are not set.
func convertElements<Source: NPYElement, Target: NPYElement>(
    _ source: UnsafeBufferPointer<Source>, into target: UnsafeMutableBufferPointer<Target>
) -> Int? {
    if Source.self == Target.self {
        UnsafeMutableRawBufferPointer(target).copyMemory(from: UnsafeRawBufferPointer(source))
        return nil
    }
    for index in source.indices {
        guard let value = Target(npyScalar: source[index].npyScalar) else { return index }
        target.initializeElement(at: index, to: value)
    }
    return nil
}
