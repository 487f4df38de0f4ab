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
        for handler in function.handlers where position >= handler.start && position < handler.end {
          switch handler.kind {
          case .cause:
            let caught = (base + handler.register).pointee
            let isThrown = handler.height == 0 || (base + handler.register - 1).pointee.int == Int64(Completion.thrown)
            if caught.tag == Kind.error, isThrown {
              if kind == .thrown {
                attachCause(caught.retained(), to: error)
              } else if handler.height > 0 {
                // A clean-up whose time is over does not lose the error that was on its way through it.
                kind = .thrown
                error = caught.retained()
              }
            }
            continue
          case .catchError:
            if kind == .cancelled { continue }
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

  /// Writes down where an error comes from, once: its place, and the calls that led there.
  func locate(_ error: Value, _ fiber: FiberPointer) {
    let block = ErrorBlock(error)
    guard block.source < 0 else { return }
    var trace: [Value] = []
    var base = fiber.pointee.base
    var pc = fiber.pointee.pc
    var frames = 0
    while true {
      let position = position(of: pc)
      if let index = function(at: position), image.functions[index].source >= 0 {
        let span = image.spans[position]
        if block.source < 0 {
          block.source = Int32(image.functions[index].source)
          block.offset = span.start
          block.endOffset = span.end
          block.line = Int32(image.sources[image.functions[index].source].line(at: Int(span.start)))
        }
        // A deep recursion is told by its innermost calls.
        if trace.count < 24 { trace.append(Value(position)) }
      }
      let link = (base - 1).pointee
      frames += 1
      if link.bits == 0 || frames > 10_000 { break }
      base -= Int(link.bits)
      guard let outer = UnsafePointer<UInt64>(bitPattern: UInt(link.tag)) else { break }
      pc = outer
    }
    if block.source < 0 { block.source = 0 }
    heap.release(block.trace.pointee)
    block.trace.pointee = heap.makeList(taking: trace)
  }

  /// Adds to an error's trace that it left a started task: which one of its block, where that was started, after how long.
  func noteOrigin(of error: Value, _ fiber: FiberPointer) {
    let block = ErrorBlock(error)
    guard block.trace.pointee.tag == Kind.list, fiber.pointee.home.pointee.owner != nil, fiber.pointee.home != root,
      ListBlock(block.trace.pointee).count < Self.longestTrace
    else { return }
    let home = fiber.pointee.home
    let index = Int(fiber.pointee.startedFrom)
    let kind = ScopeKind(rawValue: home.pointee.kind) ?? .root
    // People read milliseconds.
    let nanoseconds = now - fiber.pointee.startedAt
    let elapsed = Machine.text(
      duration: nanoseconds < 1_000_000 ? nanoseconds : (nanoseconds + 500_000) / 1_000_000 * 1_000_000)
    let child = "child \(Int(fiber.pointee.index) + 1) of \(home.pointee.nextIndex)"
    // Each step is a list: a place in the code and what happened there.
    let step = heap.makeList(taking: [Value(index), heap.makeString("\(child) of `\(kind)`, after \(elapsed)")])
    heap.append(step, toList: block.trace)
  }

  /// An error that has just left a started task goes on through the calls of the task that waited for it.
  func followTrace(of error: Value, into fiber: FiberPointer) {
    let trace = ErrorBlock(error).trace
    guard trace.pointee.tag == Kind.list, ListBlock(trace.pointee).count > 0,
      ListBlock(trace.pointee).elements[ListBlock(trace.pointee).count - 1].tag == Kind.list
    else { return }
    var base = fiber.pointee.base
    var pc = fiber.pointee.pc
    while ListBlock(trace.pointee).count < Self.longestTrace {
      let position = position(of: pc)
      if let index = function(at: position), image.functions[index].source >= 0, image.spans[position].end > 0 {
        heap.append(Value(position), toList: trace)
      }
      let link = (base - 1).pointee
      guard link.bits != 0, let outer = UnsafePointer<UInt64>(bitPattern: UInt(link.tag)) else { return }
      base -= Int(link.bits)
      pc = outer
    }
  }

  /// An error that is thrown again and again, or that many tasks await, does not grow without end.
  private static let longestTrace = 64

  // MARK: Going on

  /// Makes the fiber that was chosen to run ready for the loop; false when it has ended instead.
  func prepareToRun(_ fiber: FiberPointer) -> Bool {
    if fiber.pointee.isFresh {
      if cancelledScope(from: fiber.pointee.scope) != nil {
        core.pointee.fiber = nil
        ended(fiber, .cancelled)
        return false
      }
      fiber.pointee.isFresh = false
      return true
    }
    if fiber.pointee.wait == .turn { takeGrant(fiber) }
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
      if cancelledScope(from: fiber.pointee.scope) == nil { return true }
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
    if StringBlock(kind) == StringBlock(name) { return true }
    let wanted = name.text
    if wanted == ErrorKind.error.rawValue { return true }
    var parent = ErrorKind(rawValue: kind.text)?.parent
    while let current = parent {
      if current.rawValue == wanted { return true }
      parent = current.parent
    }
    return false
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
    switch ListBlock(rest).count {
    case 0:
      store(.none, slot, heap)
      heap.release(rest)
    case 1:
      store(ListBlock(rest).elements[0].retained(), slot, heap)
      heap.release(rest)
    default:
      let combined = copyError(ListBlock(rest).elements[0])
      heap.release(combined.all.pointee)
      combined.all.pointee = rest
      store(Value(combined.block), slot, heap)
    }
    store(matched, base + instruction.a, heap)
  }

  func expectation(_ slot: UnsafeMutablePointer<Value>, _ text: Int) -> Bool {
    let value = slot.pointee
    guard value.tag == Kind.bool else {
      fail(notABool(value))
      return false
    }
    if !value.bool, let fiber = core.pointee.fiber {
      let position = position(of: fiber.pointee.pc) - 1
      let source = function(at: position).map { image.functions[$0].source } ?? 0
      failedExpectations.append(FailedExpectation(text: "", span: image.spans[position], source: max(0, source)))
    }
    return true
  }
}
