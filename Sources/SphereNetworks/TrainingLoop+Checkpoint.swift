public import SphereData
internal import SphereTensor

/// A checkpoint that does not fit a training.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file itself is at fault.
    case file(SafetensorsError)
    /// The file is no checkpoint.
    case noCheckpoint(path: String, missing: String)
    /// The checkpoint was made with another setting.
    case setting(path: String, name: String, expected: String?, found: String?)
    /// An array has another shape than in the training.
    case shape(path: String, array: String, expected: [Int], found: [Int])

    /// One line for the user.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .noCheckpoint(let path, let missing):
            "\(path): is no checkpoint of this training, \"\(missing)\" is missing"
        case .setting(let path, let name, let expected, let found):
            "\(path): was made with \(name) = \(found ?? "(none)"), this training has \(expected ?? "(none)")"
        case .shape(let path, let array, let expected, let found):
            "\(path): array \"\(array)\" has the shape \(found), the training's is \(expected)"
        }
    }
}

extension TrainingLoop {
    /// Writes model, optimizer, number of steps and history as a safetensors file, which appears under its name when it is
    /// complete.
    ///
    /// - Parameter settings: what must be the same when the training is continued; names and values of one's own.
    /// - Throws: ``CheckpointError/file(_:)``; an older file is then untouched.
    public func save(to path: String, settings: [String: String] = [:]) throws(CheckpointError) {
        var arrays: [SafetensorsFile.Array] = []
        for (index, (name, parameter)) in model.namedParameters.enumerated() {
            arrays.append(
                SafetensorsFile.Array(name: "model.\(name)", shape: parameter.shape, elements: parameter.elements))
            for (number, values) in optimizer.state(of: index, count: parameter.count).enumerated() {
                arrays.append(
                    SafetensorsFile.Array(
                        name: "optimizer.\(number).\(name)", shape: parameter.shape, elements: values))
            }
        }
        for (name, values) in zip(measures, history) {
            arrays.append(SafetensorsFile.Array(name: "history.\(name)", shape: [values.count], elements: values))
        }
        var metadata = ["step": "\(step)", "optimizer_steps": "\(optimizer.stepCount)"]
        for (name, value) in settings { metadata["setting.\(name)"] = value }
        do { try SafetensorsFile.write(arrays, metadata: metadata, to: path) } catch { throw .file(error) }
    }

    /// Continues from a file of ``save(to:settings:)``.
    ///
    /// Nothing is changed unless the file is complete, fits the model and was made with the same settings.
    ///
    /// - Throws: ``CheckpointError``.
    public func restore(from path: String, settings: [String: String] = [:]) throws(CheckpointError) {
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path) } catch { throw .file(error) }
        func number(_ name: String) throws(CheckpointError) -> Int {
            guard let value = file.metadata[name].flatMap({ Int($0) }), value >= 0 else {
                throw .noCheckpoint(path: path, missing: name)
            }
            return value
        }
        let (step, optimizerSteps) = (try number("step"), try number("optimizer_steps"))
        let prefix = "setting."
        let found = Dictionary(
            uniqueKeysWithValues: file.metadata.filter { $0.key.hasPrefix(prefix) }
                .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
        for name in Set(found.keys).union(settings.keys).sorted() where found[name] != settings[name] {
            throw .setting(path: path, name: name, expected: settings[name], found: found[name])
        }
        func elements(_ name: String, shape: [Int]) throws(CheckpointError) -> [Float] {
            guard let entry = file.entries[name] else { throw .noCheckpoint(path: path, missing: name) }
            guard entry.shape == shape else {
                throw .shape(path: path, array: name, expected: shape, found: entry.shape)
            }
            do { return try file.floats(name) } catch { throw .file(error) }
        }
        let named = model.namedParameters
        var weights: [[Float]] = []
        var states: [[[Float]]] = []
        for (index, (name, parameter)) in named.enumerated() {
            weights.append(try elements("model.\(name)", shape: parameter.shape))
            var state: [[Float]] = []
            for number in optimizer.state(of: index, count: parameter.count).indices {
                state.append(try elements("optimizer.\(number).\(name)", shape: parameter.shape))
            }
            states.append(state)
        }
        var history: [[Float]] = []
        for name in measures { history.append(try elements("history.\(name)", shape: [step])) }
        for (index, (_, parameter)) in named.enumerated() {
            parameter.elements = weights[index]
            optimizer.restore(states[index], of: index)
        }
        optimizer.stepCount = optimizerSteps
        resume(at: step, history: history)
    }
}
