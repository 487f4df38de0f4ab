import Foundation

/// The folder that holds `examples` and `Documentation`.
enum Project {
  static let folder: URL = {
    // Tests/WeftExamplesTests/Project.swift
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()

  /// The program that worker processes of the tests run.
  static let worker: String = {
    final class Marker {}
    #if canImport(Darwin)
      let bundle = Bundle(for: Marker.self).bundleURL
    #else
      let bundle = URL(filePath: CommandLine.arguments[0])
    #endif
    return bundle.deletingLastPathComponent().appending(path: "weft-test-worker").path
  }()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }
}
