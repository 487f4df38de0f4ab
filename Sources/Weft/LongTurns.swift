import WeftMachine
import WeftSyntax

/// Tells of tasks that compute for long while others want to go on: of each place once.
final class LongTurns {
  private let script: Script
  private let tell: (Diagnostic) -> Void
  private var known: Set<[Int]> = []
  /// Nanoseconds that a task may compute while others want to go on, before that is worth a word.
  private static let longest: Int64 = 1_000_000_000

  init(_ script: Script, _ tell: @escaping (Diagnostic) -> Void) {
    self.script = script
    self.tell = tell
  }

  func look(at machine: Machine) {
    guard let hold = machine.hold(longerThan: Self.longest),
      known.insert([hold.source, Int(hold.span.start)]).inserted
    else { return }
    var diagnostic = Diagnostic(
      .warning, "W0301", "this has computed for longer than 1 s while other tasks waited for their turn", at: hold.span,
      caret: "here after 1 s",
      hint: "`compute f(x)` runs a call on another core; a `pool(threads: n)` runs many")
    diagnostic.source = hold.source == 0 ? nil : script.source(hold.source)
    tell(diagnostic)
  }
}
