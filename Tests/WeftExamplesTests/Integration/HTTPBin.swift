import Foundation
import Testing

/// A real httpbin on a free port of this machine, for the tests of one suite.
struct HTTPBin: Sendable {
  /// The one that runs for the current test.
  @TaskLocal static var current: HTTPBin?

  /// Such as `http://127.0.0.1:36105`.
  let base: String

  /// Takes a free port itself and tells it, so that nobody else can take it in between. Serves until its standard input
  /// ends, so that it can't outlive the tests, however they end.
  private static let program = """
    import os, socket, sys, threading
    from httpbin import app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        def log(self, *arguments): pass

    def end_with_the_tests():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end_with_the_tests, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler, fd=listener.fileno())
    print(listener.getsockname()[1], flush=True)
    server.serve_forever()
    """

  struct StartError: Error, CustomStringConvertible {
    let description: String
  }

  /// Calls `body` while the server runs, and ends the server.
  static func serve(_ body: () async throws -> Void) async throws {
    guard let python = await Python.shared.withHTTPBin() else {
      throw StartError(description: "there is no Python with httpbin")
    }
    let process = Process()
    let input = Pipe()
    let output = Pipe()
    process.executableURL = python
    process.arguments = ["-c", program]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.terminate()
    }
    // It listens before it tells its port, so whoever knows the port can connect.
    let line = await firstLine(of: output.fileHandleForReading)
    guard let port = Int(line) else { throw StartError(description: "httpbin did not start; it said `\(line)`") }
    try await $current.withValue(HTTPBin(base: "http://127.0.0.1:\(port)"), operation: body)
  }

  /// What comes before the first newline, or the end.
  static func firstLine(of file: FileHandle) async -> String {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var text = Data()
        while !text.contains(UInt8(ascii: "\n")) {
          let more = file.availableData
          if more.isEmpty { break }
          text += more
        }
        continuation.resume(returning: String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
      }
    }
  }
}

/// Runs a suite's tests with `HTTPBin.current` set.
struct HTTPBinTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await HTTPBin.serve { try await function() }
  }
}

extension Trait where Self == ConditionTrait {
  static var needsHTTPBin: Self {
    .enabled("needs Python with httpbin: `make test` installs it into .venv-tests where pip can") {
      await Python.shared.withHTTPBin() != nil
    }
  }
}

extension Trait where Self == HTTPBinTrait {
  static var httpbin: Self { HTTPBinTrait() }
}
