import WeftMachine

extension Timeline {
  /// A picture of the run: rows by worker and task, waits, retries, failures, cancellations, and the critical path.
  ///
  /// - Parameter title: What stands above it.
  public func svg(title: String) -> String { TimelineSVG(self, title: title).text }

  /// Pictures of several runs below each other, on one scale: what takes longer is longer.
  public static func svg(_ runs: [(title: String, timeline: Timeline)]) -> String {
    let end = runs.map(\.timeline.end).max() ?? 0
    var body = ""
    var height = 0
    for (title, timeline) in runs {
      let picture = TimelineSVG(timeline, title: title, upTo: end)
      // A picture in a picture stands where it is told to.
      body += "<svg y=\"\(height)\"" + picture.text.dropFirst("<svg".count)
      height += picture.height
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 \(height)" width="1200" height="\(height)">
      \(body)</svg>

      """
  }
}

/// Draws a timeline. Up to some hundred rows each task has its bar; beyond, several rows share one, whose colour says what most
/// of their tasks do at that time.
struct TimelineSVG {
  private let timeline: Timeline
  private let layout: TimelineLayout
  private let path: CriticalPath
  private let frames: [TimelineLayout.Frame]
  /// For each task, those of the frames that it has opened.
  private let framesOfTask: [Int: [Int]]
  private let title: String
  /// When the first task of each row begins.
  private let firstTimes: [Int: Int64]
  private var body = ""

  private static let width = 1_200.0
  private static let left = 16.0
  private static let right = 16.0
  private static let top = 96.0
  private static let fontSize = 11.0
  /// More rows than these are drawn together.
  private static let mostRows = 240
  private static let groupHead = 22.0
  /// A critical path of more steps than these would hide what it goes along.
  private static let mostSteps = 150
  /// A frame or a label for a block that is narrower would say nothing.
  private static let leastFrame = 14.0

  private let rowHeight: Double
  /// Rows of tasks that stand in one of the picture.
  private let rowsTogether: Int

  /// Nanoseconds at the right end.
  private let end: Int64

  /// - Parameter end: Where the scale ends, in nanoseconds, if that is after the run.
  init(_ timeline: Timeline, title: String, upTo end: Int64 = 0) {
    self.timeline = timeline
    layout = TimelineLayout(timeline)
    self.end = max(layout.end, end)
    path = CriticalPath(timeline)
    frames = layout.frames().frames
    framesOfTask = Dictionary(grouping: frames.indices, by: { [frames] in frames[$0].task })
    self.title = title
    firstTimes = timeline.tasks.indices.reduce(into: [:]) { [layout] times, place in
      times[layout.rows[place]] = min(times[layout.rows[place]] ?? .max, layout.span(place).from)
    }
    rowsTogether = (layout.rowCount + Self.mostRows - 1) / Self.mostRows
    let shown = max(1, (layout.rowCount + max(1, rowsTogether) - 1) / max(1, rowsTogether))
    rowHeight = rowsTogether > 1 ? 3 : min(20, max(4, 760 / Double(shown)))
  }

  private var plotWidth: Double { Self.width - Self.left - Self.right }

  private func x(_ time: Int64) -> Double { Self.left + Double(time) / Double(end) * plotWidth }

  /// Where the groups begin, and the end of the last.
  private var edges: [Double] {
    layout.groups.reduce(into: [Self.top]) { edges, group in
      let rows = Double((group.rows.count + rowsTogether - 1) / max(1, rowsTogether))
      edges.append((edges.last ?? 0) + head(of: group) + rows * rowHeight + (isShort(group) ? 2 : 8))
    }
  }

  /// The title of a worker with one row stands in that row, if its first task leaves room there.
  private func isShort(_ group: TimelineLayout.Group) -> Bool {
    guard group.rows.count == 1, rowsTogether <= 1, rowHeight >= 13, let first = firstTimes[group.rows.lowerBound]
    else { return false }
    return x(first) > Self.left + PictureStyle.width(title(of: group), size: Self.fontSize) * 1.1 + 16
  }

  private func head(of group: TimelineLayout.Group) -> Double { isShort(group) ? 0 : Self.groupHead }

  private func title(of group: TimelineLayout.Group) -> String {
    let together = rowsTogether > 1 ? ", \(rowsTogether) rows of tasks in each of the picture" : ""
    return "\(group.title) · \(Quantity.counted(group.tasks, "task"))\(together)"
  }

  private var tops: [Double] { edges.dropLast() }

  var height: Int { Int(edges.last ?? Self.top) + 34 }

  var text: String {
    var copy = self
    return copy.draw()
  }

  private mutating func draw() -> String {
    let tops = tops
    let bottom = Double(height) - 34
    axis(from: Self.top - 8, to: bottom)
    for (group, top) in zip(layout.groups, tops) {
      let start = top + head(of: group)
      label(title(of: group), Self.left, isShort(group) ? top + rowHeight / 2 + 3 : top + 14, "class=\"group\"")
      if rowsTogether > 1 { drawTogether(group, start) } else { drawRows(group, start) }
    }
    let steps = path.parts.count { x($0.to) - x($0.from) >= 0.3 }
    if rowsTogether <= 1, steps <= Self.mostSteps { drawPath(tops) } else { drawPathAlone(bottom) }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(height)" width="\(Int(Self.width))" \
      height="\(height)" role="img" aria-label="\(PictureStyle.escaped(title))" font-family="\(PictureStyle.font)" \
      font-size="\(Int(Self.fontSize))">
      <style>\(PictureStyle.rules)</style>
      <rect width="100%" height="100%" class="f-bg"/>
      <text class="title" x="16" y="30">\(PictureStyle.escaped(title))</text>
      <text class="f-soft" x="16" y="48">\(PictureStyle.escaped(facts))</text>
      \(legend())\(body)</svg>

      """
  }

  private var facts: String {
    var facts = [Quantity.time(layout.end), Quantity.counted(timeline.tasks.count, "task")]
    if timeline.omitted > 0 { facts.append("\(Quantity.grouped(timeline.omitted)) more are not shown") }
    let shares = path.shares(timeline).prefix(3).map {
      "\($0.name) \(Quantity.share(Int($0.time), of: Int(layout.end)))"
    }
    if !shares.isEmpty { facts.append("critical path: " + shares.joined(separator: ", ")) }
    return facts.joined(separator: " · ")
  }

  private func legend() -> String {
    var text = ""
    var x = Self.left
    func entry(_ title: String, _ mark: String, _ width: Double) {
      text += mark
      text += "<text x=\"\(PictureStyle.number(x + width + 6))\" y=\"72\">\(title)</text>"
      x += width + 20 + PictureStyle.width(title, size: Self.fontSize)
    }
    for state in TimelineLayout.State.allCases {
      let isThin = state == .joining
      entry(
        state.title,
        "<rect class=\"f-\(state)\" x=\"\(PictureStyle.number(x))\" y=\"\(isThin ? 66 : 62)\" width=\"14\" height=\"\(isThin ? 3 : 11)\" rx=\"2\"/>",
        14)
    }
    for (title, color) in [("fails", "failed"), ("is cancelled", "cancelled"), ("tries again", "retry")] {
      entry(
        title,
        "<rect x=\"\(PictureStyle.number(x))\" y=\"62\" width=\"3\" height=\"11\" class=\"f-\(color)\"/>", 3)
    }
    entry("critical path", "<path class=\"path\" d=\"M\(PictureStyle.number(x)) 68h14\"/>", 14)
    return text
  }

  private mutating func axis(from top: Double, to bottom: Double) {
    for time in PictureStyle.marks(to: end, count: 10) {
      let place = PictureStyle.number(x(time))
      body += "<path class=\"grid\" d=\"M\(place) \(PictureStyle.number(top))V\(PictureStyle.number(bottom))\"/>"
      let isLast = x(time) > Self.width - 60
      label(
        PictureStyle.mark(time), x(time), bottom + 16,
        "class=\"f-soft\" text-anchor=\"\(time == 0 ? "start" : isLast ? "end" : "middle")\"")
    }
    body += "\n"
  }

  private mutating func label(_ text: String, _ x: Double, _ y: Double, _ attributes: String) {
    body +=
      "<text x=\"\(PictureStyle.number(x))\" y=\"\(PictureStyle.number(y))\" \(attributes)>\(PictureStyle.escaped(text))</text>"
  }

  private mutating func rectangle(
    _ style: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0
  ) {
    body += "<rect \(style) x=\"\(PictureStyle.number(x))\" y=\"\(PictureStyle.number(y))\""
    body += " width=\"\(PictureStyle.number(width))\" height=\"\(PictureStyle.number(height))\""
    body += (radius > 0 ? " rx=\"\(PictureStyle.number(radius))\"" : "") + "/>"
  }

  // MARK: A bar for each task

  private mutating func drawRows(_ group: TimelineLayout.Group, _ top: Double) {
    let gap = rowHeight >= 8 ? 2.0 : rowHeight >= 5 ? 1 : 0.5
    /// Where each row has been drawn up to, so that what is narrower than a pixel does not pile up.
    var drawn = [Double](repeating: -1, count: group.rows.count)
    let places = timeline.tasks.indices.filter { group.rows.contains(layout.rows[$0]) }
    if rowHeight >= 8 { drawFrames(group, top, gap) }
    for place in places.sorted(by: { layout.span($0).from < layout.span($1).from }) {
      let row = layout.rows[place] - group.rows.lowerBound
      let y = top + Double(row) * rowHeight
      let height = rowHeight - gap
      let (from, to) = layout.span(place)
      if x(to) - max(x(from), drawn[row]) < 0.6, x(to) <= drawn[row] + 0.6 { continue }
      for segment in layout.segments(place) {
        let start = max(x(segment.from), drawn[row])
        let width = x(segment.to) - start
        if width < 0.3 { continue }
        drawn[row] = max(drawn[row], start)
        let isThin = segment.state == .joining
        rectangle(
          "class=\"f-\(segment.state)\"", start, isThin ? y + height / 2 - 1 : y, width, isThin ? 2 : height,
          radius: rowHeight >= 8 && !isThin ? 2 : 0)
      }
      drawn[row] = max(drawn[row], x(to))
      drawMarks(place, y, height)
      if rowHeight >= 13 { drawName(place, y, height) }
    }
    body += "\n"
  }

  /// Around the tasks of each block, from the line of the task that opened it.
  private mutating func drawFrames(_ group: TimelineLayout.Group, _ top: Double, _ gap: Double) {
    for frame in frames where !frame.rows.isEmpty && group.rows.contains(layout.rows[frame.task]) {
      let width = x(frame.to) - x(frame.from)
      if width < Self.leastFrame { continue }
      let head = top + (Double(layout.rows[frame.task] - group.rows.lowerBound) + 0.5) * rowHeight - gap / 2
      let foot = top + Double(frame.rows.upperBound - group.rows.lowerBound) * rowHeight
      rectangle("class=\"block\"", x(frame.from), head, width, foot - head, radius: 3)
    }
  }

  private mutating func drawMarks(_ place: Int, _ y: Double, _ height: Double) {
    let task = timeline.tasks[place]
    for time in task.retries { rectangle("class=\"f-retry\"", x(time) - 1.5, y, 3, height) }
    if task.ending == .failed || task.ending == .cancelled {
      let color = task.ending == .failed ? "failed" : "cancelled"
      rectangle("class=\"f-\(color)\"", max(Self.left, x(task.ended) - 3), y, 3, height)
    }
  }

  /// The name stands in the widest part of the bar, those of the blocks where they begin.
  private mutating func drawName(_ place: Int, _ y: Double, _ height: Double) {
    let task = timeline.tasks[place]
    let segments = layout.segments(place)
    let name = timeline.string(task.name) ?? "task"
    var texts = [name + (timeline.string(task.arguments).map { "(\($0))" } ?? ""), name]
    var left = framesOfTask[place] ?? []
    /// What is written already.
    var written = 0.0..<0.0
    if let widest = segments.max(by: { $0.to - $0.from < $1.to - $1.from }) {
      if let frame = left.first(where: { frames[$0].from >= widest.from && x(frames[$0].from) - x(widest.from) < 4 }) {
        texts.insert("\(name) · \(frames[frame].title)", at: 0)
        left.removeAll { $0 == frame }
      }
      written = write(texts, in: widest, from: widest.from, to: widest.to, y, height)
    }
    var end = 0.0
    for frame in left {
      let (from, to) = (frames[frame].from, frames[frame].to)
      guard let segment = segments.first(where: { $0.to > from }), x(from) >= end else { continue }
      let start = max(from, segment.from)
      let room = min(to, segment.to)
      // Not where another text stands.
      if x(start) < written.upperBound, written.lowerBound < x(room), !written.isEmpty { continue }
      end = write([frames[frame].title], in: segment, from: start, to: room, y, height).upperBound
    }
  }

  /// Writes the first of some texts that fits, or else what fits of the last; gives where it stands.
  private mutating func write(
    _ texts: [String], in segment: TimelineLayout.Segment, from: Int64, to: Int64, _ y: Double, _ height: Double
  ) -> Range<Double> {
    let start = x(from)
    let room = x(to) - start - 10
    let text =
      texts.first { PictureStyle.width($0, size: Self.fontSize) <= room }
      ?? PictureStyle.fitting(texts.last ?? "", into: room, size: Self.fontSize)
    if text.isEmpty { return start..<start }
    let width = PictureStyle.width(text, size: Self.fontSize) + 6
    // It stands on the line; what is behind it has to be quiet.
    if segment.state == .joining { rectangle("class=\"f-bg\"", start + 2, y, width, height, radius: 2) }
    label(text, start + 5, y + height / 2 + 4, "class=\"f-on-\(segment.state)\"")
    return start..<start + width + 5
  }

  // MARK: Several rows in one

  /// What most of the tasks of some rows do, column by column.
  private mutating func drawTogether(_ group: TimelineLayout.Group, _ top: Double) {
    let columns = Int(plotWidth / 2)
    let columnWidth = plotWidth / Double(columns)
    let rows = (group.rows.count + rowsTogether - 1) / rowsTogether
    let states = TimelineLayout.State.allCases.count
    /// Nanoseconds of each state in each cell; and whether something failed there.
    var cells = [Float](repeating: 0, count: rows * columns * states)
    var failures: Set<Int> = []
    let perColumn = Double(end) / Double(columns)
    for place in timeline.tasks.indices where group.rows.contains(layout.rows[place]) {
      let row = (layout.rows[place] - group.rows.lowerBound) / rowsTogether
      for segment in layout.segments(place) {
        let first = min(columns - 1, Int(Double(segment.from) / perColumn))
        let last = min(columns - 1, Int(Double(segment.to) / perColumn))
        for column in first...max(first, last) {
          let from = max(Double(segment.from), Double(column) * perColumn)
          let to = min(Double(segment.to), Double(column + 1) * perColumn)
          cells[(row * columns + column) * states + segment.state.rawValue] += Float(max(0, to - from))
        }
      }
      if timeline.tasks[place].ending == .failed {
        failures.insert(row * columns + min(columns - 1, Int(Double(timeline.tasks[place].ended) / perColumn)))
      }
    }
    for row in 0..<rows {
      let y = top + Double(row) * rowHeight
      var column = 0
      while column < columns {
        let look = cell(cells, row * columns + column, states, perColumn)
        var end = column + 1
        while end < columns, cell(cells, row * columns + end, states, perColumn) == look { end += 1 }
        if let look {
          let opacity = look.quarters < 4 ? " opacity=\"\(PictureStyle.number(Double(look.quarters) / 4))\"" : ""
          rectangle(
            "class=\"f-\(TimelineLayout.State.allCases[look.state])\"\(opacity)",
            Self.left + Double(column) * columnWidth, y,
            Double(end - column) * columnWidth, rowHeight)
        }
        column = end
      }
    }
    for failure in failures {
      rectangle(
        "class=\"f-failed\"", Self.left + Double(failure % columns) * columnWidth,
        top + Double(failure / columns) * rowHeight, columnWidth, rowHeight)
    }
    body += "\n"
  }

  private struct Look: Equatable {
    let state: Int
    /// How full the rows are at that time.
    let quarters: Int
  }

  private func cell(_ cells: [Float], _ place: Int, _ states: Int, _ perColumn: Double) -> Look? {
    var best = 0
    var sum: Float = 0
    for state in 0..<states {
      let value = cells[place * states + state]
      sum += value
      if value > cells[place * states + best] { best = state }
    }
    if sum <= 0 { return nil }
    let share = Double(sum) / (perColumn * Double(rowsTogether))
    return Look(state: best, quarters: max(1, min(4, Int((share * 4).rounded()))))
  }

  // MARK: The critical path

  private mutating func drawPath(_ tops: [Double]) {
    var d = ""
    var isFirst = true
    for part in path.parts where x(part.to) - x(part.from) >= 0.3 {
      let row = layout.rows[part.task]
      guard let group = layout.groups.firstIndex(where: { $0.rows.contains(row) }) else { continue }
      let start = tops[group] + head(of: layout.groups[group])
      let y = start + Double(row - layout.groups[group].rows.lowerBound + 1) * rowHeight - 1
      d += (isFirst ? "M" : "L") + "\(PictureStyle.number(x(part.from))) \(PictureStyle.number(y))"
      d += "H\(PictureStyle.number(x(part.to)))"
      isFirst = false
    }
    if !d.isEmpty { body += "<path class=\"path\" d=\"\(d)\"/>" }
  }

  /// Where rows share bars, the path has a row of its own at the foot: its tasks by turns.
  private mutating func drawPathAlone(_ bottom: Double) {
    var d = ""
    for (index, part) in path.parts.enumerated() where x(part.to) - x(part.from) >= 0.5 {
      d += "M\(PictureStyle.number(x(part.from))) \(PictureStyle.number(bottom - 2 - Double(index % 2) * 3))"
      d += "H\(PictureStyle.number(x(part.to)))"
    }
    if !d.isEmpty { body += "<path class=\"path\" d=\"\(d)\"/>" }
  }
}
