import Testing
import Weft

private struct User: Codable, Equatable {
  var id: Int
  var name: String
}

private struct Unfit: Error, CustomStringConvertible {
  var description: String { "it does not fit" }
}

private final class Counter: Sendable {
  let value = Locked(0)
  func add(_ count: Int) -> Int {
    value.withLock { value in
      value += count
      return value
    }
  }
}

private enum Request {
  @TaskLocal static var id = "none"
}

@Suite("Embedding: host functions")
struct HostFunctionTests {
  private func weft() -> Interpreter {
    var weft = Interpreter()
    weft.define("add", parameters: ["a", "b"]) { (a: Int, b: Int) in a + b }
    weft.define("half") { (x: Double) in x / 2 }
    weft.define("negate") { (x: Bool) in !x }
    weft.define("shout", parameters: ["text", .init("mark", default: "!")]) { (text: String, mark: String) in
      text.uppercased() + mark
    }
    weft.define("maybe", parameters: ["x"]) { (x: Int?) in x.map { $0 + 1 } }
    weft.define("rename", parameters: ["user", "name"]) { (user: User, name: String) in User(id: user.id, name: name) }
    weft.define("same") { (value: WeftValue) in value }
    weft.define("nothing") {}
    weft.define("six") { (a: Int, b: Int, c: Int, d: Int, e: Int, f: Int) in a + b + c + d + e + f }
    weft.define("fail") { () throws -> Int in throw Unfit() }
    weft.define(error: "NotFound")
    weft.define("find", parameters: ["id"]) { (id: Int) throws -> User in
      throw WeftError("NotFound", "there is no user \(id)", ["id": .int(id)], hint: "look elsewhere")
    }
    weft.define("later", parameters: ["x"]) { (x: Int) async throws -> Int in
      try await Task.sleep(for: .milliseconds(1))
      return x * 10
    }
    weft.define("failLater") { () async throws -> Int in throw Unfit() }
    weft.define("block", parameters: ["x"], runs: .blocking) { (x: Int) in x + 1 }
    weft.define("db.count", documentation: "how many there are") { 7 }
    weft.define("request") { () async -> String in Request.id }
    weft.define("requestNow") { Request.id }
    weft.define(Counter.self) { counter in
      counter.method("add", parameters: ["count"]) { (counter: Counter, count: Int) in counter.add(count) }
      counter.method("addLater") { (counter: Counter, count: Int) async in counter.add(count) }
      counter.method("reset") { (counter: Counter) in counter.value.withLock { $0 = 0 } }
      // Lists have one as well.
      counter.method("count") { (counter: Counter) in counter.value.withLock { $0 } }
    }
    weft.define("counter") { HostObject(Counter()) }
    weft.define("read") { (counter: HostObject<Counter>) in counter.object.value.withLock { $0 } }
    return weft
  }

  private func value(_ source: String) async throws -> WeftValue { try await weft().compile(source).run().value }

  private func failure(_ source: String) async throws -> String {
    let script = try weft().compile(source)
    let error = await #expect(throws: RunError.self) { try await script.run() }
    return error.map { "\($0.kind): \($0.message)" } ?? ""
  }

  @Test("arguments and results of every kind")
  func kinds() async throws {
    #expect(try await value("add(2, 3)") == 5)
    #expect(try await value("add(b: 2, a: 3)") == 5)
    #expect(try await value("half(5)") == 2.5)
    #expect(try await value("negate(true)") == false)
    #expect(try await value("shout(\"a\")") == "A!")
    #expect(try await value("shout(\"a\", mark: \"?\")") == "A?")
    #expect(try await value("maybe(none)") == .none)
    #expect(try await value("maybe()") == .none)
    #expect(try await value("maybe(3)") == 4)
    #expect(try await value("rename({id: 1, name: \"a\"}, \"b\")") == ["id": 1, "name": "b"])
    #expect(try await value("same([1, {a: 2s}, none])") == [1, ["a": .duration(.seconds(2))], nil])
    #expect(try await value("nothing()") == .none)
    #expect(try await value("six(1, 2, 3, 4, 5, 6)") == 21)
    #expect(try await value("db.count()") == 7)
    #expect(try await value("later(4)") == 40)
    #expect(try await value("block(4)") == 5)
    #expect(try await value("gather for i in 1...50 { later(i) + block(i) }").list?.count == 50)
  }

