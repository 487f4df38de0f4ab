import WeftCompiler
import WeftMachine

extension TimelineLayout {
  /// A block, or several that are one in a picture, such as a `semaphore` with nothing but a `gather` in it.
  struct Frame {
    /// `semaphore › gather, line 4`.
    var title: String
    /// Of the timeline's tasks: the one that opened it.
    let task: Int
    /// From the row below that task to the lowest of those it started; empty if they stand with workers.
    let rows: Range<Int>
    let from: Int64
    let to: Int64
    /// For another reason than that its work was done.
    let isCancelled: Bool
  }

  /// Blocks whose bounds are nearer to each other than this part of the run are one.
  private static let together: Int64 = 300

  /// What stands around the tasks that blocks have started, outer ones first; and for each task the innermost around it, -1 for
  /// none.
  func frames() -> (frames: [Frame], around: [Int]) {
    var lowest = rows
    for place in timeline.tasks.indices.reversed() {
      guard let parent = parent(place), parent < place else { continue }
      lowest[parent] = max(lowest[parent], lowest[place])
    }
    let blocks = timeline.blocks
    /// The lowest row of the tasks of each block; -1 for none in this group, nil for no task at all.
    var reach = [Int?](repeating: nil, count: blocks.count)
    for (place, task) in timeline.tasks.enumerated() {
      guard let block = timeline.place(ofBlock: task.block), timeline.place(ofTask: blocks[block].task) != place else {
        continue
      }
      reach[block] = max(reach[block] ?? -1, parent(place) == nil ? -1 : lowest[place])
    }
    for block in blocks.indices.reversed() {
      guard let own = reach[block], let outer = timeline.place(ofBlock: blocks[block].parent), outer < block,
        blocks[outer].task == blocks[block].task
      else { continue }
      reach[outer] = max(reach[outer] ?? -1, own)
    }
    var frames: [Frame] = []
    /// The frame that each block is in, or is.
    var places = [Int](repeating: -1, count: blocks.count)
    for (index, block) in blocks.enumerated() {
      let outer = timeline.place(ofBlock: block.parent).flatMap { $0 < index ? $0 : nil }
      places[index] = outer.map { places[$0] } ?? -1
      guard let lowest = reach[index], let task = timeline.place(ofTask: block.task), block.kind.isShown else {
        continue
      }
      // The script itself is a taskgroup that nobody wrote.
      if block.kind == .taskgroup, outer == nil, timeline.tasks[task].parent == 0 { continue }
      let to = block.to < 0 ? end : block.to
      let rows = lowest < 0 ? rows[task] + 1..<rows[task] + 1 : rows[task] + 1..<max(rows[task], lowest) + 1
      let name = "\(block.kind)"
      if let around = outer.map({ places[$0] }), around >= 0, frames[around].task == task, frames[around].rows == rows,
        block.from - frames[around].from <= end / Self.together, frames[around].to - to <= end / Self.together
      {
        places[index] = around
        // Its line stands behind the last of the names.
        let parts = frames[around].title.split(separator: ",", maxSplits: 1)
        frames[around].title = "\(parts.first ?? "") › \(name),\(parts.last ?? "")"
        continue
      }
      places[index] = frames.count
      frames.append(
        Frame(
          title: "\(name), line \(block.line)", task: task, rows: rows, from: block.from, to: to,
          isCancelled: block.cancelled >= 0 && ![.winner, .left].contains(block.reason)))
    }
    let around = timeline.tasks.map { task in timeline.place(ofBlock: task.block).map { places[$0] } ?? -1 }
    return (frames, around)
  }

  /// The task that started one, if both stand with the same worker.
  private func parent(_ place: Int) -> Int? {
    guard let parent = timeline.place(ofTask: timeline.tasks[place].parent),
      timeline.tasks[parent].worker == timeline.tasks[place].worker
    else { return nil }
    return parent
  }
}

extension ScopeKind {
  /// What is no block of the script has no frame.
  fileprivate var isShown: Bool {
    switch self {
    case .root, .finally, .compute: false
    default: true
    }
  }
}
