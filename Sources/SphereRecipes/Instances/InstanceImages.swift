public import SphereData
public import SphereEvaluation
internal import SphereKernels

/// Pictures of a folder with a label for each pixel: `ID.png` or `ID.jpg` beside `ID_labels.png`, 0 for what is no object.
public struct InstanceImages: Sendable {
    /// The folder.
    public let folder: Folder
    /// The IDs, sorted as strings.
    public let names: [String]

    /// A picture and its labels.
    public struct Example: Sendable {
        /// The ID.
        public let name: String
        /// RGB.
        public let image: Image<UInt8>
        /// As large as the picture.
        public let labels: LabelMap
    }

    /// Why a folder is none of labelled pictures.
    public enum LoadingError: Error, Equatable, Sendable, CustomStringConvertible {
        /// The folder or a label map cannot be read.
        case file(EvaluationFileError)
        /// A picture cannot be read.
        case image(ImageFileError)
        /// There is no picture with labels.
        case empty(path: String)
        /// Picture and labels differ in size.
        case sizes(path: String, name: String, image: [Int], labels: [Int])

        /// One line for the user.
        public var description: String {
            switch self {
            case .file(let error): error.description
            case .image(let error): error.description
            case .empty(let path): "\(path): has no ID_labels.png beside an ID.png or ID.jpg"
            case .sizes(let path, let name, let image, let labels):
                "\(path)/\(name): the picture has \(image[0]) x \(image[1]) pixels, its labels \(labels[0]) x \(labels[1])"
            }
        }
    }

    private static let suffix = "_labels"

    /// Lists the folder at `path`.
    ///
    /// - Throws: ``LoadingError``.
    public init(folder path: String) throws(LoadingError) {
        do { folder = try Folder(path) } catch { throw .file(error) }
        let pictures = folder
        names = folder.labelMapNames.filter { $0.hasSuffix(Self.suffix) }
            .map { String($0.dropLast(Self.suffix.count)) }
            .filter { pictures.firstPath(["\($0).png", "\($0).jpg"]) != nil }
        if names.isEmpty { throw .empty(path: path) }
    }

    /// Number of pictures.
    public var count: Int { names.count }

    /// Reads picture `index`.
    ///
    /// - Throws: ``LoadingError``.
    public subscript(index: Int) -> Example {
        get throws(LoadingError) {
            let name = names[index]
            let image: Image<UInt8>
            let labels: LabelMap
            do {
                image = try ImageFile.readRGB(folder.firstPath(["\(name).png", "\(name).jpg"])!)
            } catch { throw .image(error) }
            do { labels = try folder.labelMap(name, suffixes: [Self.suffix]) } catch { throw .file(error) }
            guard image.width == labels.width, image.height == labels.height else {
                throw .sizes(
                    path: folder.path, name: name, image: [image.width, image.height],
                    labels: [labels.width, labels.height])
            }
            return Example(name: name, image: image, labels: labels)
        }
    }
}
