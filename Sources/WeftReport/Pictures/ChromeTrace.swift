extension Timeline {
  /// The run in the form that Perfetto and `chrome://tracing` show: JSON with an event for each task and each wait.
  public func chromeTrace(script: String) -> [UInt8] {
    let layout = TimelineLayout(self)
    var writer = JSONWriter()
    writer.object { writer in
      writer.value("displayTimeUnit", "ms")
      writer.array("traceEvents") { writer in
        var known: Set<Int> = []
        for (number, group) in layout.groups.enumerated() {
          Self.name(&writer, "process_name", number, 0, number == 0 ? script : group.title)
        }
        for (place, task) in tasks.enumerated() {
          let row = layout.rows[place]
          let process = layout.groups.firstIndex { $0.rows.contains(row) } ?? 0
          if known.insert(row).inserted {
            Self.name(&writer, "thread_name", process, row, "row \(row - layout.groups[process].rows.lowerBound + 1)")
          }
          let (from, to) = layout.span(place)
          Self.event(&writer, string(task.name) ?? "task", "task", process, row, from, to) { writer in
            writer.value("task", Int64(clamping: task.id))
            if let arguments = string(task.arguments) { writer.value("arguments", arguments) }
            writer.value("ending", "\(task.ending)")
            if let note = string(task.note) { writer.value("note", note) }
          }
          for segment in layout.segments(place) where segment.state != .running {
            let name = string(segment.label) ?? segment.reason.map { "waits for \($0.text)" } ?? segment.state.title
            Self.event(&writer, name, "wait", process, row, segment.from, segment.to) { _ in }
          }
          for time in task.retries { Self.instant(&writer, "retry", process, row, time) }
        }
      }
    }
    return writer.bytes + [0x0A]
  }

  private static func name(_ writer: inout JSONWriter, _ kind: String, _ process: Int, _ thread: Int, _ name: String) {
    writer.newline()
    writer.object { writer in
      writer.value("ph", "M")
      writer.value("name", kind)
      writer.value("pid", process)
      writer.value("tid", thread)
      writer.object("args") { $0.value("name", name) }
    }
  }

  private static func event(
    _ writer: inout JSONWriter, _ name: String, _ category: String, _ process: Int, _ thread: Int, _ from: Int64,
    _ to: Int64, _ arguments: (inout JSONWriter) -> Void
  ) {
    writer.newline()
    writer.object { writer in
      writer.value("ph", "X")
      writer.value("name", name)
      writer.value("cat", category)
      writer.value("pid", process)
      writer.value("tid", thread)
      writer.value("ts", Double(from) / 1_000)
      writer.value("dur", Double(to - from) / 1_000)
      writer.object("args") { arguments(&$0) }
    }
  }

  private static func instant(_ writer: inout JSONWriter, _ name: String, _ process: Int, _ thread: Int, _ time: Int64)
  {
    writer.newline()
    writer.object { writer in
      writer.value("ph", "i")
      writer.value("s", "t")
      writer.value("name", name)
      writer.value("pid", process)
      writer.value("tid", thread)
      writer.value("ts", Double(time) / 1_000)
    }
  }
}
