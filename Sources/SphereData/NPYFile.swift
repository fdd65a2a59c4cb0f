/// Arrays in the NPY format of NumPy.
///
/// Read are format versions 1.0, 2.0 and 3.0, element types f2, f4, f8, i1...i8, u1...u8 and b1 (``NPYElementType``),
/// both byte orders, C and Fortran order, and every rank up to ``NPYHeader/maximumRank``. Written is version 1.0, to
/// the byte what `numpy.save` of NumPy 2 writes for the same array.
///
/// The header is checked in full, and the size it declares compared with the size of the file, before any memory for
/// elements is requested. How numbers are converted is stated at ``NPYElement``.
public enum NPYFile {
    /// Bytes converted at a time: the memory needed beside the result.
    ///
    /// A quarter of a mebibyte fits the second-level cache.
    static let chunkByteCount = 1 << 18

    /// The header of the file at `path`, checked against the size of the file.
    ///
    /// - Complexity: O(1); the elements are not read.
    /// - Throws: ``NPYError`` for everything that ``read(_:as:)`` refuses, except elements that cannot be converted.
    public static func readHeader(_ path: String) throws(NPYError) -> NPYHeader {
        try NPYHeader(of: try open(path))
    }

    static func open(_ path: String) throws(NPYError) -> RegularFile {
        try NPYError.wrapping { () throws(FileError) in try RegularFile(path) }
    }
}
