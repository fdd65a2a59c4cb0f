// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

// A package of its own: nothing here is needed to build or test the library, and its flags (-march=native) would make
// the library's binaries unfit for other machines.
let package = Package(
    name: "SphereShiftBenchmarks",
    dependencies: [
        .package(name: "SphereShift", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .systemLibrary(name: "EigenHeaders", pkgConfig: "eigen3", providers: [.apt(["libeigen3-dev"])]),
        .target(
            name: "EigenRivals", dependencies: ["EigenHeaders"],
            cxxSettings: [.unsafeFlags(["-O3", "-march=native", "-DNDEBUG"])]),
        .executableTarget(
            name: "sphereshift-benchmarks",
            dependencies: [
                "EigenRivals",
                .product(name: "SphereBenchmarking", package: "SphereShift"),
                .product(name: "SphereKernels", package: "SphereShift"),
                .product(name: "SphereReports", package: "SphereShift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "evaluation-contestant",
            dependencies: [
                .product(name: "SphereData", package: "SphereShift"),
                .product(name: "SphereEvaluation", package: "SphereShift"),
            ],
            swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
