extension Image {
  /// The code of a program for people who work on the machine: each function with its instructions and handlers.
  public var disassembly: String {
    var text = ""
    for function in functions where function.source >= 0 { text += disassembly(of: function) }
    return text
  }

  /// The same for one function and those that its code makes: anonymous tasks, and the bodies of blocks.
  public func disassembly(of function: Int) -> String {
    var text = ""
    var open = [function]
    var seen: Set<Int> = []
    while let next = open.popLast() {
      guard functions.indices.contains(next), seen.insert(next).inserted else { continue }
      text += disassembly(of: functions[next])
      for index in functions[next].start..<functions[next].end {
        let instruction = Instruction(word: code[index])
        switch Opcode(rawValue: instruction.op) {
        case .closure, .loadFunction:
          if functions.indices.contains(instruction.bx), functions[instruction.bx].role != .task {
            open.append(instruction.bx)
          }
        default: break
        }
      }
    }
    return text
  }

  private func disassembly(of function: Function) -> String {
    var text = ""
    text += "\(function.role.rawValue) \(function.name)(\(function.parameters.joined(separator: ", ")))"
    text += "  \(function.registers) registers\n"
    var index = function.start
    while index < function.end {
      let instruction = Instruction(word: code[index])
      let op = Opcode(rawValue: instruction.op)
      let name = op.map { "\($0)" } ?? "?"
      let line =
        sources.indices.contains(function.source) ? sources[function.source].line(at: Int(spans[index].start)) : 0
      text += "  \(padded("\(index - function.start)", 5)) \(padded("line \(line)", 10)) \(padded(name, 22))"
      text += " a=\(instruction.a) b=\(instruction.b) c=\(instruction.c)"
      if instruction.flags != 0 { text += " flags=\(instruction.flags)" }
      text += note(op, instruction, at: index - function.start)
      text += "\n"
      index += 1
    }
    for handler in function.handlers {
      text += "  \(handler.kind) \(handler.start - function.start)..<\(handler.end - function.start)"
      text += handler.kind == .cause ? "" : " → \(handler.target - function.start)"
      text += " R\(handler.register)\n"
    }
    text += "\n"
    return text
  }

  private func note(_ op: Opcode?, _ instruction: Instruction, at position: Int) -> String {
    switch op {
    case .loadConstant where constants.indices.contains(instruction.bx): "  ; \(constants[instruction.bx])"
    case .getMember where constants.indices.contains(instruction.c): "  ; \(constants[instruction.c])"
    case .getGlobal, .setGlobal: globals.indices.contains(instruction.bx) ? "  ; \(globals[instruction.bx].name)" : ""
    case .callFunction: functions.indices.contains(instruction.c) ? "  ; \(functions[instruction.c].name)" : ""
    case .callBuiltin: "  ; \(BuiltinFunction(rawValue: UInt16(instruction.c))?.name ?? "?")"
    case .callMethod:
      BuiltinMethods.names.indices.contains(instruction.c) ? "  ; .\(BuiltinMethods.names[instruction.c])" : ""
    case .jump, .jumpIfFalse, .jumpIfTrue, .jumpIfNone, .jumpIfNotNone, .jumpIfSet, .jumpBack, .rangePrepare,
      .rangeNext:
      "  → \(position + 1 + instruction.bx)"
    default: ""
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
