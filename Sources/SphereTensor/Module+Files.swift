public import SphereData
internal import SphereKernels

/// A file of weights that does not fit a module.
public enum ModuleFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file itself is at fault.
    case file(SafetensorsError)
    /// A parameter has no array in the file.
    case missing(path: String, parameter: String)
    /// An array of the file belongs to no parameter.
    case unexpected(path: String, array: String)
    /// An array has another shape than its parameter.
    case shape(path: String, parameter: String, expected: [Int], found: [Int])
    /// Element `index` of an array is NaN or infinite: a training that failed.
    case notFinite(path: String, parameter: String, index: Int, value: Float)

    /// One line for the user.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .missing(let path, let parameter): "\(path): has no array \"\(parameter)\", which the model needs"
        case .unexpected(let path, let array): "\(path): array \"\(array)\" belongs to no parameter of the model"
        case .shape(let path, let parameter, let expected, let found):
            "\(path): array \"\(parameter)\" has the shape \(found), the model's is \(expected)"
        case .notFinite(let path, let parameter, let index, let value):
            "\(path): element \(index) of array \"\(parameter)\" is \(value), expected a finite number"
        }
    }
}

extension Module {
    /// Reads the elements of all parameters from a safetensors file, by name.
    ///
    /// Nothing is changed unless every parameter is there with its shape and finite elements, and no other array.
    ///
    /// - Throws: ``ModuleFileError``.
    public func load(from path: String) throws(ModuleFileError) {
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path) } catch { throw .file(error) }
        try load(from: file)
    }

    /// Takes the elements of all parameters from `file`, as ``load(from:)-(String)``.
    public func load(from file: SafetensorsFile) throws(ModuleFileError) {
        let named = namedParameters
        var arrays: [[Float]] = []
        for (name, parameter) in named { arrays.append(try file.floats(name, shape: parameter.shape)) }
        let known = Set(named.map(\.name))
        if let stranger = file.entries.keys.filter({ !known.contains($0) }).min() {
            throw .unexpected(path: file.path, array: stranger)
        }
        for ((_, parameter), elements) in zip(named, arrays) { parameter.elements = elements }
    }

    /// Writes the elements of all parameters as a safetensors file, which appears under its name when it is complete.
    ///
    /// - Throws: ``ModuleFileError/file(_:)``.
    public func save(
        to path: String, as element: SafetensorsElement = .float32, metadata: [String: String] = [:]
    ) throws(ModuleFileError) {
        let arrays = namedParameters.map {
            SafetensorsFile.Array(
                name: $0.name, shape: $0.parameter.shape, elements: $0.parameter.elements, as: element)
        }
        do { try SafetensorsFile.write(arrays, metadata: metadata, to: path) } catch { throw .file(error) }
    }
}

extension SafetensorsFile {
    /// The elements of an array of the given shape, or the reason why a module cannot have them.
    package func floats(_ name: String, shape: [Int]) throws(ModuleFileError) -> [Float] {
        guard let entry = entries[name] else { throw .missing(path: path, parameter: name) }
        guard entry.shape == shape else {
            throw .shape(path: path, parameter: name, expected: shape, found: entry.shape)
        }
        let elements: [Float]
        do { elements = try floats(name) } catch { throw .file(error) }
        try requireFinite(elements, parameter: name)
        return elements
    }

    /// Throws if one of the elements of a parameter is not finite.
    package func requireFinite(_ elements: [Float], parameter name: String) throws(ModuleFileError) {
        if let index = elements.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(path: path, parameter: name, index: index, value: elements[index])
        }
    }
}
