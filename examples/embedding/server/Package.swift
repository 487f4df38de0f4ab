// swift-tools-version: 6.2
import PackageDescription

// SwiftPM calls a package in a folder by the folder's name; yours would say `package: "weft"`.
let weft = Context.packageDirectory.split(separator: "/").map(String.init).dropLast(3).last ?? "weft"

let package = Package(
  name: "job-server",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(path: "../../..", traits: []),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.7.0"),
  ],
  targets: [
    .executableTarget(
      name: "job-server",
      dependencies: [
        .product(name: "Weft", package: weft),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
