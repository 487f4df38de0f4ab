import Testing
import Weft
import WeftMachine
import WeftSyntax

/// A session as a test talks to it.
final class Conversation: Sendable {
  let session: Session
  let printed = Captured()

  init(
    _ options: RunOptions = RunOptions(), clock: Session.Clock = .virtual, files: [String: String] = [:],
    fetcher: (any Fetcher)? = nil, codeRoom: Int? = nil, onOutput: (@Sendable (String) -> Void)? = nil
  ) {
    var settings = Session.Settings(
      options: options, clock: clock, imports: Files(files).loader, fetcher: fetcher,
      output: { [printed] bytes in
        printed.append(bytes)
        onOutput?(String(decoding: bytes, as: UTF8.self))
      })
    if let codeRoom { settings.codeRoom = codeRoom }
    session = Session(settings)
  }

  /// What a prompt would show of an input: what is worth knowing of it, then its value or what went wrong. What it prints is in
  /// `printed`.
  @discardableResult
  func say(_ text: String, width: Int = 80, lines: Int = 24) async -> String {
    Self.text(of: await session.evaluate(text), width: width, lines: lines)
  }

  static func text(of evaluation: Evaluation, width: Int = 80, lines rows: Int = 24) -> String {
    let renderer = DiagnosticRenderer(color: false)
    var lines = evaluation.warnings.map { renderer.text($0, in: evaluation.source) }
    switch evaluation.outcome {
    case .done(let value?): lines.append(value.text(width: width, lines: rows))
    case .done(nil): break
    case .failed(let failure): lines.append(failure.text(width: width))
    case .cancelled: lines.append("cancelled")
    case .wrong(let problems): lines += problems.map { renderer.text($0, in: evaluation.source) }
    case .ended: lines.append("ended")
    }
    return lines.joined(separator: "\n")
  }

  /// The first line alone.
  @discardableResult
  func first(_ text: String) async -> String {
    await String(say(text).split(separator: "\n", omittingEmptySubsequences: false).first ?? "")
  }

  /// Checks what a prompt would show.
  func say(_ text: String, gives expected: String, at place: SourceLocation = #_sourceLocation) async {
    let answer = await say(text)
    #expect(answer == expected, sourceLocation: place)
  }

  /// Checks the first line of that.
  func first(_ text: String, gives expected: String, at place: SourceLocation = #_sourceLocation) async {
    let answer = await first(text)
    #expect(answer == expected, sourceLocation: place)
  }

  /// Ends the session; whether nothing is left over.
  func end() async -> Bool { await session.end().isClean }
}
