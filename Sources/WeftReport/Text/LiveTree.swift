import Synchronization
public import WeftCompiler
public import WeftMachine

/// The tasks that run just now, as a tree of a few lines: what `weft run --watch` shows.
///
/// ```swift
/// let tree = LiveTree(script.image)
/// observer.records = { tree.take($0) }
/// observer.progress = { show(tree.lines(at: $0.elapsed, rows: 16, TextStyle())) }
/// ```
public final class LiveTree: Sendable {
  private struct Task: Sendable {
    var name: String
    var arguments: String?
    var parent: UInt64
    var started: Int64
    var hasBegun = false
    /// What it waits for, and since when; nil while it runs.
    var wait: WaitReason?
    var since: Int64
    var retries = 0
    /// In the order in which they were started, with those that have ended among them until they are the most.
    var children: [UInt64] = []
    var openChildren = 0
    var endedChildren = 0
    var failedChildren = 0
  }

  private struct State: Sendable {
    var tasks: [UInt64: Task] = [:]
    var names: [Int32: String] = [:]
    var done = 0
    var failed = 0
    var started = 0
  }

  private let image: Image
  private let state = Mutex(State())
  /// Children of one task that have lines of their own.
  private static let mostChildren = 6

  public init(_ image: Image) { self.image = image }

  public func take(_ batch: RunRecords) {
    state.withLock { state in for record in batch.records { take(record, batch, &state) } }
  }

  private func take(_ record: RunRecord, _ batch: RunRecords, _ state: inout State) {
    switch record.event {
    case .taskStarted(let start):
      if state.names[start.function] == nil { state.names[start.function] = image.taskName(Int(start.function)) }
      state.tasks[record.task] = Task(
        name: state.names[start.function] ?? "task", arguments: batch.text(start.arguments), parent: start.parent,
        started: record.time, since: record.time)
      state.started += 1
      state.tasks[start.parent]?.children.append(record.task)
      state.tasks[start.parent]?.openChildren += 1
    case .taskBegan:
      state.tasks[record.task]?.hasBegun = true
      note(nil, record, &state)
    case .taskEnded(let ending):
      guard let task = state.tasks.removeValue(forKey: record.task) else { return }
      state.done += 1
      var hasFailed = false
      if case .failed = ending { hasFailed = true }
      if hasFailed { state.failed += 1 }
      guard var parent = state.tasks.removeValue(forKey: task.parent) else { return }
      parent.openChildren -= 1
      parent.endedChildren += 1
      if hasFailed { parent.failedChildren += 1 }
      if parent.children.count > 2 * parent.openChildren + 16 {
        parent.children.removeAll { $0 == record.task || state.tasks[$0] == nil }
      }
      state.tasks[task.parent] = parent
    case .waiting(let reason, _): note(reason, record, &state)
    case .resumed: note(nil, record, &state)
    case .retrying: state.tasks[record.task]?.retries += 1
    default: break
    }
  }

  private func note(_ wait: WaitReason?, _ record: RunRecord, _ state: inout State) {
    guard let place = state.tasks.index(forKey: record.task) else { return }
    state.tasks.values[place].wait = wait
    state.tasks.values[place].since = record.time
  }

  /// The tree at a time, in nanoseconds since the run began.
  ///
  /// - Parameter rows: At most so many lines.
  public func lines(at time: Int64, rows: Int, _ style: TextStyle) -> [String] {
    state.withLock { state in
      // The script itself is a task as well; nobody counts it.
      let running = max(0, state.tasks.count - 1)
      var head = "\(Quantity.time(time))  \(Quantity.counted(running, "task")), \(Quantity.grouped(state.done)) done"
      if state.failed > 0 { head += ", \(Quantity.grouped(state.failed)) failed" }
      var lines = [style.bold(TextTable.cut(head, to: style.width - 1))]
      if let main = state.tasks[1] {
        lines.append(line("", main, time, style))
        add(main, "", 0, time, rows - 1, state, style, &lines)
      }
      if lines.count > rows { lines = Array(lines.prefix(rows - 1)) + [style.dim("…")] }
      return lines
    }
  }

  private func add(
    _ task: Task, _ indent: String, _ depth: Int, _ time: Int64, _ rows: Int, _ state: State, _ style: TextStyle,
    _ lines: inout [String]
  ) {
    let open = task.children.lazy.compactMap { state.tasks[$0] }
    let shown = Array(open.prefix(Self.mostChildren))
    let left = task.openChildren - shown.count
    for (index, child) in shown.enumerated() {
      if lines.count >= rows || depth > 20 { return }
      let isLast = index == shown.count - 1 && left == 0 && task.endedChildren == 0
      lines.append(line(indent + (isLast ? "└ " : "├ "), child, time, style))
      if child.openChildren > 0 {
        add(child, indent + (isLast ? "  " : "│ "), depth + 1, time, rows, state, style, &lines)
      }
    }
    if lines.count >= rows { return }
    var rest: [String] = []
    if left > 0 { rest.append("\(Quantity.grouped(left)) more") }
    if task.endedChildren > 0, task.openChildren > 0 { rest.append("\(Quantity.grouped(task.endedChildren)) done") }
    if task.failedChildren > 0 { rest.append("\(Quantity.grouped(task.failedChildren)) failed") }
    if !rest.isEmpty { lines.append(style.dim(indent + "└ " + rest.joined(separator: ", "))) }
  }

  private func line(_ indent: String, _ task: Task, _ time: Int64, _ style: TextStyle) -> String {
    let title = task.name + (task.arguments.map { "(\($0))" } ?? "")
    let what =
      task.hasBegun
      ? task.wait.map { "waits for \($0.text)" } ?? "runs"
      : task.wait.map { "waits for \($0.text)" } ?? "waits for its turn"
    var status = "\(what), \(Quantity.time(max(0, time - task.since)))"
    if task.retries > 0 { status += ", try \(task.retries + 1)" }
    // The states stand below each other; on a narrow terminal the names are worth more.
    let width = style.width - 1
    let column = width < 50 ? width : min(46, max(20, width - 30))
    let name = TextTable.cut(indent + title, to: column - 2)
    if width < 50 { return name }
    let space = String(repeating: " ", count: column - TextTable.columns(name))
    return name + space + style.dim(TextTable.cut(status, to: width - column))
  }
}
