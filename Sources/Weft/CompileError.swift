public import WeftSyntax

/// The problems of a script that does not compile, all of them, in the order of their places. Those of an imported file name it
/// as their `source`.
///
/// ```swift
/// do { _ = try weft.compile(source, name: "job.weft") } catch { print(error) }
/// ```
public struct CompileError: Error, Sendable, CustomStringConvertible {
  /// The script itself.
  public let source: SourceFile
  public let diagnostics: [Diagnostic]

  init(source: SourceFile, diagnostics: [Diagnostic]) {
    self.source = source
    self.diagnostics = diagnostics
  }

  /// Each problem with its line, as `weft check` shows it.
  public var description: String {
    let renderer = DiagnosticRenderer(color: false, width: nil)
    return diagnostics.map { renderer.text($0, in: $0.source ?? source) }.joined(separator: "\n")
  }
}
