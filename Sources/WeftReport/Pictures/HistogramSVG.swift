import WeftMachine

extension Latencies {
  /// How latencies are spread, as a picture.
  public func svg(title: String) -> String {
    let classes = classes(40)
    let most = Swift.max(1, classes.map(\.count).max() ?? 1)
    let width = 640.0
    let plot = (left: 16.0, top: 56.0, width: 608.0, height: 150.0)
    var body = ""
    let step = plot.width / Double(Swift.max(1, classes.count))
    for (index, part) in classes.enumerated() where part.count > 0 {
      let height = Swift.max(1, Double(part.count) / Double(most) * plot.height)
      body += "<rect class=\"f-network\" x=\"\(PictureStyle.number(plot.left + Double(index) * step + 0.5))\""
      body += " y=\"\(PictureStyle.number(plot.top + plot.height - height))\""
      body += " width=\"\(PictureStyle.number(Swift.max(1, step - 1)))\" height=\"\(PictureStyle.number(height))\">"
      body +=
        "<title>\(Quantity.time(part.from)) to \(Quantity.time(part.to)): \(Quantity.grouped(part.count))</title></rect>"
    }
    for index in stride(from: 0, through: classes.count, by: 10) {
      let time =
        index < classes.count
        ? classes[index].from : (classes.last.map { $0.from + ($0.from - (classes.dropLast().last?.from ?? 0)) } ?? 0)
      let anchor = index == 0 ? "start" : index == classes.count ? "end" : "middle"
      body +=
        "<text class=\"f-soft\" text-anchor=\"\(anchor)\" x=\"\(PictureStyle.number(plot.left + Double(index) * step))\""
      body += " y=\"\(PictureStyle.number(plot.top + plot.height + 18))\">\(Quantity.time(time))</text>"
    }
    let facts = [("p50", 50.0), ("p90", 90), ("p95", 95), ("p99", 99)].map { "\($0) \(Quantity.time(percentile($1)))" }
      .joined(separator: " · ")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) 240" width="\(Int(width))" height="240" role="img" \
      aria-label="\(PictureStyle.escaped(title))" font-family="\(PictureStyle.font)" font-size="11">
      <style>\(PictureStyle.rules)</style>
      <rect width="100%" height="100%" class="f-bg"/>
      <text class="title" style="font-size:14px" x="16" y="24">\(PictureStyle.escaped(title))</text>
      <text class="f-soft" x="16" y="42">\(Quantity.counted(count, "time")) · \(facts) · max \(Quantity.time(max))</text>
      \(body)
      <path class="grid" d="M16 206.5H624"/></svg>

      """
  }
}
