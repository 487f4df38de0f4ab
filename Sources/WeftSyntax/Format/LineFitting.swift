/// Finds the brackets to break where lines are longer than 100 columns: blocks first, from the outside in, then the widest
/// bracket.
struct LineFitting {
  static let columns = 100

  private let layout: Layout
  private let writer: LayoutWriter
  /// The unbroken groups that begin on a line that is too long.
  private var candidates: [Int: [Int]] = [:]

  init(layout: Layout, writer: LayoutWriter) {
    self.layout = layout
    self.writer = writer
    for (index, group) in layout.groups.enumerated().dropFirst() where !group.isBroken && !layout.isEmpty(group) {
      let line = writer.extents[index].line
      if writer.width(writer.lines[line].code) > LineFitting.columns { candidates[line, default: []].append(index) }
    }
  }

  func groupsToBreak() -> Set<Int> {
    var result: Set<Int> = []
    for (line, groups) in candidates {
      let outermost = groups.filter { index in
        let parent = layout.groups[index].parent
        return layout.groups[parent].isBroken || writer.extents[parent].line != line
      }
      result.formUnion(choose(among: outermost, groups))
    }
    return result
  }

  private func choose(among outermost: [Int], _ all: [Int]) -> [Int] {
    let blocks = outermost.filter { layout.groups[$0].kind == .block }
    if !blocks.isEmpty { return blocks }
    for index in outermost.sorted(by: { (width($0), $0) > (width($1), $1) }) {
      let found = refine(index, all)
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The group itself, or those in it that had better be broken.
  private func refine(_ index: Int, _ all: [Int]) -> [Int] {
    let group = layout.groups[index]
    let inner = all.filter { layout.groups[$0].parent == index }
    // `xs.map(x => { … })`: the block at the end opens up, and the bracket stays.
    if let last = inner.last, layout.groups[last].closer == group.closer - 1,
      inner.filter({ layout.groups[$0].kind == .block }) == [last], writer.extents[last].start < LineFitting.columns
    {
      return [last]
    }
    if group.hasElements { return [index] }
    let fits = !group.holdsBreak && writer.extents[index].indent + 2 + width(index) <= LineFitting.columns
    if fits, group.kind != .postfix { return [index] }
    return choose(among: inner, all)
  }

  /// Columns between the brackets; what goes over several lines counts up to the end of the first.
  private func width(_ index: Int) -> Int {
    let extent = writer.extents[index]
    return (extent.end ?? writer.width(writer.lines[extent.line].code)) - extent.start - 1
  }
}
