import Synchronization
import Weft
import WeftMachine
import WeftReport

/// Follows a run: shows how far it is, and knows it when the run is stopped.
final class Progress: Sendable {
  private let last = Mutex<RunProgress?>(nil)
  private let console: Console
  private let isShown: Bool

  init(isShown: Bool, console: Console = .shared) {
    self.isShown = isShown && console.canShowProgress
    self.console = console
  }

  func update(_ progress: RunProgress) {
    last.withLock { $0 = progress }
    guard isShown else { return }
    if let block = progress.block { console.showProgress(Self.text(block)) } else { console.hideProgress() }
  }

  /// Shows the tree of tasks instead of a line.
  func update(_ progress: RunProgress, _ tree: LiveTree) {
    last.withLock { $0 = progress }
    // The line above the prompt stays, and the tree never fills the terminal.
    let rows = min(20, max(3, (Console.height ?? 24) / 2))
    let style = TextStyle(hasColor: console.hasColor, width: Console.width ?? 80)
    console.showLines(tree.lines(at: progress.elapsed, rows: rows, style))
  }

  /// What a stop found running; nil if no block was there for a second.
  var state: String? {
    last.withLock { $0?.block }.map { block in
      "\(Quantity.counted(block.running, "task")) of the `\(block.kind)` in \(Self.place(block)) still ran"
    }
  }

  private static func text(_ block: BlockProgress) -> String {
    let done = block.started - block.running
    return "\(block.kind) in \(place(block)): \(done) of \(Quantity.counted(block.started, "task")) done, "
      + Quantity.seconds(block.elapsed)
  }

  private static func place(_ block: BlockProgress) -> String {
    "line \(block.line)" + (block.file.map { " of `\($0)`" } ?? "")
  }
}
