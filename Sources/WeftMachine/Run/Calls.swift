import WeftCompiler

extension Machine {
  // MARK: Tasks

  /// The task whose code runs in the current frame, as a value.
  func currentFunction(_ fiber: FiberPointer) -> Value {
    let callee = (fiber.pointee.base - 2).pointee
    return callee.tag == Kind.function || callee.tag == Kind.closure ? callee.retained() : .none
  }

  @inline(never) func slowCallFunction(_ word: UInt64) {
    guard let fiber = core.pointee.fiber else { return }
    let instruction = Instruction(word: word)
    let window = fiber.pointee.base + instruction.a
    store(Value(tag: Kind.function, bits: UInt64(instruction.c)), window, heap)
    enter(function: instruction.c, window: window, count: instruction.b)
  }

  /// Enters a task whose value stands at the start of the window and whose arguments are in place. On an error it throws.
  @discardableResult
  func enter(function: Int, window: UnsafeMutablePointer<Value>, count: Int) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    let info = core.pointee.functions[function]
    if count > info.parameters || count < info.required {
      fail(wrongArity(function, count))
      return false
    }
    let offset = window - fiber.pointee.base
    var base = fiber.pointee.base
    if base + offset + 2 + max(info.registers, info.parameters) > fiber.pointee.stackEnd {
      if !growStack(fiber, needed: offset + 2 + max(info.registers, info.parameters)) {
        fail(
          raise(
            .recursionError, "the call depth limit was reached: `\(image.functions[function].name)` calls on and on",
            hint: limits.callStack < MachineLimits().callStack
              ? "the host sets it as `limits.callStack`"
              : "a task that calls itself needs a case in which it does not"))
        return false
      }
      base = fiber.pointee.base
    }
    let newBase = base + offset + 2
    for index in count..<max(count, info.parameters) { store(.unset, newBase + index, heap) }
    for index in 0..<info.required where (newBase + index).pointee.tag == Kind.unset {
      fail(wrongArity(function, count))
      return false
    }
    heap.release((newBase - 1).pointee)
    (newBase - 1).pointee = Value(
      tag: UInt64(UInt(bitPattern: UnsafeRawPointer(fiber.pointee.pc))), bits: UInt64(offset + 2))
    fiber.pointee.base = newBase
    fiber.pointee.pc = info.code
    return true
  }

  private func wrongArity(_ function: Int, _ count: Int) -> Thrown {
    let task = image.functions[function]
    var parameters = task.parameters[...]
    var (required, count) = (task.required, count)
    var what = task.role == .closure ? "this task" : "`\(task.name)`"
    if task.source < 0, let method = BuiltinMethods.all.first(where: { $0.prelude == task.name }) {
      // What carries out a method has the receiver as its first parameter.
      what = "`.\(method.name)()`"
      parameters = parameters.dropFirst()
      required = max(0, required - 1)
      count = max(0, count - 1)
    }
    let most = parameters.count
    if count > most {
      return raise(
        .argumentError,
        "\(what) takes \(most == 0 ? "no arguments" : Machine.counted(most, "argument")), but \(count) are given")
    }
    let missing = parameters.prefix(required).dropFirst(count).map { "`\($0)`" }.joined(separator: ", ")
    return raise(.argumentError, "\(what) is missing an argument\(missing.isEmpty ? "" : ": \(missing)")")
  }

  // MARK: Any value

  /// Calls the value at the start of the window. `labels` is the list of the names of the last arguments.
  func callValue(window: UnsafeMutablePointer<Value>, count: Int, labels: Value?) {
    let callee = window.pointee
    switch callee.tag {
    case Kind.function, Kind.closure:
      let function = callee.tag == Kind.function ? Int(callee.bits) : ClosureBlock(callee).function
      guard let labels else {
        enter(function: function, window: window, count: count)
        return
      }
      guard let fiber = core.pointee.fiber else { return }
      let offset = window - fiber.pointee.base
      do throws(Thrown) {
        let placed = try place(window + 2, count, labels, parameters: image.functions[function].parameters)
        // The stack may have moved.
        enter(function: function, window: fiber.pointee.base + offset, count: placed)
      } catch {
        fail(error)
      }
    case Kind.builtin: callBuiltinValue(window, count, labels)
    case Kind.hostFunction: callHostValue(window, count, labels)
    case Kind.errorKind: makeError(window, count, labels)
    default:
      fail(
        raise(
          .typeError, "cannot call \(article(Machine.typeName(callee)))",
          hint: callee.tag == Kind.none ? "it has no value" : nil))
    }
  }

  /// Moves named arguments to the places of their parameters; gives the number of places in use.
  private func place(
    _ arguments: UnsafeMutablePointer<Value>, _ count: Int, _ labels: Value, parameters: [String]
  ) throws(Thrown) -> Int {
    let names = ListBlock(labels)
    let positional = count - names.count
    if positional > parameters.count {
      throw raise(.argumentError, "this call takes at most \(Machine.counted(parameters.count, "argument"))")
    }
    var values = [Value](repeating: .unset, count: parameters.count)
    var last = positional
    for index in 0..<names.count {
      let name = names.elements[index].text
      guard let place = parameters.firstIndex(of: name) else {
        throw raise(.argumentError, "this task has no parameter `\(name)`")
      }
      if place < positional || values[place].tag != Kind.unset {
        throw raise(.argumentError, "`\(name)` is given twice")
      }
      values[place] = arguments[positional + index]
      last = max(last, place + 1)
    }
    // The window was made for as many arguments as were written; the frame that follows has room for the others.
    guard let fiber = core.pointee.fiber else { return 0 }
    let offset = arguments - fiber.pointee.base
    if arguments + last > fiber.pointee.stackEnd {
      if !growStack(fiber, needed: offset + last) { throw raise(.recursionError, "the call depth limit was reached") }
    }
    let target = fiber.pointee.base + offset
    for index in positional..<count { target[index] = .none }
    for index in positional..<last { store(values[index], target + index, heap) }
    return last
  }

  private func callBuiltinValue(_ window: UnsafeMutablePointer<Value>, _ count: Int, _ labels: Value?) {
    guard let function = BuiltinFunction(rawValue: UInt16(truncatingIfNeeded: window.pointee.bits)) else { return }
    let signature = function.signature
    if labels != nil {
      fail(raise(.argumentError, "a built-in function that is a value takes no named arguments"))
      return
    }
    if let name = signature.prelude, signature.preludeParameter == nil, let prelude = image.preludeFunctions[name] {
      window.pointee = Value(tag: Kind.function, bits: UInt64(prelude))
      enter(function: prelude, window: window, count: count)
      return
    }
    let named = signature.isVariadic ? signature.parameters.count : 0
    var arguments = [Value](repeating: .unset, count: named)
    for index in 0..<count { arguments.append(window[2 + index]) }
    while arguments.count < signature.parameters.count { arguments.append(.unset) }
    let required = signature.parameters.count { !$0.isOptional }
    if !signature.isVariadic, count > signature.parameters.count || count < required {
      fail(
        raise(
          .argumentError, "`\(signature.name)` takes \(Machine.counted(required, "argument")), but \(count) are given"))
      return
    }
    do throws(Thrown) {
      let total = arguments.count
      var result = Value.none
      var thrown: Thrown?
      arguments.withUnsafeMutableBufferPointer { buffer in
        var empty = Value.none
        do throws(Thrown) {
          result = try withUnsafeMutablePointer(to: &empty) { (fallback) throws(Thrown) -> Value in
            try natives[Int(function.rawValue)](self, buffer.baseAddress ?? fallback, total)
          }
        } catch { thrown = error }
      }
      if let thrown { throw thrown }
      for index in 0..<count { consume(window + 2 + index, heap) }
      store(result, window, heap)
    } catch {
      fail(error)
    }
  }

  /// `K("message", name: value)` makes an error.
  private func makeError(_ window: UnsafeMutablePointer<Value>, _ count: Int, _ labels: Value?) {
    let names = labels.map { ListBlock($0) }
    let positional = count - (names?.count ?? 0)
    do throws(Thrown) {
      if positional > 1 { throw raise(.argumentError, "an error takes one message; its fields are named") }
      var message = intern("")
      if positional == 1 {
        heap.release(message)
        message = try text(of: window[2])
      }
      let error = heap.makeError(kind: Machine.name(ofKind: window.pointee).retained(), message: message)
      if let names, names.count > 0 {
        error.fields.pointee = Value(heap.makeMap(capacity: names.count).block)
        for index in 0..<names.count {
          let name = names.elements[index]
          heap.set(
            name.retained(), hash: StringBlock(name).hash, to: window[2 + positional + index], inMap: error.fields)
          window[2 + positional + index] = .none
        }
      }
      for index in 0..<positional { consume(window + 2 + index, heap) }
      store(Value(error.block), window, heap)
    } catch {
      fail(error)
    }
  }

  // MARK: Built-ins and methods

  @inline(never) func callBuiltin(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let instruction = Instruction(word: word)
    let arguments = base + instruction.a
    let count = instruction.b
    do throws(Thrown) {
      let result = try natives[instruction.c](self, arguments, count)
      for index in 0..<count { consume(arguments + index, heap) }
      store(result, arguments, heap)
      if output.count > 1 << 16 { endSliceSoon() }
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func callMethod(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let instruction = Instruction(word: word)
    return invoke(method: instruction.c, base + instruction.a, instruction.b)
  }

  /// Calls the method with the id `method` on the receiver in window[2]. False when the fiber's record has changed.
  func invoke(method: Int, _ window: UnsafeMutablePointer<Value>, _ count: Int) -> Bool {
    let receiver = window[2]
    if receiver.tag == Kind.object || method >= BuiltinMethods.names.count {
      return callObjectMethod(method, window, count)
    }
    do throws(Thrown) {
      let index = tables.index(method, Machine.receiverKind(of: receiver))
      if index < 0 { throw noMethod(method, receiver) }
      let result: Value
      if let native = tables.entries[index].plain, !takesPrelude(index, window + 3, count) {
        try checkArguments(index, window + 3, count)
        result = try native(self, window + 2, count + 1)
      } else if let native = tables.entries[index].mutating {
        // The receiver is a temporary: what changes is thrown away, what the method gives is not.
        try checkArguments(index, window + 3, count)
        result = try native(self, window + 2, window + 3, count)
      } else if let prelude = preludeTask(ofMethod: index) {
        window.pointee = Value(tag: Kind.function, bits: UInt64(prelude))
        enter(function: prelude, window: window, count: count + 1)
        return false
      } else {
        return try handleMethod(index, window, count)
      }
      for offset in 0...count { consume(window + 2 + offset, heap) }
      store(result, window, heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  /// The task of the prelude that carries out a method; nil if there is none.
  @inline(__always) func preludeTask(ofMethod index: Int) -> Int? {
    if preludeTasks.isEmpty {
      preludeTasks = BuiltinMethods.all.map { $0.prelude.flatMap { image.preludeFunctions[$0] } ?? -1 }
    }
    return preludeTasks[index] < 0 ? nil : preludeTasks[index]
  }

  /// Whether this call is one that the prelude carries out though the machine does the others.
  private func takesPrelude(_ index: Int, _ arguments: UnsafeMutablePointer<Value>, _ count: Int) -> Bool {
    let place = tables.entries[index].preludePlace
    if place < 0 { return false }
    return place < count && arguments[place].tag != Kind.unset && arguments[place].tag != Kind.none
  }

  /// Checks the number of arguments, and marks what was left out.
  func checkArguments(_ index: Int, _ arguments: UnsafeMutablePointer<Value>, _ count: Int) throws(Thrown) {
    let arity = (least: tables.entries[index].least, most: tables.entries[index].most)
    if arity.most < Int.max, count < arity.most {
      for offset in count..<arity.most { store(.unset, arguments + offset, heap) }
    }
    var isMissing = count < arity.least
    if !isMissing {
      for offset in 0..<arity.least where arguments[offset].tag == Kind.unset { isMissing = true }
    }
    if count > arity.most || isMissing {
      let signature = BuiltinMethods.all[index]
      let most = arity.most
      let expected =
        arity.least == most
        ? (most == 0 ? "no arguments" : Machine.counted(most, "argument")) : "\(arity.least) to \(most) arguments"
      throw raise(
        .argumentError,
        "`.\(signature.name)()` of \(article(typeName(signature.receiver))) takes \(expected), but \(count) are given")
    }
  }

  private func typeName(_ kind: ReceiverKind) -> String {
    let name = "\(kind)"
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  func noMethod(_ method: Int, _ receiver: Value) -> Thrown {
    let name = BuiltinMethods.names[method]
    let type = Machine.typeName(receiver)
    let owners = BuiltinMethods.all.filter { $0.name == name }.map { typeName($0.receiver) }
    return raise(
      .typeError, "\(article(type)) has no method `\(name)`",
      hint: receiver.tag == Kind.none
        ? "the value is `none`; `x?.\(name)(…)` gives `none` then"
        : "\(owners.joined(separator: ", ")) \(owners.count == 1 ? "has" : "have") one")
  }

  // MARK: Tasks and groups

  /// Methods that change what is shared, or wait. False when the fiber's record has changed.
  private func handleMethod(
    _ index: Int, _ window: UnsafeMutablePointer<Value>, _ count: Int
  ) throws(Thrown) -> Bool {
    let receiver = window[2]
    try checkArguments(index, window + 3, count)
    if receiver.tag == Kind.queue, let method = BuiltinMethod(rawValue: UInt16(truncatingIfNeeded: index)) {
      return try queueMethod(method, window)
    }
    if receiver.tag == Kind.task {
      if let fiber = TaskBlock(receiver).fiber { cancelTask(fiber) }
    } else if receiver.tag == Kind.group, let scope = GroupBlock(receiver).scope {
      cancel(scope, .asked)
    }
    consume(window + 2, heap)
    store(.none, window, heap)
    return true
  }

  func taskMember(_ value: Value, _ name: Value) throws(Thrown) -> Value {
    let task = TaskBlock(value)
    switch name.text {
    case "done": return Value(task.state != .running)
    case "error":
      switch task.state {
      case .failed: return task.result.pointee.retained()
      case .cancelled: return cancelledError(of: task)
      case .running, .succeeded: return .none
      }
    case "value": return task.state == .succeeded ? task.result.pointee.retained() : .none
    case "args": return task.arguments.pointee.retained()
    case "name": return task.name.pointee.retained()
    case let other:
      throw raise(
        .typeError, "a Task has no member `\(other)`",
        hint: "it has `done`, `error`, `value`, `args`, `name` and `cancel()`")
    }
  }

  func groupMember(_ value: Value, _ name: Value) throws(Thrown) -> Value {
    guard name.text == "running" else {
      throw raise(.typeError, "a Group has no member `\(name.text)`", hint: "it has `running` and `cancel()`")
    }
    return Value(GroupBlock(value).scope?.pointee.children ?? 0)
  }
}
