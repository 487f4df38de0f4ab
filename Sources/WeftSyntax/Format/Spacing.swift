/// Whether a blank stands between two pieces on one line.
enum Spacing {
  static func isSpaced(_ before: Piece, _ after: Piece) -> Bool {
    switch before.kind {
    case .leftParen, .leftBracket: return false
    case .leftBrace: return before.marks.contains(.block)
    case .dot, .questionDot, .rangeClosed, .rangeHalfOpen: return false
    // `--x` would be another operator behind a name.
    case .minus where before.marks.contains(.negation): return after.kind == .minus
    default: break
    }
    switch after.kind {
    case .rightBrace: return after.marks.contains(.block)
    case .comma, .colon, .dot, .questionDot, .rangeClosed, .rangeHalfOpen, .rightParen, .rightBracket: return false
    case .leftParen, .leftBracket: return !opensPostfix(after, after: before)
    default: return true
    }
  }

  /// Whether `(` or `[` behind `before` belongs to it, as in a call.
  static func opensPostfix(_ bracket: Piece, after before: Piece) -> Bool {
    if before.isMember { return true }
    switch before.kind {
    case .name: return !before.marks.contains(.each)
    case .literal, .stringStart, .true, .false, .noneValue, .rightParen, .rightBracket, .rightBrace: return true
    case .sleep, .fetch, .compute, .await, .start, .gather, .race, .taskgroup, .finally:
      return bracket.kind == .leftParen
    default: return false
    }
  }

  /// An operator with two operands, or what else may end a line.
  static func isOperator(_ piece: Piece) -> Bool {
    if piece.isMember { return false }
    switch piece.kind {
    case .minus: return !piece.marks.contains(.negation)
    case .and, .or, .coalesce, .plus, .star, .slash, .floorSlash, .percent, .power, .equal, .notEqual, .less,
      .lessOrEqual, .greater, .greaterOrEqual, .in, .is, .assign, .plusAssign, .minusAssign, .starAssign, .slashAssign,
      .floorAssign, .percentAssign, .powerAssign, .arrow:
      return true
    default: return false
    }
  }
}
