import WeftCompiler
import WeftMachine

/// Where the tasks of a timeline stand: those of one worker together, what a task has started right below it, and what does not
/// overlap in one row.
struct TimelineLayout {
  /// Rows that belong to one machine.
  struct Group {
    /// `tasks of the script`, `worker 3 (threads)`.
    let title: String
    let rows: Range<Int>
    let tasks: Int
  }

  /// A part of a bar in one state.
  struct Segment {
    let from: Int64
    let to: Int64
    let state: State
    /// Of the strings of the timeline; -1 if there is nothing more to say.
    let label: Int32
    let reason: WaitReason?
    let on: UInt64
  }

  /// What a colour stands for.
  enum State: Int, CaseIterable {
    case running, network, sleeping, queueing, joining

    var title: String {
      switch self {
      case .running: "runs"
      case .network: "waits for an answer or a file"
      case .sleeping: "sleeps"
      case .queueing: "waits for its turn"
      case .joining: "waits for its tasks"
      }
    }

    init(_ reason: WaitReason) {
      switch reason {
      case .fetch, .file, .host: self = .network
      case .timer: self = .sleeping
      case .tasks, .task, .worker: self = .joining
      case .core: self = .running
      default: self = .queueing
      }
    }
  }

  let timeline: Timeline
  /// For each task, its row.
  private(set) var rows: [Int]
  private(set) var groups: [Group] = []
  private(set) var rowCount = 0
  /// Nanoseconds from the start of the run to the end of what is known.
  let end: Int64

  private var children: [[Int]]

  init(_ timeline: Timeline) {
    self.timeline = timeline
    rows = [Int](repeating: 0, count: timeline.tasks.count)
    children = [[Int]](repeating: [], count: timeline.tasks.count)
    end = max(1, timeline.end)
    // Those that stand by themselves: the script, and what workers were given.
    var roots: [UInt32: [Int]] = [:]
    for (place, task) in timeline.tasks.enumerated() {
      if let parent = timeline.place(ofTask: task.parent), timeline.tasks[parent].worker == task.worker {
        children[parent].append(place)
      } else {
        roots[task.worker, default: []].append(place)
      }
    }
    for worker in roots.keys.sorted() {
      let first = rowCount
      let own = roots[worker] ?? []
      rowCount += place(own, from: first)
      let count = timeline.tasks.count { $0.worker == worker }
      let pool = timeline.workers[worker]
      let number = groups.count
      groups.append(
        Group(
          title: worker == 0 ? "script" : "worker \(number)\(pool.map { " · \($0.title)" } ?? "")",
          rows: first..<rowCount,
          tasks: count))
    }
  }

  /// When the bar of a task begins and ends.
  func span(_ place: Int) -> (from: Int64, to: Int64) {
    let task = timeline.tasks[place]
    // What a worker was given stands in its row from when it had it.
    let isHanded =
      task.worker != 0 && timeline.place(ofTask: task.parent).map { timeline.tasks[$0].worker != task.worker } ?? true
    let from = isHanded && task.began >= 0 ? task.began : task.started
    return (from, max(from, task.ended < 0 ? end : task.ended))
  }

  /// Puts tasks and all that is below them into rows from `first` on; gives how many rows they took. Tasks are few levels deep
  /// here as a rule, but a chain of them may be long: so the stack is a list.
  private mutating func place(_ roots: [Int], from first: Int) -> Int {
    // Heights first, from the leaves up: children come behind their parents.
    var heights = [Int](repeating: 1, count: timeline.tasks.count)
    var offsets = [Int](repeating: 0, count: timeline.tasks.count)
    for task in timeline.tasks.indices.reversed() where !children[task].isEmpty {
      heights[task] = 1 + pack(children[task], heights, &offsets)
    }
    let height = pack(roots, heights, &offsets)
    var open = roots
    for root in roots { rows[root] = first + offsets[root] }
    while let task = open.popLast() {
      for child in children[task] {
        rows[child] = rows[task] + 1 + offsets[child]
        open.append(child)
      }
    }
    return height
  }

