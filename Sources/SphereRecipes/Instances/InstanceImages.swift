public import SphereData
public import SphereEvaluation
internal import SphereKernels

/// Pictures with a label for each pixel, and what the objects are: those of a folder, or scenes of handwritten digits.
public struct InstanceImages: Sendable {
    /// The label of pixels that are neither object nor background.
    public static let ignoredLabel: Int32 = 65535

    /// The names, those of a folder sorted as strings; with repetitions after ``repeated(objectsPerVisit:)``.
    public let names: [String]
    /// The path of the folder, or what the pictures are.
    public let path: String
    private let source: Source

    private enum Source: Sendable {
        case folder(Folder, objects: COCOTruthFile?, classes: [String])
        case scenes(ToyDigitGenerator, first: Int)
    }

    /// A picture and its labels.
    public struct Example: Sendable {
        /// The name.
        public let name: String
        /// RGB.
        public let image: Image<UInt8>
        /// As large as the picture; 0 for what is no object, ``InstanceImages/ignoredLabel`` for what plays no part.
        public let labels: LabelMap
        /// The classes, from 1, of the objects with the labels 1, 2 and so on.
        public let classes: [Int32]

        /// ``labels`` with 0 for what plays no part.
        public var objects: LabelMap {
            LabelMap(
                width: labels.width, height: labels.height,
                labels: labels.labels.map { $0 == InstanceImages.ignoredLabel ? 0 : $0 })
        }

        /// The class of every pixel: 0 for what is no object, -1 for what plays no part.
        public var classMap: LabelMap {
            LabelMap(
                width: labels.width, height: labels.height,
                labels: labels.labels.map { label in
                    label == InstanceImages.ignoredLabel ? -1 : label == 0 ? 0 : classes[Int(label) - 1]
                })
        }
    }

    /// Why a folder is none of labelled pictures.
    public enum LoadingError: Error, Equatable, Sendable, CustomStringConvertible {
        /// The folder, a label map or the file of classes cannot be read.
        case file(EvaluationFileError)
        /// A picture cannot be read.
        case image(ImageFileError)
        /// There is no picture with labels.
        case empty(path: String)
        /// Picture and labels differ in size.
        case sizes(path: String, name: String, image: [Int], labels: [Int])
        /// A label is none of an object.
        case label(path: String, name: String, label: Int)
        /// The file of classes lacks a picture, or an object that is in its labels.
        case unclassified(path: String, name: String, label: Int?)
        /// An object has a class that the model does not know.
        case unknownClass(path: String, name: String, found: String)
        /// There are classes, and no file that says which object has which.
        case noClasses(path: String)

        /// One line for the user.
        public var description: String {
            switch self {
            case .file(let error): error.description
            case .image(let error): error.description
            case .empty(let path): "\(path): has no ID_labels.png beside an ID.png or ID.jpg"
            case .sizes(let path, let name, let image, let labels):
                "\(path)/\(name): the picture has \(image[0]) x \(image[1]) pixels, its labels \(labels[0]) x \(labels[1])"
            case .label(let path, let name, let label):
                "\(path)/\(name): label \(label), expected 0 to \(InstanceImages.ignoredLabel)"
            case .unclassified(let path, let name, let label):
                "\(path)/\(InstanceImages.classFile): has no "
                    + (label.map { "object where \(name) has the label \($0)" } ?? "image \(name)")
            case .unknownClass(let path, let name, let found):
                "\(path)/\(InstanceImages.classFile): an object of \(name) is a '\(found)', which the model does not know"
            case .noClasses(let path):
                "\(path): the model has classes, and there is no \(InstanceImages.classFile) that says what is what"
            }
        }
    }

    private static let suffix = "_labels"
    private static let classFile = "instances.json"

    /// Lists the folder at `path`: `ID.png` or `ID.jpg` beside `ID_labels.png`.
    ///
    /// - Parameter classes: their names. If there are any, `instances.json` (COCO) says which object is what: an object's class is that of the
    ///   annotation with the largest intersection over union.
    /// - Throws: ``LoadingError``.
    public init(folder path: String, classes: [String] = []) throws(LoadingError) {
        let folder: Folder
        var objects: COCOTruthFile?
        do {
            folder = try Folder(path)
            if !classes.isEmpty, let file = folder.firstPath([Self.classFile]) { objects = try COCOTruthFile(file) }
        } catch { throw .file(error) }
        names = folder.labelMapNames.filter { $0.hasSuffix(Self.suffix) }
            .map { String($0.dropLast(Self.suffix.count)) }
            .filter { folder.firstPath(["\($0).png", "\($0).jpg"]) != nil }
        if names.isEmpty { throw .empty(path: path) }
        if !classes.isEmpty && objects == nil { throw .noClasses(path: path) }
        self.path = path
        source = .folder(folder, objects: objects, classes: classes)
    }

    /// The scenes `numbers` of `generator`; classes are those of `InstanceDesign/digits`.
    ///
    /// - Precondition: at least one scene.
    public init(scenes numbers: Range<Int>, of generator: ToyDigitGenerator) {
        require(!numbers.isEmpty, "the scenes \(numbers): at least one")
        names = numbers.map { "scene \($0)" }
        path = "scenes of digits"
        source = .scenes(generator, first: numbers.lowerBound)
    }

