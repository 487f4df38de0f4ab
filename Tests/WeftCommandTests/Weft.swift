import Foundation
import Testing

/// The built command, run as a process in a folder of its own.
struct Weft {
  /// How a process ended and what it wrote.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  let folder: URL

  /// It stands beside the tests.
  static var command: URL {
    #if os(macOS)
      Bundle(for: Marker.self).bundleURL.deletingLastPathComponent().appending(path: "weft")
    #else
      URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "weft")
    #endif
  }

  private final class Marker {}

  /// Calls `body` with a folder that holds the files, by name.
  static func inFolder(_ files: [String: String] = [:], _ body: (Weft) async throws -> Void) async throws {
    try await inFolder(bytes: files.mapValues { Data($0.utf8) }, body)
  }

  static func inFolder(bytes files: [String: Data], _ body: (Weft) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, contents) in files { try contents.write(to: folder.appending(path: name)) }
    try await body(Weft(folder: folder))
  }

  /// Runs to the end.
  func run(_ arguments: String..., input: String? = nil) async throws -> Outcome {
    let process = RunningWeft(arguments, in: folder)
    try process.start(input: input)
    return try await process.end()
  }

  /// Starts and doesn't wait.
  func start(_ arguments: String...) throws -> RunningWeft {
    let process = RunningWeft(arguments, in: folder)
    try process.start(input: nil)
    return process
  }
}

/// Runs one script, without anything else, and expects how it ends.
func expectEnd(
  of script: String, _ arguments: [String] = [], status: Int32, output: String = "", errors: String,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  try await Weft.inFolder(["script.weft": script]) { weft in
    let process = RunningWeft(["run", "script.weft"] + arguments, in: weft.folder)
    try process.start(input: nil)
    let outcome = try await process.end()
    #expect(outcome.status == status, sourceLocation: sourceLocation)
    #expect(outcome.output == output, sourceLocation: sourceLocation)
    #expect(outcome.errors == errors, sourceLocation: sourceLocation)
  }
}
