// swift-tools-version: 6.2
import PackageDescription

// SwiftPM calls a package by the name of its folder, which a clone may choose.
let folders = Context.packageDirectory.split(separator: "/").map(String.init)
let weft = folders[folders.count - 3]

// A package of its own, as a host has it; without the trait for HTTP it needs no SwiftNIO.
let package = Package(
  name: "embedding",
  platforms: [.macOS(.v15)],
  dependencies: [.package(path: "../..", traits: [])],
  targets: [.executableTarget(name: "embedding", dependencies: [.product(name: "Weft", package: weft)])],
  swiftLanguageModes: [.v6]
)
