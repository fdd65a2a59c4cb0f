// swift-tools-version: 6.2
import PackageDescription

// Every Swift target outside the kernels is compiled with the same strict settings.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

/// A target that compiles Sources/KernelSource for one instruction set.
///
/// `-O` comes last and wins over the `-Onone` of a debug build: without optimisation the SIMD operations become
/// calls of generic library functions, which are emitted as weak symbols (scripts/check-isa-symbols). Whole-module
/// compilation lets the small functions of one file be inlined into another; one object per file (`-num-threads`) is what
/// the index of a debug build expects.
func kernelTarget(_ name: String, compilerFlags: [String] = [], defines: [SwiftSetting] = []) -> Target {
    .target(
        name: name, dependencies: ["CInstructionSets"],
        swiftSettings: [
            .swiftLanguageMode(.v6), .enableUpcomingFeature("InternalImportsByDefault"),
            .unsafeFlags(["-O", "-wmo", "-num-threads", "1"] + compilerFlags.flatMap { ["-Xcc", $0] }),
        ] + defines)
}

var kernelTargets: [Target] = [kernelTarget("KernelsBaseline")]
var kernelDependencies: [Target.Dependency] = ["CInstructionSets", "KernelsBaseline"]
// The manifest sees the architecture of the build machine. SPHERESHIFT_TARGET_ARCHITECTURE overrides it when cross compiling.
#if arch(x86_64)
let buildArchitecture = "x86_64"
#else
let buildArchitecture = "other"
#endif
if (Context.environment["SPHERESHIFT_TARGET_ARCHITECTURE"] ?? buildArchitecture) == "x86_64" {
    kernelTargets.append(kernelTarget("KernelsAVX2", compilerFlags: ["-mavx2", "-mfma"]))
    kernelTargets.append(
        // The tiles of 8 rows and 3 vectors that Target.swift asks for exist.
        kernelTarget("KernelsAVX512", compilerFlags: ["-march=x86-64-v4"], defines: [.define("TILE_8X3")]))
    kernelDependencies += ["KernelsAVX2", "KernelsAVX512"]
}

