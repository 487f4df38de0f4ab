import WeftCompiler
import WeftSyntax

extension Machine {
  enum Unwinding {
    case thrown, cancelled
  }

  /// The function whose code `position` (an index into the image's code) belongs to.
  func function(at position: Int) -> Int? {
    var low = 0
    var high = functionOrder.count
    while low < high {
      let middle = (low + high) / 2
      if image.functions[functionOrder[middle]].start <= position { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let function = functionOrder[low - 1]
    return position < image.functions[function].end ? function : nil
  }

  /// The index of the instruction that a fiber's frame is at.
  func position(of pc: UnsafePointer<UInt64>) -> Int { pc - UnsafePointer(core.pointee.code) - 1 }

  /// Leaves frames until a handler takes the error (which is taken over) or the cancellation. False when the fiber ended.
  @discardableResult
  func unwind(_ fiber: FiberPointer, _ kind: Unwinding, _ error: Value = .none) -> Bool {
    var kind = kind
    var error = error
    while true {
      let position = position(of: fiber.pointee.pc)
      let base = fiber.pointee.base
      if let index = function(at: position) {
        let function = image.functions[index]
        let around = function.handlers.filter { position >= $0.start && position < $0.end }
        for (index, handler) in around.enumerated() {
          switch handler.kind {
          case .cause:
            guard let caught = caught(by: handler, base) else { continue }
            if kind == .thrown {
              attachCause(caught.retained(), to: error)
            } else if handler.height > 0 {
              // A clean-up whose time is over does not lose the error that was on its way through it.
              kind = .thrown
              error = caught.retained()
            }
            continue
          case .update:
            abandonUpdate(fiber, (base + handler.register).pointee.block)
            continue
          case .catchError:
            if kind == .cancelled { continue }
            // A handler further out is where this error came up, although it does not get that far.
            let outer = around[index...].first { $0.kind == .cause && caught(by: $0, base) != nil }
            if let outer, let caught = caught(by: outer, base) { attachCause(caught.retained(), to: error) }
            clear(fiber, from: handler.height, registers: function.registers)
            store(error, base + handler.register, heap)
          case .cleanup, .scope:
            clear(fiber, from: handler.height, registers: function.registers)
            store(Value(kind == .thrown ? Completion.thrown : Completion.cancelled), base + handler.register, heap)
            store(error, base + handler.register + 1, heap)
          }
          fiber.pointee.pc = UnsafePointer(core.pointee.code) + handler.target
          return true
        }
        clear(fiber, from: 0, registers: function.registers)
      }
      let link = (base - 1).pointee
      heap.release((base - 2).pointee)
      (base - 2).pointee = .none
      if link.bits == 0 {
        core.pointee.fiber = nil
        ended(fiber, kind == .thrown ? .failed(error) : .cancelled)
        return false
      }
      (base - 1).pointee = .none
      fiber.pointee.base = base - Int(link.bits)
      // unreachable: a link always holds the address of code.
      fiber.pointee.pc = UnsafePointer<UInt64>(bitPattern: UInt(link.tag)).unsafelyUnwrapped
    }
  }

  /// The error that a handler of the kind `cause` is there for, if there is one.
  private func caught(by handler: Image.Handler, _ base: UnsafeMutablePointer<Value>) -> Value? {
    let caught = (base + handler.register).pointee
    // In a `finally` it is on its way only if that is how the body was left.
    let isThrown = handler.height == 0 || (base + handler.register - 1).pointee.int == Int64(Completion.thrown)
    return caught.tag == Kind.error && isThrown ? caught : nil
  }

  private func clear(_ fiber: FiberPointer, from first: Int, registers: Int) {
    let base = fiber.pointee.base
    var index = first
    while index < registers, base + index < fiber.pointee.stackEnd {
      let value = base[index]
      if value.isHeap {
        heap.release(value)
        base[index] = .none
      }
      index += 1
    }
  }

  // MARK: Going on

  /// Makes the fiber that was chosen to run ready for the loop; false when it has ended instead.
  func prepareToRun(_ fiber: FiberPointer) -> Bool {
    if fiber.pointee.isFresh {
      if cancelledScope(reaching: fiber.pointee.scope) != nil {
        core.pointee.fiber = nil
        ended(fiber, .cancelled)
        return false
      }
      fiber.pointee.isFresh = false
      if let pool = pool(of: fiber.pointee.home) { return !startRemotely(fiber, in: pool) }
      if core.pointee.isObserved { note(fiber, .taskBegan) }
      return true
    }
    if core.pointee.isObserved { note(fiber, .resumed) }
    switch fiber.pointee.wait {
    case .turn: takeGrant(fiber)
    case .granted: takeHandleGrant(fiber)
    default: break
    }
    let resume = fiber.pointee.resume
    fiber.pointee.resume = 0
    switch resume {
    case 1:
      let error = fiber.pointee.pending
      fiber.pointee.pending = .none
      locate(error, fiber)
      return unwind(fiber, .thrown, error)
    case 2:
      // The cancelled block may have been left in the meantime.
      if cancelledScope(reaching: fiber.pointee.scope) == nil { return true }
      return unwind(fiber, .cancelled)
    default: return true
    }
  }

  func endCurrentFiber() {
    guard let fiber = core.pointee.fiber else { return }
    core.pointee.fiber = nil
    let result = fiber.pointee.stack[0]
    fiber.pointee.stack[0] = .none
    ended(fiber, .value(result))
  }

  // MARK: Instructions

  func throwValue(_ slot: UnsafeMutablePointer<Value>, again: Bool) {
    guard let fiber = core.pointee.fiber else { return }
    let value = slot.pointee
    slot.pointee.tag = Kind.none
    if again {
      unwind(fiber, .thrown, value)
      return
    }
    switch value.tag {
    case Kind.error:
      locate(value, fiber)
      unwind(fiber, .thrown, value)
    case Kind.errorKind:
      let error = heap.makeError(kind: Machine.name(ofKind: value).retained(), message: intern(""))
      heap.release(value)
      fail(Thrown(error: Value(error.block)))
    case Kind.string:
      fail(Thrown(error: Value(heap.makeError(kind: intern(ErrorKind.error.rawValue), message: value).block)))
    default:
      let name = Machine.typeName(value)
      heap.release(value)
      fail(
        raise(
          .typeError, "cannot throw \(article(name))", hint: "throw a text, or an error such as `ValueError(\"…\")`"))
    }
  }

  func resumeCompletion(_ slot: UnsafeMutablePointer<Value>) {
    guard let fiber = core.pointee.fiber else { return }
    if slot.pointee.int == Int64(Completion.thrown) {
      let error = slot[1]
      slot[1] = .none
      slot.pointee = .none
      unwind(fiber, .thrown, error)
    } else {
      slot.pointee = .none
      unwind(fiber, .cancelled)
    }
  }

  /// Whether an error is of the kind with that name, or of a special case of it.
  func isKind(_ error: Value, _ name: Value) -> Bool {
    let kind = ErrorBlock(error).kind.pointee
    return StringBlock(kind) == StringBlock(name) || isKind(named: kind.text, below: name.text)
  }

  /// Whether a kind is `wanted`, or below it.
  func isKind(named kind: String, below wanted: String) -> Bool {
    var current: String? = kind
    while let name = current {
      if name == wanted { return true }
      current = parent(ofKind: name)
    }
    return false
  }

  /// The kind above another; nil for `Error` alone. The compiler has seen to it that kinds make no circle.
  func parent(ofKind name: String) -> String? {
    if let kind = ErrorKind(rawValue: name) { return kind.parent?.rawValue }
    return image.kindParents[name] ?? ErrorKind.error.rawValue
  }

  private func isKind(_ error: Value, anyOf kinds: ListBlock) -> Bool {
    (0..<kinds.count).contains { isKind(error, kinds.elements[$0]) }
  }

  func catchKinds(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) {
    let instruction = Instruction(word: word)
    let error = (base + instruction.b).pointee
    let kinds = ListBlock((base + instruction.c).pointee)
    let all = ErrorBlock(error).all.pointee
    let result: Bool
    if all.tag == Kind.list {
      let singles = ListBlock(all)
      result = (0..<singles.count).allSatisfy { isKind(singles.elements[$0], anyOf: kinds) }
    } else {
      result = isKind(error, anyOf: kinds)
    }
    store(Value(result), base + instruction.a, heap)
  }

  func catchEach(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) {
    let instruction = Instruction(word: word)
    let slot = base + instruction.b
    var singles = Value(heap.makeList(capacity: 2).block)
    var known: Set<UInt64> = []
    appendSingles(of: slot.pointee, to: &singles, &known)
    let kindList = (base + instruction.c).pointee
    let kinds = ListBlock(kindList)
    var matched = Value(heap.makeList(capacity: 2).block)
    var rest = Value(heap.makeList(capacity: 2).block)
    let list = ListBlock(singles)
    for index in 0..<list.count {
      let error = list.elements[index]
      let matches = kinds.count == 0 || isKind(error, anyOf: kinds)
      if matches {
        heap.append(error.retained(), toList: &matched)
      } else {
        heap.append(error.retained(), toList: &rest)
      }
    }
    heap.release(singles)
    store(combined(rest), slot, heap)
    store(matched, base + instruction.a, heap)
  }
}