  /// Gives each of the tasks the first rows that are free for it and what is below it; gives the number of rows.
  private func pack(_ tasks: [Int], _ heights: [Int], _ offsets: inout [Int]) -> Int {
    /// When each row becomes free.
    var ends: [Int64] = []
    var free = FreeRows()
    for task in tasks {
      let (from, _) = span(task)
      let to = reach(task)
      let height = heights[task]
      if height == 1 {
        let row = free.take(at: from) ?? ends.count
        if row == ends.count { ends.append(to) } else { ends[row] = to }
        free.add(row, until: to)
        offsets[task] = row
        continue
      }
      // A tree of tasks stands in rows of its own size, wherever they are.
      var row = 0
      var run = 0
      while row < ends.count, run < height {
        run = ends[row] <= from ? run + 1 : 0
        row += 1
      }
      let start = row - run
      while ends.count < start + height { ends.append(0) }
      for row in start..<start + height { ends[row] = to }
      free.remove(start..<start + height)
      for row in start..<start + height { free.add(row, until: to) }
      offsets[task] = start
    }
    return ends.count
  }

  /// When a task and all that it started have ended: tasks outlive nobody who started them.
  private func reach(_ task: Int) -> Int64 { span(task).to }

  /// The parts of a bar, in order and without gaps.
  func segments(_ place: Int) -> [Segment] {
    let task = timeline.tasks[place]
    let (from, to) = span(place)
    var result: [Segment] = []
    var at = from
    func add(_ until: Int64, _ state: State, _ label: Int32 = -1, _ reason: WaitReason? = nil, _ on: UInt64 = 0) {
      if until > at {
        // One wait for a turn after the other is one wait: a loop that starts what a limit holds up has a thousand of them.
        let isSame = state == .queueing && label < 0 && result.last.map { $0.state == state && $0.label < 0 } ?? false
        let start = isSame ? result.removeLast().from : at
        result.append(Segment(from: start, to: until, state: state, label: label, reason: reason, on: on))
      }
      at = max(at, until)
    }
    for wait in task.waits {
      // Before it first runs, a task waits for its turn whether it says so or not.
      add(wait.from, task.began < 0 || at < task.began ? .queueing : .running)
      if wait.from < at, wait.to >= 0, wait.to <= at { continue }
      add(wait.to < 0 ? to : min(wait.to, to), State(wait.reason), wait.label, wait.reason, wait.on)
    }
    if task.began > at { add(min(task.began, to), .queueing) }
    add(to, task.began < 0 ? .queueing : .running)
    return result
  }
}

extension PoolKind {
  /// What a worker of such a pool is.
  var title: String {
    switch self {
    case .compute: "core"
    case .threads: "thread"
    case .tasks: "Swift task"
    case .processes: "process"
    }
  }
}

/// Rows by when they become free, and those that are.
private struct FreeRows {
  private var busy: [(until: Int64, row: Int)] = []
  private var free: [Int] = []

  /// The lowest row that is free at a time.
  mutating func take(at time: Int64) -> Int? {
    while let first = busy.first, first.until <= time {
      popBusy()
      insert(first.row)
    }
    guard let lowest = free.last else { return nil }
    free.removeLast()
    return lowest
  }

  mutating func add(_ row: Int, until time: Int64) {
    busy.append((time, row))
    var child = busy.count - 1
    while child > 0, busy[child] < busy[(child - 1) / 2] {
      busy.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func remove(_ rows: Range<Int>) {
    free.removeAll { rows.contains($0) }
    let kept = busy.filter { !rows.contains($0.row) }
    busy = []
    for entry in kept { add(entry.row, until: entry.until) }
  }

  /// The list is in falling order, so that the lowest is at its end.
  private mutating func insert(_ row: Int) {
    var low = 0
    var high = free.count
    while low < high {
      let middle = (low + high) / 2
      if free[middle] > row { low = middle + 1 } else { high = middle }
    }
    free.insert(row, at: low)
  }

  private mutating func popBusy() {
    busy.swapAt(0, busy.count - 1)
    busy.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < busy.count && busy[child] < busy[least] {
        least = child
      }
      if least == parent { return }
      busy.swapAt(parent, least)
      parent = least
    }
  }
}
