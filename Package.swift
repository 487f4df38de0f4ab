// swift-tools-version: 6.2
import PackageDescription

// What only `fetch`, only worker processes, or only a host's log, metrics and traces need is left out with the trait, and not even
// downloaded.
let http = TargetDependencyCondition.when(traits: ["HTTP"])
let observability = TargetDependencyCondition.when(traits: ["Observability"])

// Homebrew keeps its Readline aside, because macOS has a library of that name which is another one.
#if os(macOS)
  let readlinePackage: String? = "readline"
#else
  let readlinePackage: String? = nil
#endif

let package = Package(
  name: "weft",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Weft", targets: ["Weft"]),
    .library(name: "WeftHTTP", targets: ["WeftHTTP"]),
    .library(name: "WeftReport", targets: ["WeftReport"]),
    // What happens in runs, for swift-log, swift-metrics and swift-distributed-tracing.
    .library(name: "WeftObservability", targets: ["WeftObservability"]),
    .executable(name: "weft", targets: ["WeftCommand"]),
    // For C and what can call C: `libweft-c`, with the header in `Sources/WeftC/include`.
    .library(name: "weft-c", type: .dynamic, targets: ["WeftC"]),
  ],
  traits: [
    .default(enabledTraits: ["HTTP", "Observability", "Processes", "Readline"]),
    .trait(
      name: "HTTP",
      description: "`fetch` over AsyncHTTPClient, in WeftHTTP. Without it a package that embeds Weft needs no SwiftNIO."
    ),
    .trait(
      name: "Observability",
      description:
        "WeftObservability: what happens in runs, for swift-log, swift-metrics and swift-distributed-tracing."),
    .trait(
      name: "Processes",
      description:
        "`pool(processes:)`, by swift-subprocess. Without any of the traits, Weft depends on no package at all."),
    .trait(name: "Readline", description: "The command has a prompt, and is linked with GNU Readline (GPL)."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
    // Without its default trait, which imports Foundation.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
  ],
  targets: [
    .target(name: "WeftSyntax"),
    .target(name: "WeftCompiler", dependencies: ["WeftSyntax"]),
    .target(
      name: "WeftMachine",
      dependencies: ["WeftCompiler", "WeftSyntax"]),
    // A target names all that it imports: one that only comes along would not be built anew after a change.
    .target(
      name: "Weft",
      dependencies: [
        "WeftMachine", "WeftCompiler", "WeftSyntax",
        .product(name: "Subprocess", package: "swift-subprocess", condition: .when(traits: ["Processes"])),
        .product(
          name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux], traits: ["Processes"])),
      ]),
    .target(name: "WeftC", dependencies: ["Weft", "WeftMachine", "WeftCompiler", "WeftSyntax"], exclude: ["include"]),
    .target(
      name: "WeftHTTP",
      dependencies: [
        "Weft", "WeftMachine",
        .product(name: "AsyncHTTPClient", package: "async-http-client", condition: http),
        .product(name: "NIOCore", package: "swift-nio", condition: http),
        .product(name: "NIOPosix", package: "swift-nio", condition: http),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: http),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio", condition: http),
        // AsyncHTTPClient uses these too; their errors are named in `FetchFailure+Mapping.swift`.
        .product(name: "NIOHTTP2", package: "swift-nio-http2", condition: http),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras", condition: http),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: http),
      ]),
    .target(
      name: "WeftObservability",
      dependencies: [
        "Weft", "WeftMachine", "WeftCompiler", "WeftSyntax",
        .product(name: "Logging", package: "swift-log", condition: observability),
        .product(name: "CoreMetrics", package: "swift-metrics", condition: observability),
        .product(name: "Tracing", package: "swift-distributed-tracing", condition: observability),
      ]),
    // For the command alone: the library must stay free of the GPL (`.ci/check-readline`).
    .systemLibrary(
      name: "CReadline", pkgConfig: readlinePackage, providers: [.apt(["libreadline-dev"]), .brew(["readline"])]),
    .target(
      name: "WeftReport",
      dependencies: [
        "WeftMachine", "WeftCompiler", "WeftSyntax", .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]),
    .executableTarget(
      name: "WeftCommand",
      dependencies: [
        .target(name: "CReadline", condition: .when(traits: ["Readline"])),
        "Weft", "WeftHTTP", "WeftReport", "WeftMachine", "WeftCompiler", "WeftSyntax",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "WeftSyntaxTests", dependencies: ["WeftSyntax"], exclude: ["Format/Snapshots"]),
    .testTarget(name: "WeftMachineTests", dependencies: ["Weft", "WeftMachine", "WeftCompiler", "WeftSyntax"]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["weft-test-worker", "Weft", "WeftMachine", "WeftCompiler", "WeftSyntax"]),
    .testTarget(name: "WeftCompilerTests", dependencies: ["Weft", "WeftMachine", "WeftCompiler", "WeftSyntax"]),
    .testTarget(
      name: "WeftTests", dependencies: ["weft-test-worker", "Weft", "WeftMachine", "WeftCompiler", "WeftSyntax"]),
    // Named by the tests above, which start it.
    .executableTarget(name: "weft-test-worker", dependencies: ["Weft"], path: "Tests/TestWorker"),
    .target(
      name: "Fuzzing", dependencies: ["Weft", "WeftMachine", "WeftCompiler", "WeftSyntax"], path: "Tests/Fuzzing"),
    .executableTarget(name: "weft-fuzz", dependencies: ["Fuzzing", "Weft", "WeftMachine"], path: "Tests/FuzzCommand"),
    .testTarget(
      name: "FuzzTests", dependencies: ["Fuzzing", "Weft", "WeftMachine", "WeftSyntax"], exclude: ["crashes"]),
    // The command is named here so that it is built for the tests to run it.
    .testTarget(
      name: "WeftCommandTests", dependencies: ["WeftCommand", "WeftHTTP", "Weft", "WeftMachine", "WeftSyntax"]),
    .testTarget(
      name: "WeftReportTests", dependencies: ["WeftReport", "Weft", "WeftMachine", "WeftCompiler"]),
    .testTarget(
      name: "WeftObservabilityTests",
      dependencies: [
        "WeftObservability", "Weft", "WeftMachine",
        .product(name: "Logging", package: "swift-log", condition: observability),
        .product(name: "InMemoryLogging", package: "swift-log", condition: observability),
        .product(name: "MetricsTestKit", package: "swift-metrics", condition: observability),
        .product(name: "Tracing", package: "swift-distributed-tracing", condition: observability),
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing", condition: observability),
      ]),
    .testTarget(
      name: "WeftHTTPTests",
      dependencies: [
        "WeftHTTP", "Weft", "WeftMachine",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio", condition: http),
        .product(name: "NIOCore", package: "swift-nio", condition: http),
        .product(name: "NIOPosix", package: "swift-nio", condition: http),
        .product(name: "NIOHTTP2", package: "swift-nio-http2", condition: http),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: http),
      ]),
    .testTarget(
      name: "WeftExamplesTests", dependencies: ["weft-test-worker", "Weft", "WeftHTTP", "WeftMachine", "WeftSyntax"]),
  ],
  swiftLanguageModes: [.v6]
)

// `make test` asks for it: what the sanitizer watches runs slowly enough. `DEBUG` and the assertions stay.
if Context.environment["WEFT_OPTIMIZE"] != nil {
  for target in package.targets
  where ["WeftSyntax", "WeftCompiler", "WeftMachine", "Weft", "WeftReport"].contains(target.name) {
    target.swiftSettings = [.unsafeFlags(["-O", "-assert-config", "Debug"])]
  }
}

// The thread sanitizer asks for it: without SwiftNIO, BoringSSL and the other tests it builds in a quarter of the time.
if Context.environment["WEFT_CORE_ONLY"] != nil {
  let core: Set = ["WeftSyntax", "WeftCompiler", "WeftMachine", "Weft", "weft-test-worker", "WeftTests"]
  package.targets.removeAll { !core.contains($0.name) }
  package.products.removeAll { $0.name != "Weft" }
}
