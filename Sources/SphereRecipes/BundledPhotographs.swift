/// The photographs that come with the package, for demonstrations and tests.
///
/// All are free of copyright.
public enum BundledPhotographs {
    /// File names, in the order of the demonstration.
    public static let names = ["astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"]

    /// The folder with the photographs.
    ///
    /// - Throws: ``PackageResources/NotFound``.
    public static func folder() throws(PackageResources.NotFound) -> String {
        let path = try PackageResources.path("Photographs/\(names[0])")
        return String(path.dropLast(names[0].count + 1))
    }
}
