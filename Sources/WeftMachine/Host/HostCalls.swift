import WeftCompiler

/// A task that waits for a function of the host.
struct PendingHostCall {
  let fiber: FiberPointer
}

extension Machine {
  // MARK: Calls

  /// False when the fiber's record has changed.
  @inline(never) func callHost(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let instruction = Instruction(word: word)
    let arguments = base + instruction.a
    let count = instruction.b
    core.pointee.ticks &-= 1
    guard let direct = host.direct[instruction.c] else {
      wait(for: .function(instruction.c), arguments, count, register: instruction.a) {
        for index in 0..<count { consume(arguments + index, heap) }
      }
      return false
    }
    do throws(Thrown) {
      let result = try direct(self, arguments)
      for index in 0..<count { consume(arguments + index, heap) }
      store(result, arguments, heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  /// Calls a host function that is a value, as it stands in a window.
  func callHostValue(_ window: UnsafeMutablePointer<Value>, _ count: Int, _ labels: Value?) {
    let index = Int(window.pointee.bits)
    guard let fiber = core.pointee.fiber, image.hostFunctions.indices.contains(index) else { return }
    let name = image.hostFunctions[index]
    core.pointee.ticks &-= 1
    do throws(Thrown) {
      guard let interface = host.table.interface.function(named: name) else {
        throw raise(.nameError, "the host of this run has no function `\(name)`")
      }
      var arguments = try place(
        window + 2, count, labels, interface.parameters, "`\(name)`")
      try call(.function(index), &arguments, in: window, count, fiber)
    } catch {
      fail(error)
    }
  }

  /// Calls a method of a host's object, which stands in window[2]. False when the fiber's record has changed.
  func callObjectMethod(_ method: Int, _ window: UnsafeMutablePointer<Value>, _ count: Int) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    let builtins = BuiltinMethods.names
    let name = method < builtins.count ? builtins[method] : image.hostMethods[method - builtins.count]
    let receiver = window[2]
    do throws(Thrown) {
      guard receiver.tag == Kind.object,
        let function = host.table.method(name, of: ObjectBlock(receiver).reference.object)
      else { throw noHostMethod(name, receiver) }
      core.pointee.ticks &-= 1
      var arguments = [receiver]
      arguments += try place(
        window + 3, count, nil, Array(function.interface.parameters.dropFirst()),
        "`.\(name)()` of \(article(Machine.typeName(receiver)))")
      return try call(.method(function), &arguments, in: window, count + 1, fiber)
    } catch {
      fail(error)
      return false
    }
  }

  private func noHostMethod(_ name: String, _ receiver: Value) -> Thrown {
    let type = Machine.typeName(receiver)
    let owners = (host.table.interface.methods[name] ?? [:]).keys.sorted().joined(separator: ", ")
    return raise(
      .typeError,
      receiver.tag == Kind.none ? "none has no method `\(name)`" : "\(article(type)) has no method `\(name)`",
      hint: receiver.tag == Kind.none
        ? "the value is `none`; `x?.\(name)(…)` gives `none` then" : owners.isEmpty ? nil : "\(owners) has one")
  }

  /// The arguments of a call in the order of the parameters, borrowed; unset where one is left out.
  private func place(
    _ arguments: UnsafeMutablePointer<Value>, _ count: Int, _ labels: Value?, _ parameters: [BuiltinParameter],
    _ what: String
  ) throws(Thrown) -> [Value] {
    let names = labels.map { ListBlock($0) }
    let positional = count - (names?.count ?? 0)
    guard count <= parameters.count, positional <= parameters.count else {
      let most = parameters.isEmpty ? "no arguments" : Machine.counted(parameters.count, "argument")
      throw raise(.argumentError, "\(what) takes \(most), but \(count) are given")
    }
    var values = [Value](repeating: .unset, count: parameters.count)
    for index in 0..<positional { values[index] = arguments[index] }
    for index in 0..<(names?.count ?? 0) {
      let name = names?.elements[index].text ?? ""
      guard let place = parameters.firstIndex(where: { $0.name == name }) else {
        throw raise(.argumentError, "\(what) has no parameter `\(name)`")
      }
      if values[place].tag != Kind.unset { throw raise(.argumentError, "`\(name)` is given twice") }
      values[place] = arguments[positional + index]
    }
    for (parameter, value) in zip(parameters, values) where !parameter.isOptional && value.tag == Kind.unset {
      throw raise(.argumentError, "\(what) is missing an argument: `\(parameter.name)`")
    }
    return values
  }

  /// What is called, from a program's or a host's point of view.
  private enum Callee {
    case function(Int)
    case method(HostFunction)
  }

  /// Calls with arguments that are in place; those in the window are consumed, and it takes the result.
  @discardableResult
  private func call(
    _ callee: Callee, _ arguments: inout [Value], in window: UnsafeMutablePointer<Value>, _ count: Int,
    _ fiber: FiberPointer
  ) throws(Thrown) -> Bool {
    var direct: HostFunction.DirectCall?
    switch callee {
    case .function(let index): direct = host.direct[index]
    case .method(let function): if case .direct(let call, _) = function.body { direct = call }
    }
    let places = arguments.count
    var result: Value?
    var thrown: Thrown?
    arguments.withUnsafeMutableBufferPointer { buffer in
      var empty = Value.unset
      withUnsafeMutablePointer(to: &empty) { fallback in
        let slots = buffer.baseAddress ?? fallback
        guard let direct else {
          wait(for: callee, slots, places, register: window - fiber.pointee.base) {
            for index in 0..<count { consume(window + 2 + index, heap) }
          }
          return
        }
        do throws(Thrown) { result = try direct(self, slots) } catch { thrown = error }
      }
    }
    if let thrown { throw thrown }
    guard let result else { return false }
    for index in 0..<count { consume(window + 2 + index, heap) }
    store(result, window, heap)
    return true
  }

  // MARK: Waiting

  /// Hands a call to the driver; the fiber goes on when it is answered.
  private func wait(
    for callee: Callee, _ arguments: UnsafeMutablePointer<Value>, _ count: Int, register: Int, consume: () -> Void
  ) {
    guard let fiber = core.pointee.fiber else { return }
    do throws(Thrown) {
      let ticket = nextTicket + 1
      let effect = try effect(callee, ticket, arguments, count)
      if mustNotWait(fiber) { return }
      consume()
      nextTicket = ticket
      hostCalls[ticket] = PendingHostCall(fiber: fiber)
      fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: UInt(ticket))
      fiber.pointee.wait = .host
      fiber.pointee.resultRegister = Int32(register)
      core.pointee.outstanding += 1
      core.pointee.fiber = nil
      effects.append(effect)
    } catch {
      fail(error)
    }
  }

  private func effect(
    _ callee: Callee, _ ticket: UInt64, _ arguments: UnsafeMutablePointer<Value>, _ count: Int
  ) throws(Thrown) -> Effect {
    let body: HostFunction.Body?
    switch callee {
    case .method(let method): body = method.body
    case .function(let index):
      body = host.bodies[index]
      if body == nil, isInWorkerProcess {
        let values = (0..<count).map { arguments[$0].tag == Kind.unset ? Value.none : arguments[$0] }
        return .askHost(ticket: ticket, function: index, try pack(values, for: .bytes))
      }
    }
    guard let body else {
      // A script may be run by another host than the one that it was compiled for.
      var name = "?"
      if case .function(let index) = callee { name = image.hostFunctions[index] }
      throw raise(.nameError, "the host of this run has no function `\(name)`")
    }
    var values: [WeftValue] = []
    values.reserveCapacity(count)
    for index in 0..<count { values.append(try snapshot(arguments[index])) }
    return .startHostCall(ticket: ticket, HostCall(body, values))
  }

  /// The driver's answer to `startHostCall` and `askHost`. One that nobody waits for any more is dropped.
  public func hostCallEnded(_ ticket: UInt64, _ answer: HostAnswer) {
    guard let pending = hostCalls.removeValue(for: ticket) else { return }
    core.pointee.outstanding -= 1
    do throws(Thrown) {
      switch answer {
      case .value(let result): wake(pending.fiber, with: try value(of: result))
      case .parcel(let parcel, let isError):
        let values = unpack(parcel) ?? []
        guard values.count == 1, !isError || values[0].tag == Kind.error else {
          for value in values { heap.release(value) }
          throw raise(.hostError, "the answer of the host makes no sense")
        }
        if isError { throw Thrown(error: values[0]) }
        wake(pending.fiber, with: values[0])
      case .failed(let error): throw Thrown(error: try makeError(error))
      }
    } catch {
      wake(pending.fiber, throwing: error.error)
    }
  }

  // MARK: For the parent of a worker process

  /// The arguments of a call that a worker process asks for; nil when they make no sense.
  package func values(in parcel: Parcel) -> [WeftValue]? {
    guard let values = unpack(parcel) else { return nil }
    defer { for value in values { heap.release(value) } }
    do throws(Thrown) {
      var snapshots: [WeftValue] = []
      for value in values { snapshots.append(try snapshot(value)) }
      return snapshots
    } catch {
      heap.release(error.error)
      return nil
    }
  }

  /// A value as all bytes.
  package func parcel(of value: WeftValue) throws(WeftError) -> Parcel {
    do throws(Thrown) {
      let value = try self.value(of: value)
      defer { heap.release(value) }
      return try pack([value], for: .bytes)
    } catch {
      defer { heap.release(error.error) }
      throw WeftError(ErrorBlock(error.error).kind.pointee.text, ErrorBlock(error.error).message.pointee.text)
    }
  }
}
