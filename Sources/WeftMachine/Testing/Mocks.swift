import Synchronization
import WeftCompiler

/// What a test, or the top level of a simulation, puts in the place of a task or of the network.
struct Mock {
  enum Target: Equatable {
    /// By the index of its function.
    case task(Int)
    /// Requests whose method and URL fit a pattern; nil for all of them.
    case fetch(URLPattern?)
  }

  let target: Target
  /// The answer; of a sequence the list of them. The machine holds a reference.
  let answer: Value
  let isSequence: Bool
  /// How many answers of the sequence have been given.
  var given = 0
  /// A list of maps of arguments, which the machine holds a reference of; none where nobody can look at it.
  var calls: Value
  var callCount = 0
  /// Where it stands: an index into the image's code.
  let position: Int
}

extension Machine {
  /// `mock target => answer`: R[a] = a handle of it, from R[b], the answer, and R[b+1], the pattern.
  func addMock(_ word: UInt64, _ base: UnsafeMutablePointer<Value>, function: Int) -> Bool {
    let instruction = Instruction(word: word)
    let isSequence = instruction.flags & 1 != 0
    let answer = base[instruction.b]
    do throws(Thrown) {
      guard image.purpose.hasMocks else {
        throw raise(.mockError, "`mock` works in tests and simulations only", hint: "run this with `weft test`")
      }
      guard !isWorker else {
        throw raise(
          .mockError, "a task in a worker of a pool cannot mock anything", hint: "write the `mock` before the `pool`")
      }
      if isSequence, answer.tag != Kind.list {
        throw raise(
          .typeError, "`each` needs a List of answers, not \(article(Machine.typeName(answer)))",
          hint: "write `=> each [a, b]`")
      }
      let target: Mock.Target
      if instruction.flags & 2 == 0 {
        target = .task(function)
        taskMocks[function] = mocks.count
      } else {
        target = .fetch(try pattern(base[instruction.b + 1]))
      }
      guard let fiber = core.pointee.fiber else { return true }
      mocks.append(
        Mock(
          target: target, answer: answer, isSequence: isSequence,
          calls: instruction.flags & 4 == 0 ? heap.makeList(taking: []) : .none,
          position: position(of: fiber.pointee.pc) - 1))
      heap.memory.mocks.add(1, ordering: .relaxed)
      base[instruction.b].tag = Kind.none
      consume(base + instruction.b + 1, heap)
      store(Value(tag: Kind.mock, bits: UInt64(mocks.count - 1)), base + instruction.a, heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  private func pattern(_ value: Value) throws(Thrown) -> URLPattern? {
    if value.isMissing { return nil }
    guard value.tag == Kind.string else {
      throw raise(
        .typeError, "the pattern of a `mock fetch` must be a String, not \(article(Machine.typeName(value)))",
        hint: "write `mock fetch \"https://api.test/*\" => …`")
    }
    return URLPattern(value.text)
  }

  // MARK: Calls of tasks

  /// The start of a task that a test mocks. If it is mocked just now, R[a] is what the mock answers, or a function that answers
  /// is called with the arguments, and true comes back; the task's own body runs otherwise. Nil when something was thrown.
  func enterMock(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> MockStep {
    let instruction = Instruction(word: word)
    let callee = (base - 2).pointee
    // unreachable: only tasks of a file's top level can be mocked, and they capture nothing.
    guard callee.tag == Kind.function else { return .notMocked }
    let function = Int(callee.bits)
    let home = mockHome ?? self
    if isWorker, mockHome == nil, heap.memory.mocks.load(ordering: .relaxed) > 0 {
      return refuseElsewhere("`\(image.functions[function].name)`")
    }
    guard let mock = home.taskMocks[function] else { return .notMocked }
    let parameters = image.functions[function].parameters
    var arguments = heap.makeMap(capacity: parameters.count)
    for (index, name) in parameters.enumerated() {
      let argument = base[index]
      setEntry(name, to: argument.retained(), in: &arguments)
    }
    return answer(mock, of: home, arguments: Value(arguments.block), base + instruction.a) { window in
      for index in parameters.indices { store(base[index].retained(), window + 2 + index, heap) }
      return parameters.count
    }
  }

  /// `fetch` where mocks may answer: R[b] is what the one that fits the request answers, for R[a] ..< R[a+7]; unset if there is
  /// none.
  func askFetchMocks(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> MockStep {
    let instruction = Instruction(word: word)
    let slot = base + instruction.a
    let window = base + instruction.b
    store(.unset, window, heap)
    // What is no request is told by `fetch` itself.
    guard slot.pointee.tag == Kind.string else { return .notMocked }
    let home = mockHome ?? self
    if isWorker, mockHome == nil, heap.memory.mocks.load(ordering: .relaxed) > 0 { return refuseElsewhere("`fetch`") }
    let refusesUnmocked = image.purpose == .test && !reachesNetwork
    if home.mocks.isEmpty, !refusesUnmocked { return .notMocked }
    let url = slot.pointee.text
    let isSent = slot[3].isMissing && slot[4].tag == Kind.unset
    let method = slot[1].tag == Kind.string ? slot[1].text.uppercased() : isSent ? "GET" : "POST"
    let found = home.mocks.lastIndex { mock in
      guard case .fetch(let pattern) = mock.target else { return false }
      return pattern?.matches(method: method, url: url) ?? true
    }
    guard let found else {
      return refusesUnmocked ? refuseUnmocked(method, url, home) : .notMocked
    }
    let names = ["url", "method", "headers", "body", "json", "timeout", "limit"]
    var arguments = heap.makeMap(capacity: 4)
    for (index, name) in names.enumerated() where slot[index].tag != Kind.unset {
      setEntry(name, to: slot[index].retained(), in: &arguments)
    }
    let request = Value(arguments.block)
    return answer(found, of: home, arguments: request.retained(), window) { window in
      store(request.retained(), window + 2, heap)
      return 1
    }.releasing(request, heap)
  }

  private func setEntry(_ name: String, to value: Value, in map: inout MapBlock) {
    let key = intern(name)
    var slot = Value(map.block)
    heap.set(key, hash: StringBlock(key).hash, to: value, inMap: &slot)
    map = MapBlock(slot)
  }

  /// Notes a call of a mock, whose arguments it takes over, and gives the next answer. A function is entered in `window`, with the
  /// arguments that `place` puts there.
  private func answer(
    _ index: Int, of home: Machine, arguments: Value, _ window: UnsafeMutablePointer<Value>,
    _ place: (UnsafeMutablePointer<Value>) -> Int
  ) -> MockStep {
    do throws(Thrown) {
      let answer = try nextAnswer(index, of: home, arguments)
      switch answer.tag {
      case Kind.error:
        defer { heap.release(answer) }
        fail(Thrown(error: copy(ofError: answer)))
        return .left
      case Kind.errorKind:
        defer { heap.release(answer) }
        let name = Machine.name(ofKind: answer).retained()
        fail(Thrown(error: Value(heap.makeError(kind: name, message: intern("a failure that a `mock` gives")).block)))
        return .left
      case Kind.function, Kind.closure, Kind.builtin: return enter(answer, window, place)
      default:
        store(answer, window, heap)
        return .answered
      }
    } catch {
      fail(error)
      return .left
    }
  }

  private func enter(
    _ callee: Value, _ window: UnsafeMutablePointer<Value>, _ place: (UnsafeMutablePointer<Value>) -> Int
  ) -> MockStep {
    guard let fiber = core.pointee.fiber else { return .left }
    let offset = window - fiber.pointee.base
    store(callee, window, heap)
    var count = place(window)
    // An answer may leave the last parameters out that it makes no use of.
    if callee.tag != Kind.builtin {
      let function = callee.tag == Kind.function ? Int(callee.bits) : ClosureBlock(callee).function
      let wanted = image.functions[function].parameters.count
      while count > wanted {
        count -= 1
        consume(window + 2 + count, heap)
      }
    }
    callValue(window: fiber.pointee.base + offset, count: count, labels: nil)
    return .entered
  }

  /// The next answer of a mock, for a call with these arguments, which are taken over.
  private func nextAnswer(_ index: Int, of home: Machine, _ arguments: Value) throws(Thrown) -> Value {
    if home === self {
      guard let answer = takeAnswer(index, arguments) else { throw exhausted(index, of: self) }
      return answer
    }
    var functions: Set<Int> = []
    defer { heap.release(arguments) }
    let parcel = try pack([arguments], for: .memory, functions: &functions)
    guard let values = home.unpack(parcel), values.count == 1 else {
      // unreachable: it was packed just now, by the same program.
      throw raise(.mockError, "the arguments of a mocked call were lost")
    }
    guard let answer = home.takeAnswer(index, values[0]) else { throw exhausted(index, of: home) }
    defer { home.heap.release(answer) }
    let way: Parcel
    do throws(Thrown) {
      way = try home.pack([answer], for: .memory, functions: &functions)
    } catch {
      defer { home.heap.release(error.error) }
      throw raise(
        .mockError, "the answer of a mock cannot go to a worker: \(ErrorBlock(error.error).message.pointee.text)")
    }
    guard let copies = unpack(way), copies.count == 1 else {
      // unreachable: as above.
      throw raise(.mockError, "the answer of a mock was lost")
    }
    return copies[0]
  }

  /// Nil when the sequence of answers is at its end.
  private func takeAnswer(_ index: Int, _ arguments: Value) -> Value? {
    mocks[index].callCount += 1
    if mocks[index].calls.tag == Kind.list {
      heap.append(arguments, toList: &mocks[index].calls)
    } else {
      heap.release(arguments)
    }
    let mock = mocks[index]
    guard mock.isSequence else { return mock.answer.retained() }
    let answers = ListBlock(mock.answer)
    guard mock.given < answers.count else { return nil }
    mocks[index].given += 1
    return answers.elements[mock.given].retained()
  }

  private func exhausted(_ index: Int, of home: Machine) -> Thrown {
    let mock = home.mocks[index]
    let count = Machine.counted(ListBlock(mock.answer).count, "answer")
    return testFailure(
      "this is call \(mock.callCount) of \(name(of: mock)), whose `each` has \(count)",
      hint: "add an answer to the `mock` in \(place(ofCode: mock.position)), or give it a function")
  }

  /// An error that has not been thrown yet, with what another one says.
  private func copy(ofError error: Value) -> Value {
    let old = ErrorBlock(error)
    let new = heap.makeError(kind: old.kind.pointee.retained(), message: old.message.pointee.retained())
    new.fields.pointee = old.fields.pointee.retained()
    new.hint.pointee = old.hint.pointee.retained()
    new.cause.pointee = old.cause.pointee.retained()
    return Value(new.block)
  }

  // MARK: Words

  func name(of mock: Mock) -> String {
    switch mock.target {
    case .task(let function): "`\(image.functions[function].name)`"
    case .fetch(let pattern): pattern.map { "`fetch \"\($0.text)\"`" } ?? "`fetch`"
    }
  }

  /// The mocks that nothing has called, with their lines.
  public var unusedMocks: [String] {
    mocks.filter { $0.callCount == 0 }.map {
      "the mock of \(name(of: $0)) in \(place(ofCode: $0.position)) was never called"
    }
  }

  /// An error that fails the test even if something catches it.
  func testFailure(_ message: String, hint: String) -> Thrown {
    let error = raise(.mockError, message, hint: hint)
    guard let fiber = core.pointee.fiber else { return error }
    let position = scriptPosition(of: fiber)
    let source = function(at: position).map { image.functions[$0].source } ?? 0
    failedExpectations.append(
      FailedExpectation(
        message, notes: ["hint: \(hint)"], span: image.spans[position], source: max(0, source)))
    return error
  }

  private func refuseUnmocked(_ method: String, _ url: String, _ home: Machine) -> MockStep {
    let patterns = home.mocks.compactMap { mock -> String? in
      guard case .fetch(let pattern?) = mock.target else { return nil }
      return "\"\(pattern.text)\""
    }
    let scheme = url.firstRange(of: "://").map { url[..<$0.upperBound] } ?? ""
    let host = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
    let advice = "`mock fetch \"\(scheme)\(host)/*\" => response(…)` answers it"
    fail(
      testFailure(
        "nothing answers `\(method) \(url)` in this test",
        hint: patterns.isEmpty ? advice : "\(advice); it does not fit \(patterns.joined(separator: ", "))"))
    return .left
  }

  private func refuseElsewhere(_ what: String) -> MockStep {
    fail(
      testFailure(
        "\(what) is called in a worker of a real pool, where no mock reaches it",
        hint: "on the virtual clock, without `--real`, it does"))
    return .left
  }

  // MARK: The handle

  func mockMember(_ value: Value, _ name: String) -> Value? {
    guard mocks.indices.contains(Int(value.bits)) else { return nil }
    return name == "calls" ? mocks[Int(value.bits)].calls.retained() : nil
  }

  func forgetMocks() {
    for mock in mocks {
      heap.release(mock.answer)
      heap.release(mock.calls)
    }
    mocks = []
    taskMocks = [:]
  }
}

/// How a call that may be mocked goes on.
enum MockStep {
  case notMocked
  /// The answer stands in its register.
  case answered
  /// A function that answers has been entered; its value comes to the register.
  case entered
  /// Something was thrown.
  case left

  func releasing(_ value: Value, _ heap: Heap) -> MockStep {
    heap.release(value)
    return self
  }
}

/// A pattern such as `https://api.test/*` or `POST https://api.test/users`: `*` stands for any text.
package struct URLPattern: Equatable, Sendable {
  package let text: String
  private let method: String?
  private let parts: [[UInt8]]

  package init(_ text: String) {
    self.text = text
    let words = text.split(separator: " ", maxSplits: 1)
    let isMethod = words.count == 2 && words[0].utf8.allSatisfy { (0x41...0x5A).contains($0) }
    method = isMethod ? String(words[0]) : nil
    parts = (isMethod ? words[1] : text[...]).utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
      .map(Array.init)
  }

  package func matches(method: String, url: String) -> Bool {
    if let wanted = self.method, wanted != method { return false }
    var rest = Array(url.utf8)[...]
    guard let first = parts.first, let last = parts.last, rest.starts(with: first) else { return false }
    if parts.count == 1 { return rest.count == first.count }
    rest = rest.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let place = Self.find(part, in: rest) else { return false }
      rest = rest[(place + part.count)...]
    }
    return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }

  private static func find(_ part: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
    guard text.count >= part.count else { return nil }
    return (text.startIndex...(text.endIndex - part.count)).first { text[$0...].starts(with: part) }
  }
}
