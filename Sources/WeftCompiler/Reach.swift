extension Image {
  /// The globals that a call of `function` may read or change, directly or by what it calls or makes a value of, in
  /// ascending order.
  ///
  /// ```swift
  /// let names = image.globals(reachedFrom: image.main).map { image.globals[Int($0)].name }
  /// ```
  public func globals(reachedFrom function: Int) -> [Int32] {
    var globals: Set<Int32> = []
    var seen: Set<Int> = [function]
    var open = [function]
    func visit(_ index: Int) {
      if functions.indices.contains(index), seen.insert(index).inserted { open.append(index) }
    }
    while let next = open.popLast() {
      guard functions.indices.contains(next) else { continue }
      for position in functions[next].start..<functions[next].end {
        let instruction = Instruction(word: code[position])
        switch Opcode(rawValue: instruction.op) {
        case .getGlobal, .setGlobal: globals.insert(Int32(instruction.bx))
        case .callFunction: visit(instruction.c)
        case .loadFunction, .closure: visit(instruction.bx)
        case .setPath, .updatePath, .callPathMethod:
          // Further words stand as jumps, so none of them is taken for one of these.
          if instruction.flags == 3, position + 1 < functions[next].end {
            globals.insert(Int32(Instruction(word: code[position + 1]).bx))
          }
        default: break
        }
      }
    }
    return globals.sorted()
  }
}
