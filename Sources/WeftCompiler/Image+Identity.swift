extension Image {
  /// The same for the same program compiled by the same Weft, in any process and on any machine; most likely different for
  /// another. By it a parent knows that a worker process means the same by an index as itself. It says nothing of the names of
  /// the files and of the comments in them.
  ///
  /// ```swift
  /// let one = try Script(compiling: "print(1)").image.identity
  /// let two = try Script(compiling: "print(2)").image.identity
  /// assert(one != two)
  /// ```
  public var identity: UInt64 {
    var hash = StableHash()
    hash.add(code.count)
    for word in code { hash.add(word) }
    hash.add(functions.count)
    for function in functions { hash.add(function) }
    hash.add(constants.count)
    for constant in constants { hash.add(constant) }
    hash.add(globals.count)
    for global in globals {
      hash.add(global.name)
      hash.add(global.isVariable ? 1 : 0)
    }
    hash.add(params.count)
    for param in params {
      hash.add(param.name)
      hash.add(param.global)
      hash.add(param.type.rawValue)
    }
    for (kind, parent) in kindParents.sorted(by: { $0.key < $1.key }) {
      hash.add(kind)
      hash.add(parent)
    }
    for function in initializers { hash.add(function) }
    hash.add(main)
    hash.add(Int(purpose.rawValue))
    return hash.value
  }
}

/// A hash that is the same in every process, as Swift's own is not: FNV-1a, a word at a time.
private struct StableHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x100_0000_01B3
    // What the multiplication moves up would else never come down again.
    value ^= value >> 29
  }

  mutating func add(_ int: Int) { add(UInt64(bitPattern: Int64(int))) }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    for byte in text.utf8 { add(UInt64(byte)) }
  }

  mutating func add(_ function: Image.Function) {
    add(function.name)
    add(function.role.rawValue)
    add(function.parameters.count)
    for parameter in function.parameters { add(parameter) }
    for number in [function.source, function.required, function.registers, function.start, function.end] { add(number) }
    add(function.handlers.count)
    for handler in function.handlers {
      for number in [
        handler.start, handler.end, handler.target, Int(handler.kind.rawValue), handler.register, handler.height,
      ] {
        add(number)
      }
    }
    add(function.captures.count)
    for capture in function.captures {
      switch capture {
      case .register(let index): add(2 * index)
      case .capture(let index): add(2 * index + 1)
      }
    }
  }

  mutating func add(_ constant: Image.Constant) {
    switch constant {
    case .int(let value): add(1, UInt64(bitPattern: value))
    case .bigInt(let digits): add(2, digits)
    case .float(let bits): add(3, bits)
    case .string(let text): add(4, text)
    case .duration(let nanoseconds): add(5, UInt64(bitPattern: nanoseconds))
    case .rate(let bits): add(6, bits)
    case .errorKind(let name): add(7, name)
    case .labels(let names):
      add(8, UInt64(names.count))
      for name in names { add(name) }
    }
  }

  private mutating func add(_ tag: Int, _ word: UInt64) {
    add(tag)
    add(word)
  }

  private mutating func add(_ tag: Int, _ text: String) {
    add(tag)
    add(text)
  }
}
