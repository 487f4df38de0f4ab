import Foundation

/// The folder that holds `examples` and `Documentation`.
enum Project {
  static let folder: URL = {
    // Tests/WeftExamplesTests/Project.swift
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }
}