  @Test("functions of the host are values like any other")
  func asValues() async throws {
    #expect(try await value("[1, 2].map(maybe)") == [2, 3])
    #expect(try await value("let f = later\n[f(1), f(x: 2)]") == [10, 20])
    #expect(try await value("let f = add\nf(b: 1, a: 2)") == 3)
    #expect(try await value("[\"\\(add)\", \"\\(type(add))\"]") == ["<task add>", "Function"])
    #expect(try await value("db.count == db.count") == true)
    #expect(
      try await failure("let f = add\nf(1)") == "ArgumentError: `add` is missing an argument: `b`")
    #expect(try await failure("let f = add\nf(1, 2, 3)") == "ArgumentError: `add` takes 2 arguments, but 3 are given")
    #expect(try await failure("let f = add\nf(1, c: 2)") == "ArgumentError: `add` has no parameter `c`")
  }

  @Test("wrong calls are found before the script runs")
  func compileTime() throws {
    func problem(_ source: String) -> String? {
      let error = #expect(throws: CompileError.self) { try weft().compile(source) }
      return error?.diagnostics.first.map { "\($0.code) \($0.message)\($0.caret.map { "; \($0)" } ?? "")" }
    }
    #expect(problem("renam(1, 2)") == "E0201 cannot find `renam` in scope; did you mean `rename`?")
    #expect(problem("add(1)") == "E0301 `add` is missing the argument `b`")
    #expect(problem("add(1, 2, 3)") == "E0301 `add` takes 2 arguments, but 3 are given")
    #expect(problem("shout(\"a\", markk: 2)") == "E0302 `shout` has no parameter `markk`; did you mean `mark`?")
    #expect(problem("db.cuont()") == "E0208 `db` has no member `cuont`; did you mean `count`?")
    #expect(problem("db") == "E0208 `db` is not a value")
    #expect(problem("Counter") == "E0208 `Counter` is a type, not a value")
    #expect(problem("counter().addLatr(1)") == "E0202 no value has a method `addLatr`; did you mean `addLater`?")
    #expect(
      problem("try { } catch NotFoud { }") == "E0207 cannot find a kind of error `NotFoud`; did you mean `NotFound`?")
  }

  @Test("a script may give a name of the host another meaning")
  func shadowing() async throws {
    #expect(try await value("task add(a, b) => a * b\nadd(3, 4)") == 12)
    var weft = Interpreter()
    weft.define("len") { (text: String) in 99 }
    #expect(try await weft.compile("len(\"a\")").run().value == 99)
  }

  @Test("errors of the host are errors of the script")
  func errors() async throws {
    #expect(try await failure("fail()") == "HostError: it does not fit")
    #expect(try await failure("failLater()") == "HostError: it does not fit")
    #expect(try await value("try { fail() } catch HostError as e { e.message }") == "it does not fit")
    #expect(
      try await value("try { find(3) } catch NotFound as e { [e.id, e.message, e.kind] }")
        == [3, "there is no user 3", "NotFound"])
    #expect(try await value("try { find(3) } catch HostError as e { 1 }") == 1)
    #expect(try await failure("add(1, \"x\")") == "TypeError: `b` of `add` must be an Int, not a String")
    #expect(try await failure("half(none)") == "TypeError: argument 1 of `half` must be a Float, not none")
    #expect(
      try await failure("rename({id: \"x\", name: \"a\"}, \"b\")")
        == "TypeError: `user` of `rename` is no such value: `id` must be an Int, not a String")
    #expect(
      try await failure("rename({id: 1}, \"b\")")
        == "TypeError: `user` of `rename` is no such value: `name` is missing")
    #expect(try await failure("same(x => x)") == "TypeError: a Function that has left its interpreter cannot come back")
  }

  @Test("objects of the host have methods, and go through a script unseen")
  func objects() async throws {
    #expect(
      try await value("let c = counter()\nc.add(2)\nc.add(count: 3)\nc.addLater(5)\n[c.count(), read(c)]") == [10, 10])
    #expect(
      try await value("let c = counter()\nlet d = {c: c}\nd.c.add(1)\nc.reset()\n[c.count(), c == d.c, c == counter()]")
        == [0, true, false])
    #expect(
      try await value("[\"\\(counter())\", type(counter()), \"\\(counter() is Counter)\", [1, 1].count(1)]")
        == ["<Counter>", "Counter", "true", 2])
    #expect(try await value("counter()").typeName == "Counter")
    #expect(try await failure("3.add(1)".replacing("3", with: "(3)")) == "TypeError: an Int has no method `add`")
    #expect(try await failure("counter().upper()") == "TypeError: a Counter has no method `upper`")
    #expect(
      try await failure("counter().add()")
        == "ArgumentError: `.add()` of a Counter is missing an argument: `count`")
    #expect(
      try await failure("read(1)")
        == "TypeError: argument 1 of `read` must be a Counter, not a Int".replacing("a Int", with: "a Int"))
    #expect(
      try await failure("{}[counter()] = 1".isEmpty ? "" : "var m = {}\nm[counter()] = 1")
        == "TypeError: a Counter cannot be a map key")
  }

  @Test("pools of threads and tasks call the host as well, and share its objects")
  func pools() async throws {
    #expect(
      try await value(
        """
        let c = counter()
        pool(threads: 2) { gather for i in 1...20 { c.add(1); c.addLater(1); add(i, later(1)) } }
        pool(tasks: 2) { gather for i in 1...20 { c.add(1) } }
        compute c.add(1)
        c.count()
        """) == 61)
  }

  @Test("a call that nobody waits for any more is cancelled, and its task has ended when the run has")
  func cancellation() async throws {
    let ended = Locked(0)
    var weft = Interpreter()
    weft.define("hang") { () async throws in
      defer { ended.withLock { $0 += 1 } }
      try await Task.sleep(for: .seconds(3_600))
    }
    let source = """
      let a = timeout(1ms) { hang(); 1 } else { 2 }
      let b = race { hang(); later() }
      task later() { sleep 1ms; 3 }
      [a, b]
      """
    #expect(try await weft.compile(source).run().value == [2, 3])
    #expect(ended.withLock { $0 } == 2)
  }

  @Test("task-local values reach host functions, in pools too")
  func taskLocals() async throws {
    let script = try weft().compile(
      "[request(), requestNow(), pool(threads: 1) { gather { request(); requestNow() } }]")
    let value = try await Request.$id.withValue("r1") { try await script.run().value }
    #expect(value == ["r1", "r1", ["r1", "r1"]])
  }

  @Test("a virtual run calls the host, whose time does not count")
  func virtual() throws {
    let script = try weft().compile("print(add(1, 2), later(3), block(4))\nsleep 1h\nprint(elapsed())")
    #expect(script.text() == "3 30 5\n1h\n")
  }

  @Test("definitions that cannot be are told when a script is compiled")
  func problems() throws {
    func problem(_ define: (inout Interpreter) -> Void) -> String? {
      var weft = Interpreter()
      define(&weft)
      let error = #expect(throws: CompileError.self) { try weft.compile("1") }
      return error?.diagnostics.first.map { "\($0.code) \($0.message)" }
    }
    let lead = "E0220 a definition of the host is wrong: "
    #expect(problem { $0.define("a b") { 1 } } == lead + "`a b` is not a name that a script can call")
    #expect(problem { $0.define("sleep") { 1 } } == lead + "`sleep` is not a name that a script can call")
    #expect(
      problem { $0.define("f", parameters: ["a"]) { (a: Int, b: Int) in a } }
        == lead + "`f` has 2 parameters, but 1 names for them")
    #expect(
      problem { $0.define("f", parameters: ["a", "a"]) { (a: Int, b: Int) in a } }
        == lead + "`f` has two parameters called `a`")
    #expect(
      problem { $0.define("f", parameters: [.init("a", default: 1), "b"]) { (a: Int, b: Int) in a } }
        == lead + "`b` of `f` needs a default, because the parameter before it has one")
    #expect(
      problem { $0.define(Counter.self) { $0.method("append") { (counter: Counter) in 1 } } }
        == lead + "the method `append` of Counter needs another name: it is one that changes lists in place")
    #expect(
      problem { $0.define(error: "notFound") }
        == lead + "`notFound` is not a name for a kind of error: it begins with a capital")
    #expect(
      problem { $0.define(error: "A", below: "B") }
        == lead + "the kind of error `A` is to be below `B`, which is not defined")
  }
}
