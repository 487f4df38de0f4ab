import WeftCompiler

/// Why the run loop stopped.
enum LoopExit {
  /// No fiber runs: the current one waits or has ended.
  case parked
  /// The ticks are used up.
  case slice
  /// The clock must be read before the current instruction can go on.
  case clock
}

/// Reads the fields of an instruction word. `R` registers are 16 bytes apart.
@inline(__always) private func fieldA(_ word: UInt64) -> Int { Int(truncatingIfNeeded: (word >> 16) & 0xFFFF) }
@inline(__always) private func fieldB(_ word: UInt64) -> Int { Int(truncatingIfNeeded: (word >> 32) & 0xFFFF) }
@inline(__always) private func fieldC(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 48) }
@inline(__always) private func fieldBX(_ word: UInt64) -> Int { Int(Int32(truncatingIfNeeded: word >> 32)) }
@inline(__always) private func signedB(_ word: UInt64) -> Int64 { Int64(Int16(truncatingIfNeeded: word >> 32)) }
@inline(__always) private func signedC(_ word: UInt64) -> Int64 { Int64(Int16(truncatingIfNeeded: word >> 48)) }
@inline(__always) private func fieldFlags(_ word: UInt64) -> UInt64 { (word >> 8) & 0xFF }

extension Machine {
  /// Runs the current fiber until it waits, ends, or the ticks are used up.
  ///
  /// What is common and quick stands here; the rest is in functions of its own, which work on the fiber's record, so that
  /// `pc` and `base` can live in the processor's registers. After such a function that may have changed what runs, the
  /// loop reads the record anew (`continue reload`).
  @inline(never) func execute() -> LoopExit {
    let core = core
    let heap = heap
    let constants = core.pointee.constants
    let globals = core.pointee.globals
    let functions = core.pointee.functions

    reload: while true {
      guard let fiber = core.pointee.fiber else { return .parked }
      var base = fiber.pointee.base
      var pc = fiber.pointee.pc

      while true {
        let word = pc.pointee
        pc += 1
        switch unsafeBitCast(UInt8(truncatingIfNeeded: word), to: Opcode.self) {

        // MARK: Moving values
        case .move:
          let value = (base + fieldB(word)).pointee
          retain(value)
          store(value, base + fieldA(word), heap)
        case .take:
          let source = base + fieldB(word)
          let value = source.pointee
          source.pointee.tag = Kind.none
          store(value, base + fieldA(word), heap)
        case .loadConstant:
          let value = constants[fieldBX(word)]
          retain(value)
          store(value, base + fieldA(word), heap)
        case .loadInt: store(Value(Int64(fieldBX(word))), base + fieldA(word), heap)
        case .loadNone: store(.none, base + fieldA(word), heap)
        case .loadBool: store(Value(fieldB(word) != 0), base + fieldA(word), heap)
        case .loadUnset: store(.unset, base + fieldA(word), heap)
        case .loadFunction:
          store(Value(tag: Kind.function, bits: UInt64(fieldBX(word))), base + fieldA(word), heap)
        case .loadBuiltin:
          store(Value(tag: Kind.builtin, bits: UInt64(fieldB(word))), base + fieldA(word), heap)
        case .clear:
          let first = base + fieldA(word)
          for index in 0..<fieldB(word) where (first + index).pointee.isHeap {
            heap.release((first + index).pointee)
            (first + index).pointee = .none
          }
        case .getGlobal:
          let value = globals[fieldBX(word)]
          if value.tag == Kind.unset, fieldFlags(word) == 0 {
            fiber.pointee.pc = pc
            fail(unsetGlobal(fieldBX(word)))
            continue reload
          }
          retain(value)
          store(value, base + fieldA(word), heap)
        case .setGlobal:
          if core.pointee.isWorker, isFrozen(global: fieldBX(word)) {
            fiber.pointee.pc = pc
            failToChangeCopy()
            continue reload
          }
          let source = base + fieldA(word)
          let value = source.pointee
          source.pointee.tag = Kind.none
          store(value, globals + fieldBX(word), heap)
        case .getCapture:
          let value = ClosureBlock((base - 2).pointee).captures[fieldB(word)]
          retain(value)
          store(value, base + fieldA(word), heap)
        case .getCaptureCell:
          let value = CellBlock(ClosureBlock((base - 2).pointee).captures[fieldB(word)]).slot.pointee
          retain(value)
          store(value, base + fieldA(word), heap)
        case .setCaptureCell:
          let cell = CellBlock(ClosureBlock((base - 2).pointee).captures[fieldB(word)])
          if cell.isFrozen {
            fiber.pointee.pc = pc
            failToChangeCopy()
            continue reload
          }
          let source = base + fieldA(word)
          let value = source.pointee
          source.pointee.tag = Kind.none
          store(value, cell.slot, heap)
        case .newCell: newCell(base + fieldA(word), base + fieldB(word))
        case .getCell:
          let value = CellBlock((base + fieldB(word)).pointee).slot.pointee
          retain(value)
          store(value, base + fieldA(word), heap)
        case .setCell:
          let cell = CellBlock((base + fieldB(word)).pointee)
          if cell.isFrozen {
            fiber.pointee.pc = pc
            failToChangeCopy()
            continue reload
          }
          let source = base + fieldA(word)
          let value = source.pointee
          source.pointee.tag = Kind.none
          store(value, cell.slot, heap)
        case .closure:
          makeClosure(base, fieldBX(word), from: pc, into: base + fieldA(word))
          pc += functions[fieldBX(word)].captures
        case .getSelf:
          let callee = (base - 2).pointee
          if callee.tag == Kind.closure {
            retain(callee)
            store(callee, base + fieldA(word), heap)
          } else {
            fiber.pointee.pc = pc
            store(currentFunction(fiber), base + fieldA(word), heap)
          }

        // MARK: Operators
        case .add:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int {
            let (sum, overflow) = left.int.addingReportingOverflow(right.int)
            if !overflow {
              store(Value(sum), base + fieldA(word), heap)
              continue
            }
          } else if left.tag == Kind.float, right.tag == Kind.float {
            store(Value(left.float + right.float), base + fieldA(word), heap)
            continue
          } else if left.tag == Kind.bigInt, right.tag == Kind.int, fieldA(word) == fieldB(word),
            IntegerBlock(left).add(right.int)
          {
            continue
          }
          fiber.pointee.pc = pc
          if !slowAdd(word, base) { continue reload }
        case .subtract:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int {
            let (difference, overflow) = left.int.subtractingReportingOverflow(right.int)
            if !overflow {
              store(Value(difference), base + fieldA(word), heap)
              continue
            }
          } else if left.tag == Kind.float, right.tag == Kind.float {
            store(Value(left.float - right.float), base + fieldA(word), heap)
            continue
          }
          fiber.pointee.pc = pc
          if !slowArithmetic(.subtract, word, base) { continue reload }
        case .multiply:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int {
            let (product, overflow) = left.int.multipliedReportingOverflow(by: right.int)
            if !overflow {
              store(Value(product), base + fieldA(word), heap)
              continue
            }
          } else if left.tag == Kind.float, right.tag == Kind.float {
            store(Value(left.float * right.float), base + fieldA(word), heap)
            continue
          }
          fiber.pointee.pc = pc
          if !slowArithmetic(.multiply, word, base) { continue reload }
        case .divide:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.float, right.tag == Kind.float, right.float != 0 {
            store(Value(left.float / right.float), base + fieldA(word), heap)
            continue
          }
          fiber.pointee.pc = pc
          if !slowArithmetic(.divide, word, base) { continue reload }
        case .floorDivide:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int, right.int != 0, right.int != -1 {
            let (dividend, divisor) = (left.int, right.int)
            var quotient: Int64
            if dividend | divisor >= 0 {
              quotient = Int64(bitPattern: UInt64(bitPattern: dividend) / UInt64(bitPattern: divisor))
            } else {
              quotient = dividend / divisor
              if (dividend ^ divisor) < 0, quotient &* divisor != dividend { quotient &-= 1 }
            }
            store(Value(quotient), base + fieldA(word), heap)
            continue
          }
          fiber.pointee.pc = pc
          if !slowArithmetic(.floorDivide, word, base) { continue reload }
        case .remainder:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int, right.int != 0, right.int != -1 {
            let (dividend, divisor) = (left.int, right.int)
            var remainder: Int64
            if dividend | divisor >= 0 {
              // The processor divides unsigned numbers faster, and nothing has to be corrected.
              remainder = Int64(bitPattern: UInt64(bitPattern: dividend) % UInt64(bitPattern: divisor))
            } else {
              remainder = dividend % divisor
              if remainder != 0, (remainder ^ divisor) < 0 { remainder &+= divisor }
            }
            store(Value(remainder), base + fieldA(word), heap)
            continue
          }
          fiber.pointee.pc = pc
          if !slowArithmetic(.remainder, word, base) { continue reload }
        case .power:
          fiber.pointee.pc = pc
          if !slowArithmetic(.power, word, base) { continue reload }
        case .addInt:
          let left = (base + fieldB(word)).pointee
          if left.tag == Kind.int {
            let (sum, overflow) = left.int.addingReportingOverflow(signedC(word))
            if !overflow {
              store(Value(sum), base + fieldA(word), heap)
              continue
            }
          }
          fiber.pointee.pc = pc
          if !slowAddInt(word, base) { continue reload }
        case .equal:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int {
            store(Value(left.bits == right.bits), base + fieldA(word), heap)
          } else {
            slowEqual(word, base, negated: false)
          }
        case .notEqual:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int {
            store(Value(left.bits != right.bits), base + fieldA(word), heap)
          } else {
            slowEqual(word, base, negated: true)
          }
        case .less:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int {
            store(Value(left.int < right.int), base + fieldA(word), heap)
            continue
          }
          fiber.pointee.pc = pc
          if !slowCompare(.less, word, base) { continue reload }
        case .lessOrEqual:
          let left = (base + fieldB(word)).pointee
          let right = (base + fieldC(word)).pointee
          if left.tag == Kind.int, right.tag == Kind.int {
            store(Value(left.int <= right.int), base + fieldA(word), heap)
            continue
          }
          fiber.pointee.pc = pc
          if !slowCompare(.lessOrEqual, word, base) { continue reload }
        case .contains:
          fiber.pointee.pc = pc
          if !slowContains(word, base) { continue reload }
        case .negate:
          fiber.pointee.pc = pc
          if !slowNegate(word, base) { continue reload }
        case .not:
          let value = (base + fieldB(word)).pointee
          if value.tag == Kind.bool {
            store(Value(!value.bool), base + fieldA(word), heap)
            continue
          }
          fiber.pointee.pc = pc
          fail(notABool(value))
          continue reload
        case .typeTest: slowTypeTest(word, base)

        // MARK: Jumps
        case .jump: pc += fieldBX(word)
        case .jumpIfFalse:
          let value = (base + fieldA(word)).pointee
          if value.tag != Kind.bool {
            fiber.pointee.pc = pc
            fail(notABool(value))
            continue reload
          }
          if !value.bool {
            let distance = fieldBX(word)
            pc += distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          }
        case .jumpIfTrue:
          let value = (base + fieldA(word)).pointee
          if value.tag != Kind.bool {
            fiber.pointee.pc = pc
            fail(notABool(value))
            continue reload
          }
          if value.bool {
            let distance = fieldBX(word)
            pc += distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          }
        case .jumpIfNone:
          if (base + fieldA(word)).pointee.tag == Kind.none { pc += fieldBX(word) }
        case .jumpIfNotNone:
          if (base + fieldA(word)).pointee.tag != Kind.none { pc += fieldBX(word) }
        case .jumpIfSet:
          if (base + fieldA(word)).pointee.tag != Kind.unset { pc += fieldBX(word) }
        case .jumpBack:
          pc += fieldBX(word)
          core.pointee.ticks &-= 1
          if core.pointee.ticks < 0 {
            fiber.pointee.pc = pc
            return .slice
          }
        case .testEqual:
          let left = (base + fieldA(word)).pointee
          let right = (base + fieldB(word)).pointee
          let isEqual =
            left.tag == Kind.int && right.tag == Kind.int ? left.bits == right.bits : slowTestEqual(word, base)
          if isEqual != (fieldFlags(word) & 4 != 0) {
            let distance = fieldBX(pc.pointee)
            pc += 1 + distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          } else {
            pc += 1
          }
        case .testLess:
          let left = (base + fieldA(word)).pointee
          let right = (base + fieldB(word)).pointee
          let isLess: Bool
          if left.tag == Kind.int, right.tag == Kind.int {
            isLess = left.int < right.int
          } else if left.tag == Kind.float, right.tag == Kind.float {
            isLess = left.float < right.float
          } else {
            fiber.pointee.pc = pc
            guard let result = slowTest(.less, word, base) else { continue reload }
            isLess = result
          }
          if isLess != (fieldFlags(word) & 4 != 0) {
            let distance = fieldBX(pc.pointee)
            pc += 1 + distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          } else {
            pc += 1
          }
        case .testLessOrEqual:
          let left = (base + fieldA(word)).pointee
          let right = (base + fieldB(word)).pointee
          let isLess: Bool
          if left.tag == Kind.int, right.tag == Kind.int {
            isLess = left.int <= right.int
          } else if left.tag == Kind.float, right.tag == Kind.float {
            isLess = left.float <= right.float
          } else {
            fiber.pointee.pc = pc
            guard let result = slowTest(.lessOrEqual, word, base) else { continue reload }
            isLess = result
          }
          if isLess != (fieldFlags(word) & 4 != 0) {
            let distance = fieldBX(pc.pointee)
            pc += 1 + distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          } else {
            pc += 1
          }
        case .testEqualInt:
          let left = (base + fieldA(word)).pointee
          let isEqual = left.tag == Kind.int ? left.int == signedB(word) : slowTestEqualInt(word, base)
          if isEqual != (fieldFlags(word) & 4 != 0) {
            let distance = fieldBX(pc.pointee)
            pc += 1 + distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          } else {
            pc += 1
          }
        case .testLessInt:
          let left = (base + fieldA(word)).pointee
          let isTrue: Bool
          if left.tag == Kind.int {
            isTrue = left.int < signedB(word)
          } else {
            fiber.pointee.pc = pc
            guard let result = slowTestInt(.less, word, base) else { continue reload }
            isTrue = result
          }
          if isTrue != (fieldFlags(word) & 4 != 0) {
            let distance = fieldBX(pc.pointee)
            pc += 1 + distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          } else {
            pc += 1
          }
        case .testLessOrEqualInt:
          let left = (base + fieldA(word)).pointee
          let isTrue: Bool
          if left.tag == Kind.int {
            isTrue = left.int <= signedB(word)
          } else {
            fiber.pointee.pc = pc
            guard let result = slowTestInt(.lessOrEqual, word, base) else { continue reload }
            isTrue = result
          }
          if isTrue != (fieldFlags(word) & 4 != 0) {
            let distance = fieldBX(pc.pointee)
            pc += 1 + distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          } else {
            pc += 1
          }
        case .testGreaterInt:
          let left = (base + fieldA(word)).pointee
          let isTrue: Bool
          if left.tag == Kind.int {
            isTrue = left.int > signedB(word)
          } else {
            fiber.pointee.pc = pc
            guard let result = slowTestInt(.greater, word, base) else { continue reload }
            isTrue = result
          }
          if isTrue != (fieldFlags(word) & 4 != 0) {
            let distance = fieldBX(pc.pointee)
            pc += 1 + distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          } else {
            pc += 1
          }
        case .testGreaterOrEqualInt:
          let left = (base + fieldA(word)).pointee
          let isTrue: Bool
          if left.tag == Kind.int {
            isTrue = left.int >= signedB(word)
          } else {
            fiber.pointee.pc = pc
            guard let result = slowTestInt(.greaterOrEqual, word, base) else { continue reload }
            isTrue = result
          }
          if isTrue != (fieldFlags(word) & 4 != 0) {
            let distance = fieldBX(pc.pointee)
            pc += 1 + distance
            if distance < 0 {
              core.pointee.ticks &-= 1
              if core.pointee.ticks < 0 {
                fiber.pointee.pc = pc
                return .slice
              }
            }
          } else {
            pc += 1
          }

        // MARK: Loops
        case .rangePrepare:
          let first = base + fieldA(word)
          if first.pointee.tag == Kind.int, (first + 1).pointee.tag == Kind.int {
            let lower = first.pointee.int
            var upper = (first + 1).pointee.int
            if fieldFlags(word) & 1 == 0 {
              if lower >= upper {
                pc += fieldBX(word)
                continue
              }
              upper &-= 1
              (first + 1).pointee = Value(upper)
            } else if lower > upper {
              pc += fieldBX(word)
              continue
            }
            store(Value(lower), first + 2, heap)
            continue
          }
          fiber.pointee.pc = pc
          fail(rangeNeedsInts(first.pointee, (first + 1).pointee))
          continue reload
        case .rangeNext:
          let first = base + fieldA(word)
          let current = first.pointee.int
          if current < (first + 1).pointee.int {
            let next = Value(current &+ 1)
            first.pointee = next
            (first + 2).pointee = next
            pc += fieldBX(word)
            core.pointee.ticks &-= 1
            if core.pointee.ticks < 0 {
              fiber.pointee.pc = pc
              return .slice
            }
          }
        case .stepPrepare:
          let first = base + fieldA(word)
          fiber.pointee.pc = pc
          guard let hasOne = prepareSteps(first) else { continue reload }
          if hasOne { store(first.pointee, first + 3, heap) } else { pc += fieldBX(word) }
        case .stepNext:
          let first = base + fieldA(word)
          let step = (first + 2).pointee.int
          let (next, overflow) = first.pointee.int.addingReportingOverflow(step)
          if !overflow, step > 0 ? next < (first + 1).pointee.int : next > (first + 1).pointee.int {
            first.pointee = Value(next)
            (first + 3).pointee = Value(next)
            pc += fieldBX(word)
            core.pointee.ticks &-= 1
            if core.pointee.ticks < 0 {
              fiber.pointee.pc = pc
              return .slice
            }
          }
        case .iteratePrepare:
          fiber.pointee.pc = pc
          if !prepareIteration(base + fieldA(word)) { continue reload }
        case .iterateNext:
          let sequence = (base + fieldA(word)).pointee
          let cursor = base + fieldA(word) + 1
          core.pointee.ticks &-= 1
          // What was drawn from a queue is not lost to a cancellation at the end of a slice.
          if core.pointee.ticks < 0, !fiber.pointee.hasDrawn {
            fiber.pointee.pc = pc - 1
            core.pointee.ticks &+= 1
            return .slice
          }
          if sequence.tag == Kind.list {
            let list = ListBlock(sequence)
            let position = Int(cursor.pointee.int)
            if position < list.count {
              let element = list.elements[position]
              retain(element)
              cursor.pointee = Value(position &+ 1)
              store(element, base + fieldB(word), heap)
              pc += 1
            } else {
              pc += 1 + fieldBX(pc.pointee)
            }
          } else {
            fiber.pointee.pc = pc
            switch nextElement(of: sequence, cursor, into: base + fieldB(word)) {
            case .element: pc += 1
            case .end: pc += 1 + fieldBX(pc.pointee)
            case .parked: continue reload
            }
          }
        case .iterateNextPair:
          core.pointee.ticks &-= 1
          if core.pointee.ticks < 0, !fiber.pointee.hasDrawn {
            fiber.pointee.pc = pc - 1
            core.pointee.ticks &+= 1
            return .slice
          }
          fiber.pointee.pc = pc
          switch nextPair(of: (base + fieldA(word)).pointee, base + fieldA(word) + 1, into: base + fieldB(word)) {
          case .some(true): pc += 1
          case .some(false): pc += 1 + fieldBX(pc.pointee)
          case .none: continue reload
          }

        // MARK: Parts of values
        case .getIndex:
          let container = (base + fieldB(word)).pointee
          let index = (base + fieldC(word)).pointee
          if container.tag == Kind.list, index.tag == Kind.int {
            let list = ListBlock(container)
            if UInt64(bitPattern: index.int) < UInt64(list.count) {
              let value = list.elements[Int(index.int)]
              retain(value)
              if fieldFlags(word) & 1 != 0 { consume(base + fieldB(word), heap) }
              store(value, base + fieldA(word), heap)
              continue
            }
          }
          fiber.pointee.pc = pc
          if !slowGetIndex(word, base) { continue reload }
        case .setIndex:
          let container = base + fieldA(word)
          let index = (base + fieldB(word)).pointee
          if container.pointee.tag == Kind.list, index.tag == Kind.int, container.pointee.isUnique {
            let list = ListBlock(container.pointee)
            if UInt64(bitPattern: index.int) < UInt64(list.count) {
              let source = base + fieldC(word)
              let value = source.pointee
              if fieldFlags(word) & 2 != 0 { source.pointee.tag = Kind.none } else { retain(value) }
              store(value, list.elements + Int(index.int), heap)
              continue
            }
          }
          fiber.pointee.pc = pc
          if !slowSetIndex(word, base) { continue reload }
        case .getMember:
          fiber.pointee.pc = pc
          if !slowGetMember(word, base, optional: false) { continue reload }
        case .getMemberOptional:
          fiber.pointee.pc = pc
          if !slowGetMember(word, base, optional: true) { continue reload }
        case .setPath:
          let root = pathRoot(word, fieldBX(pc.pointee), base)
          pc += 1
          fiber.pointee.pc = pc
          if !slowSetPath(word, base, root) { continue reload }
        case .updatePath:
          let root = pathRoot(word, fieldBX(pc.pointee), base)
          let op = unsafeBitCast(UInt8(truncatingIfNeeded: fieldA(pc.pointee)), to: Opcode.self)
          pc += 1
          fiber.pointee.pc = pc
          if !slowUpdatePath(op, word, base, root) { continue reload }
        case .callPathMethod:
          let root = pathRoot(word, fieldBX(pc.pointee), base)
          let detail = pc.pointee
          pc += 1
          fiber.pointee.pc = pc
          if !slowCallPathMethod(word, detail, base, root) { continue reload }
        case .newList: newList(base + fieldA(word), from: base + fieldB(word), count: fieldC(word))
        case .listAppend:
          let element = base + fieldB(word)
          heap.append(element.pointee, toList: base + fieldA(word))
          element.pointee.tag = Kind.none
        case .newMap: store(Value(heap.makeMap(capacity: 4).block), base + fieldA(word), heap)
        case .mapSet:
          fiber.pointee.pc = pc
          if !slowMapSet(base + fieldA(word), base + fieldB(word)) { continue reload }
        case .newRange:
          fiber.pointee.pc = pc
          if !slowNewRange(word, base) { continue reload }
        case .concatenate:
          fiber.pointee.pc = pc
          if !slowConcatenate(word, base) { continue reload }
        case .unpackList:
          fiber.pointee.pc = pc
          if !slowUnpackList(word, base) { continue reload }

        // MARK: Calls
        case .callFunction:
          let window = base + fieldA(word)
          let info = functions + fieldC(word)
          let newBase = window + 2
          core.pointee.ticks &-= 1
          if newBase + info.pointee.registers <= fiber.pointee.stackEnd, fieldB(word) == info.pointee.parameters,
            core.pointee.ticks >= 0, (window.pointee.tag | (window + 1).pointee.tag) < Kind.firstHeap
          {
            window.pointee = Value(tag: Kind.function, bits: UInt64(fieldC(word)))
            (window + 1).pointee = Value(
              tag: UInt64(UInt(bitPattern: UnsafeRawPointer(pc))), bits: UInt64(fieldA(word) &+ 2))
            fiber.pointee.base = newBase
            base = newBase
            pc = info.pointee.code
            continue
          }
          fiber.pointee.pc = pc
          if core.pointee.ticks < 0 {
            // Stop before the call, which is made again after the pause.
            fiber.pointee.pc = pc - 1
            core.pointee.ticks &+= 1
            return .slice
          }
          slowCallFunction(word)
          continue reload
        case .call:
          core.pointee.ticks &-= 1
          if core.pointee.ticks < 0 {
            fiber.pointee.pc = pc - 1
            core.pointee.ticks &+= 1
            return .slice
          }
          let window = base + fieldA(word)
          let callee = window.pointee
          if callee.tag == Kind.function || callee.tag == Kind.closure {
            let index =
              callee.tag == Kind.function ? Int(truncatingIfNeeded: callee.bits) : ClosureBlock(callee).function
            let info = functions + index
            let newBase = window + 2
            if newBase + info.pointee.registers <= fiber.pointee.stackEnd, fieldB(word) == info.pointee.parameters,
              (window + 1).pointee.tag < Kind.firstHeap
            {
              (window + 1).pointee = Value(
                tag: UInt64(UInt(bitPattern: UnsafeRawPointer(pc))), bits: UInt64(fieldA(word) &+ 2))
              fiber.pointee.base = newBase
              base = newBase
              pc = info.pointee.code
              continue
            }
          }
          fiber.pointee.pc = pc
          callValue(window: window, count: fieldB(word), labels: nil)
          continue reload
        case .callNamed:
          let labels = constants[fieldBX(pc.pointee)]
          pc += 1
          core.pointee.ticks &-= 1
          fiber.pointee.pc = pc
          callValue(window: base + fieldA(word), count: fieldB(word), labels: labels)
          continue reload
        case .callBuiltin:
          fiber.pointee.pc = pc
          if !callBuiltin(word, base) { continue reload }
        case .callMethod:
          fiber.pointee.pc = pc
          if !callMethod(word, base) { continue reload }
        case .returnValue:
          let source = base + fieldA(word)
          let result = source.pointee
          source.pointee.tag = Kind.none
          for index in 0..<fieldB(word) where (base + index).pointee.isHeap {
            heap.release((base + index).pointee)
            (base + index).pointee = .none
          }
          let link = (base - 1).pointee
          (base - 1).pointee = .none
          store(result, base - 2, heap)
          base -= Int(truncatingIfNeeded: link.bits)
          fiber.pointee.base = base
          // unreachable: a link always holds the address of code.
          pc = UnsafePointer<UInt64>(bitPattern: UInt(link.tag)).unsafelyUnwrapped
        case .returnNone:
          for index in 0..<fieldB(word) where (base + index).pointee.isHeap {
            heap.release((base + index).pointee)
            (base + index).pointee = .none
          }
          let link = (base - 1).pointee
          (base - 1).pointee = .none
          store(.none, base - 2, heap)
          base -= Int(truncatingIfNeeded: link.bits)
          fiber.pointee.base = base
          // unreachable: a link always holds the address of code.
          pc = UnsafePointer<UInt64>(bitPattern: UInt(link.tag)).unsafelyUnwrapped
        case .endFiber:
          endCurrentFiber()
          continue reload

        // MARK: Errors
        case .throwError:
          fiber.pointee.pc = pc
          throwValue(base + fieldA(word), again: fieldFlags(word) & 1 != 0)
          continue reload
        case .catchKinds: catchKinds(word, base)
        case .catchEach: catchEach(word, base)
        case .beginUpdate:
          fiber.pointee.pc = pc
          if !beginUpdate(word, base) { continue reload }
        case .finishUpdate:
          fiber.pointee.pc = pc
          if !finishUpdate(word, base) { continue reload }
        case .expectation:
          let labels = constants[fieldBX(pc.pointee)]
          pc += 1
          fiber.pointee.pc = pc
          if !expectation(word, base, labels) { continue reload }

        // MARK: Tests
        case .mock:
          let function = fieldBX(pc.pointee)
          pc += 1
          fiber.pointee.pc = pc
          if !addMock(word, base, function: function) { continue reload }
        case .mocked:
          fiber.pointee.pc = pc + 1
          switch enterMock(word, base) {
          case .notMocked: break
          case .answered: pc += 1
          case .entered, .left: continue reload
          }
        case .askMocks:
          fiber.pointee.pc = pc
          switch askFetchMocks(word, base) {
          case .notMocked, .answered: break
          case .entered, .left: continue reload
          }

        // MARK: Completions
        case .setCompletion:
          let completion = base + fieldA(word)
          store(Value(fieldB(word)), completion, heap)
          if fieldFlags(word) & 2 != 0 {
            let source = base + fieldC(word)
            let value = source.pointee
            source.pointee.tag = Kind.none
            store(value, completion + 1, heap)
          } else {
            store(.none, completion + 1, heap)
          }
        case .resume:
          let kind = Int((base + fieldA(word)).pointee.int)
          if kind == Completion.thrown || kind == Completion.cancelled {
            fiber.pointee.pc = pc
            resumeCompletion(base + fieldA(word))
            continue reload
          }
        case .jumpIfCompletion:
          if (base + fieldA(word)).pointee.int == Int64(fieldC(word)) {
            pc += 1 + fieldBX(pc.pointee)
          } else {
            pc += 1
          }

        // MARK: Scopes
        case .enterScope:
          fiber.pointee.pc = pc
          if !enterScope(word, base) { continue reload }
        case .scopeHandle: scopeHandle(base + fieldA(word))
        case .leaveScope:
          fiber.pointee.pc = pc
          if !leaveScope(word) { continue reload }
        case .gate:
          if fiber.pointee.scope.pointee.gate != nil || fiber.pointee.scope.pointee.reachedBy != nil {
            if isExhausted((base + fieldA(word)).pointee, (base + fieldA(word) + 1).pointee) { continue }
            fiber.pointee.pc = pc
            if !passGate() { continue reload }
          }
        case .acquire:
          fiber.pointee.pc = pc
          if !acquire() { continue reload }
        case .spawn:
          var label = -1
          if fieldFlags(word) & 2 != 0 {
            label = fieldBX(pc.pointee)
            pc += 1
          }
          fiber.pointee.pc = pc
          if !spawn(word, base, label: label) { continue reload }
        case .start:
          fiber.pointee.pc = pc
          if !start(word, base) { continue reload }
        case .await:
          fiber.pointee.pc = pc
          if !awaitTask(word, base) { continue reload }

        // MARK: Work
        case .sleep:
          if !isClockFresh {
            fiber.pointee.pc = pc - 1
            return .clock
          }
          fiber.pointee.pc = pc
          sleepFor(base + fieldA(word))
          continue reload
        case .burn:
          fiber.pointee.pc = pc
          burn(base + fieldA(word))
          continue reload
        case .fetch:
          fiber.pointee.pc = pc
          beginFetch(base + fieldA(word), register: fieldA(word), mayHaveAnswer: fieldFlags(word) != 0)
          continue reload
        case .readClock:
          if !isClockFresh {
            fiber.pointee.pc = pc - 1
            return .clock
          }

        // MARK: Values of imported files
        case .beginLazy:
          fiber.pointee.pc = pc
          switch beginLazy(fieldBX(word)) {
          case .begin: pc += 1
          case .ready: break
          case .leave: continue reload
          }
        case .endLazy: endLazy(fieldBX(word), base + fieldA(word))

        // MARK: Waiting for something outside
        case .waitBuiltin:
          fiber.pointee.pc = pc
          beginWaiting(fieldC(word), base + fieldA(word), register: fieldA(word))
          continue reload

        // MARK: Functions of the host
        case .loadHost:
          store(Value(tag: Kind.hostFunction, bits: UInt64(fieldB(word))), base + fieldA(word), heap)
        case .callHost:
          fiber.pointee.pc = pc
          if !callHost(word, base) { continue reload }
        }
      }
    }
  }
}

/// Puts a value, whose reference the register takes over, into a register.
@inline(__always) func store(_ value: Value, _ slot: UnsafeMutablePointer<Value>, _ heap: Heap) {
  let before = slot.pointee
  slot.pointee = value
  if before.isHeap { heap.release(before.block) }
}

/// Releases what a temporary holds.
@inline(__always) func consume(_ slot: UnsafeMutablePointer<Value>, _ heap: Heap) {
  let value = slot.pointee
  slot.pointee.tag = Kind.none
  heap.release(value)
}
