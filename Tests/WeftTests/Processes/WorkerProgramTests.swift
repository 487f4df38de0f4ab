import Testing
import WeftCompiler
import WeftMachine

@testable import Weft

@Suite("a script on its way to worker processes")
struct WorkerProgramTests {
  private let files = Files([
    "main.weft": """
    import "first.weft" as first
    import "second.weft"
    error Busy: HTTPError
    param count = 3
    param name = "x"
    task work(n) => first.double(n) + triple(count)
    print(work(2), name, env("HOME"))
    """,
    "first.weft": "import \"second.weft\"\ntask double(x) => triple(x) - x\n",
    "second.weft": "task triple(x) => 3 * x\nlet table = [n * n for n in 1...5]\n",
  ])

  private func script() throws -> Script {
    let main = try #require(files.sources["main.weft"])
    return try Script(compiling: main, imports: files.loader, granting: .all)
  }

  @Test("it is compiled to the same, and runs the same")
  func roundTrip() throws {
    let script = try script()
    var options = RunOptions()
    options.seed = 1 << 63
    options.params = ["count": .int(5), "name": .string("Ada")]
    options.environment = ["HOME": "/home/ada"]
    options.limits.operations = 10_000
    options.files = DiskFiles()
    let program = try WorkerProgram(compiling: WorkerProgram(script, options, hasNetwork: true).bytes)
    #expect(program.script.image.identity == script.image.identity)
    #expect(program.script.image.sources.map(\.name) == script.image.sources.map(\.name))
    #expect(program.options.seed == 1 << 63)
    #expect(program.options.limits.operations == 10_000)
    #expect(program.options.limits.memory == .max)
    #expect(program.hasNetwork)
    #expect(program.options.files is DiskFiles)
    #expect(program.script.text(program.options) == "19 Ada /home/ada\n")
  }

  @Test("parameters of every type arrive")
  func params() throws {
    let script = try Script(compiling: "print(1)")
    var options = RunOptions()
    options.params = [
      "a": .float(-0.5), "b": .bool(true), "c": .duration(.nanoseconds(-7)), "d": .rate(2.5), "e": .string("ü\u{0}"),
      "f": .int(.min), "g": ["x", nil, ["k": 1]],
    ]
    let arrived = try WorkerProgram(compiling: WorkerProgram(script, options, hasNetwork: false).bytes).options.params
    #expect(arrived.mapValues { "\($0)" } == options.params.mapValues { "\($0)" })
  }

  @Test("a worker has no more than the parent's run")
  func grants() throws {
    var options = RunOptions()
    options.environment = ["SECRET": "1"]
    options.files = MemoryFiles()
    let bytes = WorkerProgram(try Script(compiling: "print(1)"), options, hasNetwork: false).bytes
    let program = try WorkerProgram(compiling: bytes)
    #expect(program.options.files == nil)
    #expect(program.options.environment.isEmpty)
    #expect(!program.hasNetwork)
  }

  @Test("bytes that are no program are refused")
  func nonsense() throws {
    let bytes = WorkerProgram(try script(), RunOptions(), hasNetwork: false).bytes
    for count in 0..<bytes.count {
      #expect(throws: WorkerRefusal.self) { try WorkerProgram(compiling: Array(bytes.prefix(count))) }
    }
    let small = Files(["main.weft": "import \"a\"\nprint(f())", "a": "task f() => 1"])
    let program = WorkerProgram(try small.compile(), RunOptions(), hasNetwork: false).bytes
    for position in program.indices {
      var changed = program
      changed[position] ^= 1 << (position % 8)
      // Either it is still a program or it is refused; it never traps.
      _ = try? WorkerProgram(compiling: changed)
    }
  }

  @Test("programs that differ have different identities; names of files and comments do not count")
  func identities() throws {
    let texts = [
      "print(1)", "print(2)", "print(1.0)", "print(\"1\")", "print(1s)", "task f(a) => a\nprint(f(1))",
      "task f(b) => b\nprint(f(1))", "error A\nthrow A(\"\")",
      "error A: HTTPError\nthrow A(\"\")", "param p = 1\nprint(p)",
    ]
    let identities = try texts.map { try Script(compiling: $0).image.identity }
    #expect(Set(identities).count == texts.count)
    #expect(try Script(compiling: "# a\nprint(1)", name: "other").image.identity == identities[0])
  }
}
