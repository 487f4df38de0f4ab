/// The operators that work out a value from two others.
public enum ArithmeticOp: UInt8, CaseIterable, Sendable {
  case add, subtract, multiply, divide, floorDivide, remainder, power

  /// As a script writes it.
  public var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .floorDivide: "//"
    case .remainder: "%"
    case .power: "**"
    }
  }
}

/// The comparisons that need an order.
public enum OrderOp: UInt8, CaseIterable, Sendable {
  case less, lessOrEqual, greater, greaterOrEqual

  /// As a script writes it.
  public var symbol: String {
    switch self {
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }
}