let package = Package(
    name: "SphereShift",
    products: [
        .library(name: "SphereKernels", targets: ["SphereKernels"]),
        .library(name: "SphereLayers", targets: ["SphereLayers"]),
        .library(name: "SphereReference", targets: ["SphereReference"]),
        .library(name: "SphereTheory", targets: ["SphereTheory"]),
        .library(name: "SphereData", targets: ["SphereData"]),
        .library(name: "SphereTensor", targets: ["SphereTensor"]),
        .library(name: "SphereLinearAlgebra", targets: ["SphereLinearAlgebra"]),
        .library(name: "SphereGrouping", targets: ["SphereGrouping"]),
        .library(name: "SphereFastSummation", targets: ["SphereFastSummation"]),
        .library(name: "SphereLosses", targets: ["SphereLosses"]),
        .library(name: "SphereEvaluation", targets: ["SphereEvaluation"]),
        .library(name: "SphereNetworks", targets: ["SphereNetworks"]),
        .library(name: "SphereReports", targets: ["SphereReports"]),
        .library(name: "SphereRecipes", targets: ["SphereRecipes"]),
        .library(name: "SphereBenchmarking", targets: ["SphereBenchmarking"]),
        .executable(name: "sphereshift", targets: ["sphereshift"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: kernelTargets + [
        .target(name: "CInstructionSets"),
        .target(name: "SphereKernels", dependencies: kernelDependencies, swiftSettings: swiftSettings),
        .target(name: "SphereReference", dependencies: ["SphereKernels"], swiftSettings: swiftSettings),
        .target(name: "SphereLayers", dependencies: ["SphereKernels"], swiftSettings: swiftSettings),
        .target(name: "SphereTheory", swiftSettings: swiftSettings),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
        .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "SphereData", dependencies: ["SphereKernels", "CPNG", "CJPEG"], swiftSettings: swiftSettings),
        .target(
            name: "SphereTensor", dependencies: ["SphereKernels", "SphereReference", "SphereLayers", "SphereData"],
            swiftSettings: swiftSettings),
        .systemLibrary(name: "CEigenHeaders", pkgConfig: "eigen3", providers: [.apt(["libeigen3-dev"])]),
        .target(name: "CEigen", dependencies: ["CEigenHeaders"]),
        .target(
            name: "SphereLinearAlgebra", dependencies: ["SphereKernels", "CEigen"], swiftSettings: swiftSettings),

        .target(
            name: "SphereGrouping", dependencies: ["SphereKernels", "SphereTensor", "SphereTheory"],
            swiftSettings: swiftSettings),
        .systemLibrary(name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
        .target(
            name: "SphereFastSummation", dependencies: ["SphereKernels", "SphereGrouping", "CFFTW"],
            swiftSettings: swiftSettings),
        .target(
            name: "SphereLosses", dependencies: ["SphereKernels", "SphereTensor", "SphereTheory"],
            swiftSettings: swiftSettings),
        .target(
            name: "SphereNetworks", dependencies: ["SphereKernels", "SphereLayers", "SphereData", "SphereTensor"],
            swiftSettings: swiftSettings),

        .target(
            name: "SphereEvaluation", dependencies: ["SphereKernels", "SphereData"], swiftSettings: swiftSettings),

        .target(
            name: "SphereBenchmarking",
            dependencies: [
                "SphereKernels", "SphereReference", "SphereLayers", "SphereTensor", "SphereGrouping", "SphereLosses",
            ], swiftSettings: swiftSettings),
        .target(
            name: "SphereReports", dependencies: ["SphereKernels", "SphereData", "SphereLinearAlgebra"],
            swiftSettings: swiftSettings),
        .target(
            name: "SphereRecipes",
            dependencies: [
                "SphereKernels", "SphereLayers", "SphereTheory", "SphereData", "SphereLinearAlgebra", "SphereTensor",
                "SphereGrouping", "SphereLosses", "SphereEvaluation", "SphereNetworks", "SphereReports",
            ], resources: [.copy("Resources")], swiftSettings: swiftSettings),
        .executableTarget(
            name: "sphereshift",
            dependencies: [
                "SphereKernels", "SphereReference", "SphereTheory", "SphereData", "SphereTensor", "SphereGrouping",
                "SphereFastSummation", "SphereLosses", "SphereEvaluation", "SphereNetworks", "SphereReports",
                "SphereRecipes",
                "SphereBenchmarking",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),

        // The program of docs/composing-a-model.md.
        .executableTarget(
            name: "composed-model",
            dependencies: [
                "SphereKernels", "SphereLayers", "SphereTheory", "SphereData", "SphereTensor", "SphereGrouping",
                "SphereLosses", "SphereEvaluation", "SphereNetworks",
            ], path: "docs/examples/ComposedModel", swiftSettings: swiftSettings),

        .target(
            name: "TestSupport", dependencies: ["SphereKernels", "SphereReference"], path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereKernelsTests", dependencies: ["SphereKernels", "SphereReference", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereReferenceTests", dependencies: ["SphereKernels", "SphereReference", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereLayersTests",
            dependencies: ["SphereKernels", "SphereReference", "SphereLayers", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "SphereTheoryTests", dependencies: ["SphereTheory"], swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereDataTests", dependencies: ["SphereKernels", "SphereData"], exclude: ["Fixtures"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereFastSummationTests",
            dependencies: [
                "SphereKernels", "SphereReference", "SphereTheory", "SphereGrouping", "SphereFastSummation",
                "TestSupport",
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereTensorTests",
            dependencies: [
                "SphereKernels", "SphereReference", "SphereLayers", "SphereData", "SphereTensor", "TestSupport",
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereGroupingTests",
            dependencies: [
                "SphereKernels", "SphereReference", "SphereTheory", "SphereData", "SphereTensor", "SphereGrouping",
                "TestSupport",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereNetworksTests",
            dependencies: [
                "SphereKernels", "SphereReference", "SphereLayers", "SphereData", "SphereTensor", "SphereGrouping",
                "SphereLosses", "SphereNetworks", "TestSupport",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereLossesTests",
            dependencies: [
                "SphereKernels", "SphereReference", "SphereTheory", "SphereData", "SphereTensor", "SphereLosses",
                "TestSupport",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereEvaluationTests",
            dependencies: ["SphereKernels", "SphereReference", "SphereData", "SphereEvaluation", "TestSupport"],
            exclude: ["Fixtures"], swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereReportsTests",
            dependencies: ["SphereKernels", "SphereReference", "SphereData", "SphereReports", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereBenchmarkingTests",
            dependencies: ["SphereKernels", "SphereReference", "SphereBenchmarking", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereRecipesTests",
            dependencies: [
                "SphereKernels", "SphereReference", "SphereTheory", "SphereData", "SphereLinearAlgebra",
                "SphereTensor", "SphereGrouping",
                "SphereFastSummation", "SphereLosses", "SphereEvaluation", "SphereNetworks", "SphereReports",
                "SphereRecipes", "TestSupport",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "ToolTests",
            dependencies: [
                "sphereshift", "SphereKernels", "SphereReference", "SphereData", "SphereRecipes", "TestSupport",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "SphereLinearAlgebraTests",
            dependencies: ["SphereKernels", "SphereReference", "SphereLinearAlgebra"], swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
