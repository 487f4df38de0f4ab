// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "weft",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Weft", targets: ["Weft"]),
    .executable(name: "weft", targets: ["WeftCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .target(name: "WeftSyntax"),
    .target(name: "WeftCompiler", dependencies: ["WeftSyntax"]),
    .target(
      name: "WeftMachine",
      dependencies: ["WeftCompiler", .product(name: "BigInt", package: "BigInt")]),
    .target(name: "Weft", dependencies: ["WeftMachine"]),
    .target(
      name: "WeftHTTP",
      dependencies: [
        "Weft",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        // AsyncHTTPClient uses these too; their errors are named in `FetchFailure+Mapping.swift`.
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .executableTarget(
      name: "WeftCommand",
      dependencies: [
        "Weft", "WeftHTTP",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "WeftSyntaxTests", dependencies: ["WeftSyntax"], exclude: ["Format/Snapshots"]),
    .testTarget(name: "WeftMachineTests", dependencies: ["Weft"]),
    .testTarget(name: "ConformanceTests", dependencies: ["Weft"]),
    .target(name: "Fuzzing", dependencies: ["Weft"], path: "Tests/Fuzzing"),
    .executableTarget(name: "weft-fuzz", dependencies: ["Fuzzing"], path: "Tests/FuzzCommand"),
    .testTarget(name: "FuzzTests", dependencies: ["Fuzzing"], exclude: ["crashes"]),
    // The command is named here so that it is built for the tests to run it.
    .testTarget(name: "WeftCommandTests", dependencies: ["WeftCommand", "WeftHTTP"]),
    .testTarget(
      name: "WeftHTTPTests",
      dependencies: [
        "WeftHTTP",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .testTarget(name: "WeftExamplesTests", dependencies: ["Weft", "WeftHTTP"]),
  ],
  swiftLanguageModes: [.v6]
)
