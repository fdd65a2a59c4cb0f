public import SphereData
public import SphereTensor

extension Module {
    /// Writes the parameters in a quarter of the memory: weights of convolutions as int8 with a scale for each output channel, all others
    /// as float32.
    ///
    /// A parameter of four dimensions becomes an int8 array under its name and a float32 array of the last dimension's size under its name
    /// and `.scale`: `weight = int8 x scale`, scale = largest |weight| of the output channel / 127. A weight changes by half a scale at
    /// most; one that is a multiple of the scale, as those of a file that was written so before, by a rounding of float32.
    ///
    /// - Complexity: O(elements).
    /// - Throws: `ModuleFileError/file(_:)`.
    public func save(quantizedTo path: String, metadata: [String: String] = [:]) throws(ModuleFileError) {
        var arrays: [SafetensorsFile.Array] = []
        for (name, parameter) in namedParameters {
            let (shape, elements) = (parameter.shape, parameter.elements)
            guard shape.count == 4, let outputs = shape.last, outputs > 0 else {
                arrays.append(SafetensorsFile.Array(name: name, shape: shape, elements: elements))
                continue
            }
            let (levels, scales) = Quantization.levels(of: elements, outputs: outputs)
            arrays.append(SafetensorsFile.Array(name: name, shape: shape, elements: levels, as: .int8))
            arrays.append(SafetensorsFile.Array(name: "\(name).scale", shape: [outputs], elements: scales))
        }
        do { try SafetensorsFile.write(arrays, metadata: metadata, to: path) } catch { throw .file(error) }
    }

    /// Reads the parameters from a file of ``save(quantizedTo:metadata:)`` or of `save(to:as:metadata:)`.
    ///
    /// Nothing is changed unless every parameter is there with its shape, and no other array.
    ///
    /// - Complexity: O(elements).
    /// - Throws: `ModuleFileError`.
    public func load(quantized file: SafetensorsFile) throws(ModuleFileError) {
        let named = namedParameters
        var known: Set<String> = []
        var arrays: [[Float]] = []
        for (name, parameter) in named {
            var elements = try file.floats(name, shape: parameter.shape)
            known.insert(name)
            if file.entries[name]?.element == .int8, let outputs = parameter.shape.last {
                let scales = try file.floats("\(name).scale", shape: [outputs])
                known.insert("\(name).scale")
                for i in elements.indices { elements[i] *= scales[i % outputs] }
                try file.requireFinite(elements, parameter: name)
            }
            arrays.append(elements)
        }
        if let stranger = file.entries.keys.filter({ !known.contains($0) }).min() {
            throw .unexpected(path: file.path, array: stranger)
        }
        for ((_, parameter), elements) in zip(named, arrays) { parameter.elements = elements }
    }
}

/// Weights as int8 with a scale for each output channel.
enum Quantization {
    /// Whole numbers in -127...127 and the scales that they are multiplied with, for weights whose last dimension is the output channel.
    ///
    /// A channel without a weight that differs from 0 has the scale 0.
    static func levels(of elements: [Float], outputs: Int) -> (levels: [Float], scales: [Float]) {
        var scales = [Float](repeating: 0, count: outputs)
        for (i, value) in elements.enumerated() { scales[i % outputs] = max(scales[i % outputs], abs(value)) }
        for n in scales.indices { scales[n] /= 127 }
        let levels = elements.enumerated().map { i, value in
            let scale = scales[i % outputs]
            return scale > 0 ? min(max((value / scale).rounded(), -127), 127) : 0
        }
        return (levels, scales)
    }
}
