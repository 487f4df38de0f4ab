// swift-tools-version: 6.2
import PackageDescription

// SwiftPM calls a package in a folder by the folder's name. Yours would say
//   .package(url: "https://example.org/weft.git", from: "0.1.0", traits: [])   and   package: "weft".
let weft = Context.packageDirectory.split(separator: "/").map(String.init).dropLast(3).last ?? "weft"

let package = Package(
  name: "each",
  platforms: [.macOS(.v15)],
  // Without its traits: a tool that fetches nothing needs no SwiftNIO.
  dependencies: [.package(path: "../../..", traits: [])],
  targets: [.executableTarget(name: "each", dependencies: [.product(name: "Weft", package: weft)])],
  swiftLanguageModes: [.v6]
)
