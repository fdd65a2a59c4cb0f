import SphereData
import SphereReports

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension RGBColor {
    /// The colour of pixel (x, y) of an RGB picture.
    init(of picture: Image<UInt8>, x: Int, y: Int) {
        self.init(red: picture[x, y, 0], green: picture[x, y, 1], blue: picture[x, y, 2])
    }

    /// The three shares, for arithmetic.
    var shares: [Int] { [Int(red), Int(green), Int(blue)] }
}

extension OKLab {
    /// The colour of the given amounts of light: the published forward matrices, not the inverse ones of the module.
    init(light: [Double]) {
        let long = cbrt(0.4122214708 * light[0] + 0.5363325363 * light[1] + 0.0514459929 * light[2])
        let medium = cbrt(0.2119034982 * light[0] + 0.6806995451 * light[1] + 0.1073969566 * light[2])
        let short = cbrt(0.0883024619 * light[0] + 0.2817188376 * light[1] + 0.6299787005 * light[2])
        self.init(
            lightness: 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
            a: 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
            b: 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short)
    }

    /// The colour as `vision` sees it.
    init(_ color: RGBColor, vision: Vision = .normal) {
        let light = color.shares.map { SRGBTransfer.linear[$0] }
        self.init(
            light: vision.matrix.map { row in
                min(max(zip(row, light).reduce(0) { $0 + $1.0 * $1.1 }, 0), 1)
            })
    }

    func distance(to other: OKLab) -> Double {
        hypot(hypot(lightness - other.lightness, a - other.a), b - other.b)
    }
}

/// Normal and colour-blind eyes: matrices for amounts of light at full severity (Machado and others, 2009).
enum Vision: CaseIterable {
    case normal, protanopia, deuteranopia, tritanopia

    var matrix: [[Double]] {
        switch self {
        case .normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        case .protanopia:
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        case .deuteranopia:
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        case .tritanopia:
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        }
    }
}

/// A directory of its own for every test, removed with everything in it.
struct TemporaryDirectory: ~Copyable {
    let path: String

    init() {
        var template = Array("/tmp/sphere-reports-tests-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
