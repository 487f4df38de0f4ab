import Testing
import Weft

@testable import WeftCompiler
@testable import WeftMachine

/// Tasks, captured variables, errors and responses on their way to another machine.
@Suite struct ParcelTaskTests {
  private static let carriers = [Carrier.memory, .bytes]

  /// A program that puts `made` together in the parent, and runs `use` on what arrived in the worker.
  private func image(_ make: String, use: String = "print(given)") throws -> Image {
    try Script(
      compiling: """
        error First
        error Second
        param given = 0
        task double(x) => x * 2
        task make() {
        \(make)
        }
        let made = if given == 0 { make() } else { none }
        task keep() => made
        if given != 0 {
        \(use)
        }
        """
    ).image
  }

  /// What the worker prints for what the parent made.
  private func sent(_ make: String, use: String = "print(given)", check: (Journey, Value) throws -> Void = { _, _ in })
    throws -> String
  {
    let outputs = try Self.carriers.map { carrier in
      var output = ""
      try Journey.run(try image(make, use: use)) { journey in
        #expect(journey.parent.runProgram() == "")
        let arrived = try journey.send(journey.parent[global: "made"].retained(), carrier)
        try check(journey, arrived)
        journey.worker[global: "given"] = arrived
        output = journey.worker.runProgram()
        if case .failed(let report) = journey.worker.machine.result { output += "\(report.kind): \(report.message)" }
      }
      return output
    }
    #expect(outputs[0] == outputs[1])
    return outputs[0]
  }

