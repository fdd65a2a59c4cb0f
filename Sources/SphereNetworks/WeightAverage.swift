public import SphereData
internal import SphereKernels
public import SphereTensor

/// The mean of the weights of several trainings of one model.
///
/// Trainings that began from the same weights end in one valley of the loss, and the middle of the valley is often better on new pictures
/// than its sides, at the price of one model (Wortsman et al., "Model soups", ICML 2022; Izmailov et al., "Averaging weights leads
/// to wider optima", UAI 2018). The running averages of normalizations are averaged like weights. Trainings from different random
/// weights have nothing in common, and their mean is of no use.
public enum WeightAverage {
    /// Why files cannot be averaged.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// A file cannot be read or written.
        case file(SafetensorsError)
        /// An array is missing, has another shape or an element that is not finite.
        case module(ModuleFileError)
        /// A text in the header is not that of the first file: it is another model.
        case metadata(path: String, name: String, expected: String?, found: String?)
        /// Arrays of whole numbers mean something only with their scales.
        case quantized(path: String, array: String)

        /// One line for the user.
        public var description: String {
            switch self {
            case .file(let error): error.description
            case .module(let error): error.description
            case .metadata(let path, let name, let expected, let found):
                "\(path): is of another model: \"\(name)\" in its header is \(Self.text(found)), that of the first file \(Self.text(expected))"
            case .quantized(let path, let array):
                "\(path): array \"\(array)\" is of whole numbers, which cannot be averaged"
            }
        }

        private static func text(_ value: String?) -> String { value.map { "'\($0)'" } ?? "missing" }
    }

    /// Writes the mean of the arrays of the files at `paths`, with the texts of their headers, to `output`.
    ///
    /// Every element is the mean in double, rounded once. The file appears under its name when it is complete.
    ///
    /// - Precondition: at least one path.
    /// - Complexity: O(bytes).
    /// - Throws: ``Failure``: all files must have the same arrays and texts, and finite elements.
    public static func write(
        of paths: [String], to output: String, as element: SafetensorsElement = .float32
    ) throws(Failure) {
        require(!paths.isEmpty, "the mean of no files of weights: needs 1 or more")
        var files: [SafetensorsFile] = []
        for path in paths { do { files.append(try SafetensorsFile(path)) } catch { throw .file(error) } }
        let first = files[0]
        for file in files {
            for name in Set(first.metadata.keys).union(file.metadata.keys).sorted()
            where first.metadata[name] != file.metadata[name] {
                throw .metadata(
                    path: file.path, name: name, expected: first.metadata[name], found: file.metadata[name])
            }
            for (name, entry) in file.entries.sorted(by: { $0.key < $1.key }) {
                switch entry.element {
                case .float64, .float32, .float16, .bfloat16: break
                case .int64, .int32, .int16, .int8, .uint8, .bool: throw .quantized(path: file.path, array: name)
                }
                if first.entries[name] == nil { throw .module(.unexpected(path: file.path, array: name)) }
            }
        }
        var arrays: [SafetensorsFile.Array] = []
        for (name, entry) in first.entries.sorted(by: { $0.key < $1.key }) {
            var sums = [Double](repeating: 0, count: entry.shape.reduce(1, *))
            for file in files {
                let elements: [Float]
                do { elements = try file.floats(name, shape: entry.shape) } catch { throw .module(error) }
                for i in sums.indices { sums[i] += Double(elements[i]) }
            }
            arrays.append(
                SafetensorsFile.Array(
                    name: name, shape: entry.shape, elements: sums.map { Float($0 / Double(files.count)) }, as: element)
            )
        }
        do { try SafetensorsFile.write(arrays, metadata: first.metadata, to: output) } catch { throw .file(error) }
    }
}