    private init(names: [String], path: String, source: Source) {
        (self.names, self.path, self.source) = (names, path, source)
    }

    /// How often a picture comes up at most, see ``repeated(objectsPerVisit:)``.
    public static let mostVisits = 12

    /// The pictures of a folder, each as often as it has `objects` objects, rounded (halves to even), at least once and at most ``mostVisits`` times; scenes as they are.
    ///
    /// For a training: an epoch takes one crop of each picture, whether five objects are in it or three hundred, while scores count objects.
    ///
    /// - Precondition: `objects` >= 1.
    /// - Complexity: reads all label maps.
    /// - Throws: ``LoadingError``.
    public func repeated(objectsPerVisit objects: Int) throws(LoadingError) -> InstanceImages {
        require(objects >= 1, "\(objects) objects for a visit of a picture: 1 or more")
        guard case .folder(let folder, _, _) = source else { return self }
        var repeated: [String] = []
        for name in names {
            let labels: LabelMap
            do { labels = try folder.labelMap(name, suffixes: [Self.suffix]) } catch { throw .file(error) }
            let count = Set(labels.labels).subtracting([0, Self.ignoredLabel]).count
            let visits = (Double(count) / Double(objects)).rounded(.toNearestOrEven)
            repeated += [String](repeating: name, count: max(1, min(Self.mostVisits, Int(visits))))
        }
        return InstanceImages(names: repeated, path: path, source: source)
    }

    /// Number of pictures.
    public var count: Int { names.count }

    /// Reads, or makes, picture `index`.
    ///
    /// - Throws: ``LoadingError``.
    public subscript(index: Int) -> Example {
        get throws(LoadingError) {
            switch source {
            case .folder(let folder, let objects, let classes):
                try Self.read(names[index], in: folder, objects, classes)
            case .scenes(let generator, let first): Self.example(of: generator.scene(first + index), names[index])
            }
        }
    }

    private static func example(of scene: ToyDigitScene, _ name: String) -> Example {
        let instances = scene.instances.labels
        var classes = [Int32](repeating: 1, count: Int(instances.max() ?? 0))
        for (label, kind) in zip(instances, scene.classes.labels) where label > 0 { classes[Int(label) - 1] = kind }
        return Example(name: name, image: scene.picture, labels: scene.instances, classes: classes)
    }

    private static func read(
        _ name: String, in folder: Folder, _ objects: COCOTruthFile?, _ classes: [String]
    ) throws(LoadingError) -> Example {
        let image: Image<UInt8>
        let labels: LabelMap
        let picture = folder.firstPath(["\(name).png", "\(name).jpg"])!
        do { image = try ImageFile.readRGB(picture) } catch { throw .image(error) }
        do { labels = try folder.labelMap(name, suffixes: [suffix]) } catch { throw .file(error) }
        guard image.width == labels.width, image.height == labels.height else {
            throw .sizes(
                path: folder.path, name: name, image: [image.width, image.height],
                labels: [labels.width, labels.height])
        }
        if let wrong = labels.labels.first(where: { $0 < 0 || $0 > ignoredLabel }) {
            throw .label(path: folder.path, name: name, label: Int(wrong))
        }
        let largest = labels.labels.lazy.filter { $0 != ignoredLabel }.max() ?? 0
        var kinds = [Int32](repeating: 1, count: Int(largest))
        if let objects {
            kinds = try Self.classes(
                of: labels, name: name, file: String(picture.dropFirst(folder.path.count + 1)), objects, classes,
                kinds, path: folder.path)
        }
        return Example(name: name, image: image, labels: labels, classes: kinds)
    }

    /// `kinds` with the classes of the annotations that fit the labels best.
    private static func classes(
        of labels: LabelMap, name: String, file: String, _ objects: COCOTruthFile, _ classes: [String],
        _ kinds: [Int32], path: String
    ) throws(LoadingError) -> [Int32] {
        guard let image = objects.images.first(where: { $0.name == file }) else {
            throw .unclassified(path: path, name: file, label: nil)
        }
        var kinds = kinds
        let masks = RunLengthMask.masks(of: labels).filter { $0.label != ignoredLabel }
        let annotations: [InstanceTruth]
        do { annotations = try objects.objects(of: image.id).filter { !$0.isCrowd } } catch { throw .file(error) }
        guard let table = try? OverlapTable(truth: masks.map(\.mask), predictions: annotations.map(\.mask)) else {
            throw .sizes(
                path: path, name: name, image: [image.width, image.height], labels: [labels.width, labels.height])
        }
        for (row, mask) in masks.enumerated() {
            let overlaps = annotations.indices.map { table.intersectionOverUnion(truth: row, prediction: $0) }
            guard let best = overlaps.indices.max(by: { overlaps[$0] < overlaps[$1] }), overlaps[best] > 0 else {
                throw .unclassified(path: path, name: name, label: Int(mask.label))
            }
            let found = objects.categoryNames[annotations[best].category] ?? ""
            guard let number = classes.firstIndex(of: found) else {
                throw .unknownClass(path: path, name: name, found: found)
            }
            kinds[Int(mask.label) - 1] = Int32(number + 1)
        }
        return kinds
    }
}