  @Test func tasksRunElsewhere() throws {
    #expect(try sent("double", use: "print(given(4))") == "8\n")
    #expect(try sent("len", use: "print(given(\"abc\"))") == "3\n")
    #expect(try sent("let n = [1, 2]; x => n + [x]", use: "print(given(3), given(4))") == "[1, 2, 3] [1, 2, 4]\n")
    #expect(
      try sent("let f = double; let g = x => f(x) + 1; {call: y => g(y)}", use: "let f = given[\"call\"]; print(f(5))")
        == "11\n")
  }

  @Test func aTaskThatCallsItself() throws {
    let output = try sent(
      "task factorial(n) { if n < 2 { 1 } else { n * factorial(n - 1) } }\nfactorial", use: "print(given(20))")
    #expect(output == "2432902008176640000\n")
  }

  @Test func tasksThatCallEachOther() throws {
    let output = try sent(
      """
      task even(n) { if n == 0 { true } else { odd(n - 1) } }
      task odd(n) { if n == 0 { false } else { even(n - 1) } }
      [even, odd]
      """, use: "let [even, odd] = given\nprint(even(10), odd(10))")
    #expect(output == "true false\n")
  }

  @Test func aVariableStaysOneForAllThatCapturedIt() throws {
    let output = try sent(
      "var n = 40\nlet add = x => n + x\nn = 41\n[add, () => n]",
      use: "let [add, get] = given\nprint(add(1), get())"
    ) { _, arrived in
      let closures = ListBlock(arrived).elements
      let cells = [0, 1].map { ClosureBlock(closures[$0]).captures[0] }
      #expect(cells[0].tag == Kind.cell)
      #expect(cells[0].bits == cells[1].bits)
      #expect(CellBlock(cells[0]).isFrozen)
    }
    #expect(output == "42 41\n")
  }

  @Test func aVariableThatHoldsItsOwnTask() throws {
    let output = try sent(
      "var all = []\nlet count = () => len(all)\nall.append(count)\nall.append(all)\n[count, all]",
      use: "let [count, all] = given\nprint(count(), len(all))")
    #expect(output == "2 2\n")
  }

  @Test func errorsKeepTheirPlaceAndTheirCauses() throws {
    let make = """
      task fail(what) { throw First("no \\(what)", what: what, list: [what]) }
      try {
        try { fail("luck") } catch First as e { throw Second("worse", of: e) }
      } catch e { e }
      """
    let use = """
      print(given.kind, given.message, given.line, given.cause.kind, given.cause.what, given.cause.list, given.cause.line)
      print(given.of == given.cause, given is Second, given is First)
      throw given
      """
    for carrier in Self.carriers {
      try Journey.run(try image(make, use: use)) { journey in
        _ = journey.parent.runProgram()
        let made = journey.parent[global: "made"]
        let before = journey.parent.machine.report(of: made)
        let arrived = try journey.send(made.retained(), carrier)
        #expect(
          ErrorBlock(arrived).cause.pointee.bits == MapBlock(ErrorBlock(arrived).fields.pointee).entries[0].value.bits)
        journey.worker[global: "given"] = arrived
        #expect(
          journey.worker.runProgram()
            == "Second worse 8 First luck [\"luck\"] 6\ntrue true false\n")
        guard case .failed(let report) = journey.worker.machine.result else {
          Issue.record("it did not fail")
          return
        }
        #expect("\(report)" == "\(before)")
      }
    }
  }

  @Test func everyErrorOfAGather() throws {
    let output = try sent(
      """
      task fail(n) { try { throw First("f\\(n)") } finally { sleep 1ms } }
      try { gather { fail(1); fail(2) } } catch e { e }
      """, use: "print([e.message for e in given.all])")
    #expect(output == "[\"f1\", \"f2\"]\n")
  }

  @Test func circlesOfErrors() throws {
    // First is the cause of Second's field, which is First.
    let output = try sent(
      """
      let e = First("e")
      try { try { throw Second("s", of: e) } finally { throw e } } catch x { x }
      """, use: "print(given.message, given.cause.message, given.cause.of.message)")
    #expect(output == "e s e\n")
    let closure = try sent(
      "var e = none\nlet get = () => e\ne = First(\"e\", get: get)\n[get, e]", use: "print(len(given))")
    #expect(closure == "2\n")
  }

  @Test func errorsTellOfTasksThatCouldNotTravel() throws {
    let output = try sent(
      """
      task fail(handle, name) { throw First("no") }
      taskgroup { let t = start double(1); try { fail(t, "x") } catch e { e } }
      """)
    #expect(output == "First: no\n")
  }

  @Test func responsesAreData() throws {
    for carrier in Self.carriers {
      try Journey.run(
        try image("1", use: "print(given.status, given.text, given.headers, given.url, given.method, given.elapsed)")
      ) {
        journey in
        let parent = journey.parent
        let response = ResponseBlock(parent.heap.allocate(kind: Kind.response, size: ResponseBlock.size))
        response.status = 201
        response.elapsed = 5_000_000
        response.url.pointee = parent.make("http://127.0.0.1/")
        response.headers.pointee = parent.make(["server": "x"])
        response.body.pointee = parent.make(.bytes(Array(String(repeating: "b", count: 400).utf8)))
        response.method.pointee = parent.make("PUT")
        journey.worker[global: "given"] = try journey.send(Value(response.block), carrier)
        let output = journey.worker.runProgram()
        #expect(output == "201 \(String(repeating: "b", count: 400)) {server: \"x\"} http://127.0.0.1/ PUT 5ms\n")
      }
    }
  }

  @Test func largePartsOfACopyGoByReference() throws {
    let image = try image("let big = [1] * 1000\n{f: x => len(big) + x, text: \"ab\" * 1000}")
    try Journey.run(image) { journey in
      _ = journey.parent.runProgram()
      let parcel = try journey.pack([journey.parent[global: "made"]], .memory)
      #expect(parcel.blocks?.blocks.count == 2)
      #expect(parcel.bytes.count < 50)
    }
  }

  @Test(arguments: [
    (
      "taskgroup as g { let t = start double(1); [1, 2, {owner: t}] }", "a Task in `[2].owner`",
      "await it first and send its value"
    ),
    (
      "taskgroup as g { {a: [{\"b c\": g}]} }", "a Group in `a[0][\"b c\"]`",
      "start the tasks of the group where it is open"
    ),
    (
      "taskgroup { let t = start double(1); let f = () => t; [f] }", "a Task captured by an anonymous task",
      "await it first and send its value"
    ),
    (
      "taskgroup { let t = start double(1); task f() { task g() => {a: t}; g }; f }", "a Task captured by `f`",
      "await it first and send its value"
    ),
    (
      "taskgroup { let t = start double(1); First(\"x\", at: [t]) }", "a Task in `at[0]`",
      "await it first and send its value"
    ),
  ])
  func whatCannotTravelIsNamed(_ make: String, _ what: String, _ hint: String) throws {
    let image = try image(make)
    Journey.run(image) { journey in
      _ = journey.parent.runProgram()
      let text = journey.refusal(journey.parent[global: "made"].retained())
      #expect(text == "TypeError: \(what) cannot leave its interpreter\(hint.isEmpty ? "" : " [\(hint)]")")
    }
  }
}
