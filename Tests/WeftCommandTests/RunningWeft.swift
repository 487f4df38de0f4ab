import Foundation

/// A process of the command that goes on.
final class RunningWeft: @unchecked Sendable {
  private let process = Process()
  private let output = Pipe()
  private let errorFile: URL
  private let ended: AsyncStream<Int32>
  private let pieces: AsyncStream<Data>
  private let pieceContinuation: AsyncStream<Data>.Continuation
  private var iterator: AsyncStream<Data>.Iterator
  private var text = ""

  struct EndedEarly: Error {
    let text: String
  }

  init(_ arguments: [String], in folder: URL) {
    errorFile = folder.appending(path: "errors-\(UUID().uuidString)")
    process.executableURL = Weft.command
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["NO_COLOR"] = nil
    environment["TERM"] = "xterm"
    process.environment = environment
    process.standardOutput = output
    let (ended, endContinuation) = AsyncStream.makeStream(of: Int32.self)
    self.ended = ended
    process.terminationHandler = { process in
      // A signal that nobody caught counts as a shell counts it.
      endContinuation.yield((process.terminationReason == .exit ? 0 : 128) + process.terminationStatus)
      endContinuation.finish()
    }
    let (pieces, continuation) = AsyncStream.makeStream(of: Data.self)
    self.pieces = pieces
    iterator = pieces.makeAsyncIterator()
    pieceContinuation = continuation
  }

  /// A thread of its own: on Linux a `readabilityHandler` is now and then not told of the end, and the test would hang.
  private func readOutput() {
    Thread.detachNewThread { [handle = output.fileHandleForReading, pieceContinuation] in
      while true {
        let piece = handle.availableData
        if piece.isEmpty { break }
        pieceContinuation.yield(piece)
      }
      pieceContinuation.finish()
    }
  }

  func start(input: String?, standardError: FileHandle? = nil) throws {
    try Data().write(to: errorFile)
    if let standardError {
      process.standardError = standardError
    } else {
      process.standardError = try FileHandle(forWritingTo: errorFile)
    }
    if let input {
      let pipe = Pipe()
      process.standardInput = pipe
      try process.run()
      readOutput()
      try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try pipe.fileHandleForWriting.close()
    } else {
      process.standardInput = FileHandle.nullDevice
      try process.run()
      readOutput()
    }
  }

  var identifier: Int32 { process.processIdentifier }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits until standard output holds `marker`; gives all that came so far.
  @discardableResult
  func wait(for marker: String) async throws -> String {
    while !text.contains(marker) {
      guard let piece = await iterator.next() else { throw EndedEarly(text: text) }
      text += String(decoding: piece, as: UTF8.self)
    }
    return text
  }

  func end() async throws -> Weft.Outcome {
    while let piece = await iterator.next() { text += String(decoding: piece, as: UTF8.self) }
    var status: Int32 = -1
    for await code in ended { status = code }
    return Weft.Outcome(
      status: status, output: text, errors: try String(decoding: Data(contentsOf: errorFile), as: UTF8.self))
  }
}
