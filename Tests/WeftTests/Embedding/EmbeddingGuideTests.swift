import Foundation
import Testing
import Weft

/// The listings of `Documentation/embedding.md`: each stands here word for word, is compiled and run.
@Suite("Documentation/embedding.md")
struct EmbeddingGuideTests {
  @Test func firstScript() async throws {
    // listing: first
    let weft = Interpreter()
    let script = try weft.compile(
      """
      param count = 3
      print("adding \\(count) numbers")
      sum([n * n for n in 1...count])
      """, name: "squares.weft")

    let result = try await script.run(with: ["count": 20])
    let total: Int = try result.value.decode()
    // end
    #expect(total == 2870)
    #expect(result.output == "adding 20 numbers\n")
  }

  // listing: user
  struct User: Codable, Sendable {
    var id: Int
    var name: String
  }
  // end

  @Test func hostFunctions() async throws {
    // listing: functions
    var weft = Interpreter()
    weft.define(error: "NotFound")
    weft.define("lookup", parameters: ["id"], documentation: "finds a user") { (id: Int) async throws -> User in
      guard id > 0 else { throw WeftError("NotFound", "there is no user \(id)", ["id": .int(id)]) }
      return User(id: id, name: "user \(id)")
    }
    weft.define("discount", parameters: ["price", .init("percent", default: 10)]) { (price: Double, percent: Int) in
      price * Double(100 - percent) / 100
    }
    let script = try weft.compile(
      """
      let users = gather for id in [3, 4] { lookup(id) }
      let names = [user.name for user in users]
      let missing = try { lookup(-1).name } catch NotFound as e { "no \\(e.id)" }
      {names: names, missing: missing, price: discount(50.0), special: discount(50.0, percent: 50)}
      """)
    let value = try await script.run().value
    // end
    #expect(
      value == ["names": ["user 3", "user 4"], "missing": "no -1", "price": 45.0, "special": 25.0])
  }

  // listing: counter
  actor Counter {
    private var value = 0
    func add(_ count: Int) -> Int {
      value += count
      return value
    }
  }
  // end

  @Test func objects() async throws {
    // listing: objects
    var weft = Interpreter()
    weft.define(Counter.self) { counter in
      counter.method("add", parameters: ["count"]) { (counter: Counter, count: Int) async in await counter.add(count) }
    }
    let shared = Counter()
    weft.define("visits") { HostObject(shared) }
    let value = try await weft.compile("let v = visits()\nv.add(2)\nv.add(count: 3)").run().value
    // end
    #expect(value == 5)
  }

  @Test func calls() async throws {
    // listing: calls
    let script = try Interpreter().compile(
      """
      var seen = 0
      task onMessage(from, text) {
        seen += 1
        "\\(seen): \\(from) said \\(text)"
      }
      """)
    let run = script.start(staysOpen: true)
    let first = try await run.call("onMessage", "Ada", "hello").string
    let second = try await run.call("onMessage", "Grace", "hi").string
    try await run.close()
    // end
    #expect([first, second] == ["1: Ada said hello", "2: Grace said hi"])
  }

  @Test func control() async throws {
    // listing: control
    var weft = Interpreter()
    weft.limits.memory = .megabytes(16)
    weft.limits.operations = 1_000_000
    weft.limits.time = .seconds(5)
    let run = try weft.compile("while true { sleep 1ms }").start()
    run.cancel(reason: "not needed any more", grace: .milliseconds(100))
    do {
      _ = try await run.value
    } catch {
      print(error.reason, error.message)
    }
    // end
    let error = await #expect(throws: RunError.self) { try await run.value }
    #expect(error?.message == "the run was cancelled: not needed any more")
  }

  @Test func capabilities() throws {
    // listing: capabilities
    var weft = Interpreter()
    weft.capabilities = [
      .output(.capture), .files(reading: ["data"], writing: ["data/out"]), .environment(["STAGE": "test"]),
    ]
    do {
      _ = try weft.compile("fetch(\"http://127.0.0.1\")")
    } catch {
      // error: `fetch` is not there: the host of this script does not grant the network
      print(error)
    }
    // end
    #expect(throws: CompileError.self) { try weft.compile("fetch(\"http://127.0.0.1\")") }
  }

  @Test func events() async throws {
    var lines: [String] = []
    // listing: events
    let script = try Interpreter().compile("gather for n in 1...3 { sleep (n * 1ms); print(\"done \\(n)\") }")
    let run = script.start(observed: true)
    for await event in run.events {
      switch event {
      case .output(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
      case .records(let batch): print(batch.records.count, "records")
      case .progress(let progress): print("after", Duration.nanoseconds(progress.elapsed))
      case .ended: print("ended")
      }
    }
    // end
    #expect(lines.joined() == "done 1\ndone 2\ndone 3\n")
  }

  @Test func saving() async throws {
    let weft = Interpreter()
    let source = "6 * 7"
    var bytes: [UInt8] = []
    func save(_ saved: [UInt8]) throws { bytes = saved }
    // listing: save
    let script = try weft.compile(source, name: "job.weft")
    try save(script.saved)
    // end
    var job = script
    for damage in [0, 1] as [UInt8] {
      bytes[bytes.count - 1] ^= damage
      // listing: load
      do {
        job = try weft.load(bytes)
      } catch .damaged {
        job = try weft.compile(source, name: "job.weft")
      }
      // end
      #expect(try await job.run().value.int == 42)
    }
  }

  @Test func everyListingOfThePageStandsHere() throws {
    let here = URL(filePath: #filePath)
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "Documentation/embedding.md"), encoding: .utf8)
    // The one about telemetry needs a library that these tests do not have.
    let others = root.appending(path: "Tests/WeftObservabilityTests/RunTelemetryTests.swift")
    let source = Self.unindented(
      try String(contentsOf: here, encoding: .utf8) + String(contentsOf: others, encoding: .utf8))
    var listings = 0
    for (index, part) in page.components(separatedBy: "```swift\n").enumerated() where index > 0 {
      let listing = part.components(separatedBy: "```")[0]
      listings += 1
      #expect(source.contains(Self.unindented(listing)), "this listing is not compiled: \(listing)")
    }
    #expect(listings == source.components(separatedBy: "// listing: ").count - 2)
  }

  /// Without the spaces before each line.
  private static func unindented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0.drop { $0 == " " }) }.joined(separator: "\n")
  }
}
