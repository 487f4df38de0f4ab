import WeftMachine

/// What a run's length hangs on: from its end back to its start, at each moment the task that all others waited for. To shorten
/// the run, one has to shorten a part of it.
public struct CriticalPath: Sendable, Equatable {
  public struct Part: Sendable, Equatable {
    /// Of the timeline's tasks.
    public let task: Int
    public let from: Int64
    public let to: Int64
  }

  /// Waits that end because another task does.
  private static let hangOnOthers: Set<WaitReason> = [.tasks, .task, .permit, .place]

  /// In the order of time.
  public let parts: [Part]

  public init(_ timeline: Timeline) {
    /// The tasks of each block by their ends, and by their ids.
    var members: [UInt64: [Int]] = [:]
    for (place, task) in timeline.tasks.enumerated() where task.ended >= 0 {
      var block = task.block
      members[block, default: []].append(place)
      // A limiter around the block is what its tasks pass as well.
      var levels = 0
      while levels < 100, let inner = timeline.block(block), let outer = timeline.block(inner.parent),
        outer.task == inner.task
      {
        levels += 1
        block = outer.id
        if outer.kind == .semaphore || outer.kind == .pool { members[block, default: []].append(place) }
      }
    }
    for block in members.keys { members[block]?.sort { timeline.tasks[$0].ended < timeline.tasks[$1].ended } }
    /// The last of a block that had ended by then.
    func last(of block: UInt64, endedBy time: Int64, not excluded: Int) -> Int? {
      guard let tasks = members[block] else { return nil }
      var low = 0
      var high = tasks.count
      while low < high {
        let middle = (low + high) / 2
        if timeline.tasks[tasks[middle]].ended <= time { low = middle + 1 } else { high = middle }
      }
      while low > 0, tasks[low - 1] == excluded { low -= 1 }
      return low > 0 ? tasks[low - 1] : nil
    }

    var parts: [Part] = []
    guard !timeline.tasks.isEmpty else {
      self.parts = []
      return
    }
    var current = 0
    var time = timeline.tasks[0].ended < 0 ? timeline.end : timeline.tasks[0].ended
    var steps = 0
    func add(_ from: Int64) {
      if from < time { parts.append(Part(task: current, from: from, to: time)) }
      time = min(time, from)
    }
    // Each step goes back in time or to another task; what is damaged must not go round in circles.
    while steps < 200_000 {
      steps += 1
      let task = timeline.tasks[current]
      let wait = Self.lastWait(of: task, before: time)
      let begins = max(task.began, task.started)
      if let wait, wait.from >= begins {
        let ended = wait.to < 0 ? time : min(wait.to, time)
        let cause =
          wait.reason == .task
          ? timeline.place(ofTask: wait.on) : last(of: wait.on, endedBy: ended, not: current)
        if let cause, cause != current, timeline.tasks[cause].ended > wait.from, timeline.tasks[cause].ended <= ended {
          add(timeline.tasks[cause].ended)
          current = cause
          continue
        }
        add(wait.from)
        continue
      }
      add(begins)
      if task.began > task.started, let before = last(of: task.block, endedBy: task.began, not: current),
        timeline.tasks[before].ended > task.started
      {
        // It waited for a permit or a worker that another one had.
        add(timeline.tasks[before].ended)
        current = before
        continue
      }
      add(task.started)
      guard let parent = timeline.place(ofTask: task.parent), parent != current else { break }
      current = parent
    }
    self.parts = parts.reversed()
  }

  /// The last wait for another task that had begun by a time: waits stand in their order.
  private static func lastWait(of task: Timeline.Task, before time: Int64) -> Timeline.Wait? {
    var low = 0
    var high = task.waits.count
    while low < high {
      let middle = (low + high) / 2
      if task.waits[middle].from < time { low = middle + 1 } else { high = middle }
    }
    return task.waits[..<low].last { hangOnOthers.contains($0.reason) }
  }

  /// How long each of the names is in it, the longest first.
  public func shares(_ timeline: Timeline) -> [(name: String, time: Int64)] {
    var times: [Int32: Int64] = [:]
    for part in parts { times[timeline.tasks[part.task].name, default: 0] += part.to - part.from }
    return times.map { (timeline.string($0.key) ?? "?", $0.value) }.sorted { ($1.time, $0.name) < ($0.time, $1.name) }
  }
}
