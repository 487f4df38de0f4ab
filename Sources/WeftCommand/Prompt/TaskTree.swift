import Weft
import WeftMachine

/// The tasks that run, as `:tasks` shows them: each with what it waits for and for how long, those that it started below it.
struct TaskTree {
  /// Columns; nil where there is no terminal.
  let width: Int?

  func text(_ tasks: [TaskSnapshot]) -> String {
    tasks.map { lines(of: $0, "", "") }.joined()
  }

  private func lines(of task: TaskSnapshot, _ first: String, _ rest: String) -> String {
    var head = first
    if let number = task.number { head += "\(number)  " }
    if let block = task.block { head += "\(block): " }
    head += task.call
    var text = cut("\(head)  \(state(of: task))") + "\n"
    let inner = rest + (task.number == nil ? "" : "   ")
    for (index, child) in task.children.enumerated() {
      let isLast = index == task.children.count - 1 && task.moreChildren == 0
      text += lines(of: child, inner + (isLast ? "╰─ " : "├─ "), inner + (isLast ? "   " : "│  "))
    }
    if task.moreChildren > 0 { text += "\(inner)╰─ … \(task.moreChildren) more\n" }
    return text
  }

  private func state(of task: TaskSnapshot) -> String {
    var parts: [String] = []
    if task.isCancelled { parts.append("cancelled, cleans up") }
    if let wait = task.waitsFor {
      parts.append("waits \(Quantity.time(task.waitingTime)) for \(wait)")
    } else {
      parts.append("computes")
    }
    return parts.joined(separator: "; ") + ", age \(Quantity.time(task.age))"
  }

  private func cut(_ line: String) -> String {
    guard let width, line.count > width else { return line }
    return line.prefix(max(1, width - 1)) + "…"
  }
}
