/// Part of a model: a class whose stored properties are parameters, modules, or arrays or optionals of them.
///
/// Parameters are found by reflection and named by the path of properties that leads to them, `stage2.0.convolution1.weights`.
public protocol Module: AnyObject {}

/// A module that maps one tensor to one.
public protocol Layer: Module {
    /// The layer's output for `input`.
    func callAsFunction(_ input: Tensor) -> Tensor
}

extension Module {
    /// All parameters in the order of the properties, with the paths that lead to them.
    public var namedParameters: [(name: String, parameter: Parameter)] {
        var found: [(name: String, parameter: Parameter)] = []
        collect(Mirror(reflecting: self), path: "") { name, value in
            if let parameter = value as? Parameter { found.append((name, parameter)) }
        }
        return found
    }

    /// All parameters in the order of the properties.
    public var parameters: [Parameter] { namedParameters.map(\.parameter) }

    /// This module and all modules inside it, in the order of the properties, with the paths that lead to them.
    public var namedModules: [(name: String, module: any Module)] {
        var found: [(name: String, module: any Module)] = [("", self)]
        collect(Mirror(reflecting: self), path: "") { name, value in
            if let module = value as? any Module { found.append((name, module)) }
        }
        return found
    }

    /// Number of trainable elements.
    public var parameterCount: Int { parameters.lazy.filter(\.isTrainable).reduce(0) { $0 + $1.count } }

    /// Forgets the gradients of all parameters.
    public func clearGradients() { for parameter in parameters { parameter.clearGradient() } }
}

/// Calls `visit` with every parameter and module below `mirror`, a superclass's properties first.
private func collect(_ mirror: Mirror, path: String, _ visit: (String, Any) -> Void) {
    if let superclass = mirror.superclassMirror { collect(superclass, path: path, visit) }
    for (index, child) in mirror.children.enumerated() {
        let name = (path.isEmpty ? "" : path + ".") + (child.label.flatMap { $0.first == "[" ? nil : $0 } ?? "\(index)")
        descend(child.value, name: name, visit)
    }
}

private func descend(_ value: Any, name: String, _ visit: (String, Any) -> Void) {
    // The casts look into optionals.
    if let parameter = value as? Parameter {
        visit(name, parameter)
    } else if let module = value as? any Module {
        visit(name, module)
        collect(Mirror(reflecting: module), path: name, visit)
    } else {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .collection, .tuple: collect(mirror, path: name, visit)
        case .optional:
            if let some = mirror.children.first { descend(some.value, name: name, visit) }
        default: break
        }
    }
}
