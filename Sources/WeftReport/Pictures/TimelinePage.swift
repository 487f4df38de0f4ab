import WeftMachine

extension RunReport {
  /// The run as a page that needs nothing else: its figures, the spread of its latencies, and the timeline to zoom into.
  public var page: [UInt8] {
    let layout = TimelineLayout(timeline)
    let path = CriticalPath(timeline)
    var data = JSONWriter()
    data.object { writer in
      writer.value("end", layout.end)
      writer.value("rows", layout.rowCount)
      writer.array("groups") { writer in
        for group in layout.groups {
          writer.array { writer in
            writer.value(group.title)
            writer.value(group.rows.lowerBound)
            writer.value(group.rows.count)
            writer.value(group.tasks)
          }
        }
      }
      writer.array("strings") { writer in for text in timeline.strings { writer.value(text) } }
      writer.array("reasons") { writer in for reason in WaitReason.allCases { writer.value(reason.text) } }
      writer.array("states") { writer in for state in TimelineLayout.State.allCases { writer.value(state.title) } }
      writer.newline()
      let (frames, around) = layout.frames()
      writer.array("tasks") { writer in
        for place in timeline.tasks.indices { Self.write(place, layout, in: around[place], to: &writer) }
      }
      writer.newline()
      writer.array("blocks") { writer in
        for frame in frames {
          writer.array { writer in
            writer.value(frame.title)
            for number in [frame.task, frame.rows.lowerBound, frame.rows.count] { writer.value(number) }
            writer.value(frame.from)
            writer.value(frame.to)
            writer.value(frame.isCancelled ? 1 : 0)
          }
        }
      }
      writer.newline()
      writer.array("path") { writer in
        for part in path.parts {
          writer.value(part.task)
          writer.value(part.from)
          writer.value(part.to)
        }
      }
    }
    let head =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      + "<title>\(PictureStyle.escaped(script)) · a run of weft</title><style>\(PictureStyle.css)\(PageParts.css)</style></head>\n"
    let body = """
      <body><header><h1>\(PictureStyle.escaped(script))</h1><p>\(PictureStyle.escaped(pageFacts(layout, path)))</p></header>
      <main><section aria-label="timeline"><div class="bar"><div class="legend">\(PageParts.legend)</div>
      <div class="buttons"><button id="in" title="zoom in (+)">+</button><button id="out" title="zoom out (-)">−</button>\
      <button id="all" title="all of the run (0)">all</button></div></div>
      <canvas id="timeline" tabindex="0" role="img" aria-label="The timeline of \(Quantity.counted(timeline.tasks.count, "task")). \
      Wheel or + and - zoom, dragging and the arrows move, 0 shows all."></canvas>
      <p class="soft hint">wheel: zoom · shift and wheel: height of the rows · drag: move · click: keep what is shown</p>
      <div id="tip" role="tooltip" hidden></div></section>
      \(PageParts.figures(self))</main>
      <script type="application/json" id="data">
      """
    return Array((head + body).utf8) + data.bytes
      + Array("</script>\n<script>\n\(PageParts.script)\n</script></body></html>\n".utf8)
  }

  private func pageFacts(_ layout: TimelineLayout, _ path: CriticalPath) -> String {
    var facts = [Quantity.time(elapsed) + (isVirtual ? " on the virtual clock" : "")]
    facts.append(
      Quantity.counted(timeline.tasks.count, "task")
        + (timeline.omitted > 0 ? ", \(Quantity.grouped(timeline.omitted)) more not shown" : ""))
    let requests = summary.fetches.reduce(0) { $0 + $1.count }
    if requests > 0 { facts.append(Quantity.counted(requests, "request")) }
    let shares = path.shares(timeline).prefix(3).map {
      "\($0.name) \(Quantity.share(Int($0.time), of: Int(layout.end)))"
    }
    if !shares.isEmpty { facts.append("critical path: " + shares.joined(separator: ", ")) }
    if let error { facts.append(error) }
    return facts.joined(separator: " · ")
  }

  private static func write(_ place: Int, _ layout: TimelineLayout, in frame: Int, to writer: inout JSONWriter) {
    let task = layout.timeline.tasks[place]
    let (from, to) = layout.span(place)
    writer.newline()
    writer.array { writer in
      writer.value(layout.rows[place])
      writer.value(from)
      writer.value(to)
      writer.value(Int64(task.name))
      writer.value(Int64(task.arguments))
      writer.value(Int64(task.ending.rawValue))
      writer.value(Int64(task.note))
      writer.value(layout.timeline.place(ofTask: task.parent) ?? -1)
      writer.array { writer in
        for segment in layout.segments(place) {
          writer.value(segment.from)
          writer.value(segment.to)
          writer.value(segment.state.rawValue)
          writer.value(Int64(segment.label))
          writer.value(segment.reason.map { Int(WaitReason.allCases.firstIndex(of: $0) ?? 0) } ?? -1)
        }
      }
      writer.array { writer in for time in task.retries { writer.value(time) } }
      writer.value(frame)
    }
  }
}
