/// The pieces of a script with the brackets around them, and the decisions where lines end. What the writer makes depends
/// on nothing else, so that formatting twice is formatting once.
struct Layout {
  /// What stands between two brackets, or the whole file.
  struct Group {
    enum Kind { case file, block, list, parentheses, postfix }

    let kind: Kind
    let parent: Int
    /// The places of its brackets; the file's are -1 and that of the end.
    let opener: Int
    var closer = 0
    /// It has one element or clause after the other.
    var hasElements = false
    /// Its brackets end lines.
    var isBroken = false
    /// Each element begins a line, because they did not fit on one.
    var isForced = false
    /// Something in it goes over several lines.
    var holdsBreak = false

    /// Blocks have statements, other brackets elements.
    var isBlock: Bool { kind == .block || kind == .file }
  }

  /// What a piece is to the group that it stands in.
  enum Place { case first, statement, element, inner, closer }

  private(set) var pieces: [Piece]
  private(set) var groups: [Group] = [Group(kind: .file, parent: 0, opener: -1)]
  /// The group that each piece stands in. A closing bracket stands in the group that it closes.
  private(set) var owner: [Int] = []
  /// The group that an opening bracket opens.
  private(set) var opened: [Int: Int] = [:]
  private(set) var places: [Place] = []
  /// Whether a line ends inside an expression before a piece, because it did and may.
  private(set) var isKept: [Bool] = []

  init(pieces: [Piece]) {
    self.pieces = pieces
    findGroups()
    for index in pieces.indices { places.append(place(of: index)) }
    for index in pieces.indices { isKept.append(keeps(index)) }
    for index in pieces.indices where places[index] == .element { groups[owner[index]].hasElements = true }
    groups[0].isBroken = true
    for index in pieces.indices where breaksGroup(index) {
      groups[owner[index]].isBroken = true
    }
    // Where the first element stands beside the bracket, there are no lines worth keeping.
    for index in groups.indices where groups[index].isBroken && groups[index].hasElements {
      if !pieces[groups[index].opener + 1].newlineBefore { groups[index].isForced = true }
    }
    for index in pieces.indices where isKept[index] || pieces[index].isMultiline {
      groups[owner[index]].holdsBreak = true
    }
    spread()
  }

  /// Gives each of these groups a line for each element.
  mutating func force(_ tooLong: Set<Int>) {
    for group in tooLong {
      groups[group].isBroken = true
      groups[group].isForced = true
    }
    spread()
  }

  func endsLine(before index: Int) -> Bool {
    let group = groups[owner[index]]
    switch places[index] {
    case .first, .statement, .closer: return group.isBroken
    case .element:
      return group.isBroken && (group.isForced || pieces[index].newlineBefore)
    case .inner: return isKept[index]
    }
  }

  func isEmpty(_ group: Group) -> Bool { group.closer == group.opener + 1 }

  // MARK: Reading the structure

  private mutating func findGroups() {
    var open = [0]
    for (index, piece) in pieces.enumerated() {
      let innermost = open.last ?? 0
      owner.append(innermost)
      switch piece.kind {
      case .leftParen, .leftBracket, .leftBrace:
        opened[index] = groups.count
        open.append(groups.count)
        groups.append(Group(kind: groupKind(index), parent: innermost, opener: index))
      case .rightParen, .rightBracket, .rightBrace, .end:
        groups[innermost].closer = index
        if groups[innermost].kind == .block { pieces[index].marks.insert(.block) }
        open.removeLast()
      default: break
      }
    }
  }

  private func groupKind(_ index: Int) -> Group.Kind {
    if pieces[index].marks.contains(.block) { return .block }
    if pieces[index].kind == .leftBrace { return .list }
    let isPostfix = index > 0 && Spacing.opensPostfix(pieces[index], after: pieces[index - 1])
    if pieces[index].kind == .leftBracket { return isPostfix ? .postfix : .list }
    return isPostfix ? .list : .parentheses
  }

  private func place(of index: Int) -> Place {
    let group = groups[owner[index]]
    if group.closer == index { return .closer }
    if group.opener == index - 1 { return .first }
    if pieces[index].marks.contains(.statement), group.isBlock { return .statement }
    if pieces[index].marks.contains(.clause) { return .element }
    return pieces[index - 1].kind == .comma && !group.isBlock ? .element : .inner
  }

  /// A newline inside an expression stays where people put one: before a member, beside an operator, behind `=`, and where
  /// a comment needs it.
  private func keeps(_ index: Int) -> Bool {
    let piece = pieces[index]
    guard places[index] == .inner, piece.newlineBefore else { return false }
    if !piece.comments.isEmpty { return true }
    if piece.marks.contains(.block) { return false }
    switch piece.kind {
    case .dot, .questionDot: return true
    default: break
    }
    return Spacing.isOperator(piece) || Spacing.isOperator(pieces[index - 1]) || pieces[index - 1].kind == .comma
  }

  private func breaksGroup(_ index: Int) -> Bool {
    let group = groups[owner[index]]
    switch places[index] {
    case .closer: return pieces[index].newlineBefore && (!isEmpty(group) || !pieces[index].comments.isEmpty)
    case .first, .statement, .element: return pieces[index].newlineBefore
    case .inner: return isKept[index]
    }
  }

  /// A block in which a line ends has its braces on lines of their own; other brackets may hold what goes over several
  /// lines. Inner groups come after those around them.
  private mutating func spread() {
    for index in groups.indices.dropFirst().reversed() {
      if groups[index].kind == .block, groups[index].holdsBreak { groups[index].isBroken = true }
      if groups[index].isBroken || groups[index].holdsBreak { groups[groups[index].parent].holdsBreak = true }
    }
  }
}
