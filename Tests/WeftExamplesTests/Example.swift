import Foundation
import Testing
import Weft
import WeftMachine
import WeftSyntax

/// A script in `examples/`, and what is known of it.
struct Example: Sendable, CustomTestStringConvertible {
  let name: String
  /// Nanoseconds that a run takes on the virtual clock.
  let duration: Int64
  /// Which other outputs are right when ready tasks run in another order.
  let freedom: Freedom
  /// Needs a server.
  let fetches: Bool
  /// When the run is asked to end, in nanoseconds since the start.
  let shutdownAt: Int64?
  /// Shows a mistake: what Weft has to say of it stands around what it prints.
  let isPitfall: Bool
  /// Less to do than the script has by itself, which would take a build without optimization too long.
  let params: [String: WeftValue]
  /// What comes out otherwise with these `params`: by the text in `.expected`, what stands in its place.
  let changes: [String: String]
  /// Nanoseconds that a call or an iteration takes, where the example is about computing.
  let tickTime: Int64

  enum Freedom: Sendable {
    /// None: the order changes nothing.
    case none
    /// The lines of each paragraph come in any order, as far as these keep theirs.
    case lines(inOrder: [String])
  }

  init(
    _ name: String, takes duration: Int64, fetches: Bool = false, shutdownAt: Int64? = nil, isPitfall: Bool = false,
    params: [String: WeftValue] = [:], changes: [String: String] = [:], tickTime: Int64 = 0, freedom: Freedom = .none
  ) {
    self.name = name
    self.duration = duration
    self.fetches = fetches
    self.shutdownAt = shutdownAt
    self.isPitfall = isPitfall
    self.params = params
    self.changes = changes
    self.tickTime = tickTime
    self.freedom = freedom
  }

  var testDescription: String { name }

  static let all: [Example] = [
    Example("00-first-script", takes: 4 * second, fetches: true),
    Example(
      "01-lost-updates", takes: 0, isPitfall: true, params: ["rounds": .int(100)], changes: ["4000000": "400"]),
    Example("02-every-core", takes: 0, params: ["limit": .int(600)], changes: ["382": "143"]),
    Example("03-one-by-one-or-together", takes: 6 * second, fetches: true),
    Example("04-as-they-finish", takes: 3 * second, fetches: true),
    Example("05-one-at-a-time", takes: 600 * millisecond),
    Example("06-four-consumers", takes: 300 * millisecond),
    Example(
      "07-squares-in-processes", takes: 0, params: ["limit": .int(3_000)],
      changes: ["333333283333335000000": "8995500500"]),
    Example(
      "08-factors-in-processes", takes: 0, params: ["numbers": .string("1009 999999 10403 65537")],
      changes: [
        "112272535095293 = 112272535095293": "1009 = 1009",
        "100000099999829 = 9999991 * 10000019": "999999 = 3 * 3 * 3 * 7 * 11 * 13 * 37",
        "114112055433329 = 7368787 * 15485867": "10403 = 101 * 103",
        "115797848077099 = 115797848077099": "65537 = 65537",
      ]),
    Example(
      "09-what-workers-cost", takes: 2_200 * millisecond, params: ["tasks": .int(200), "trips": .int(5)]),
    Example("10-one-array-four-processes", takes: 0),
    Example("11-one-word", takes: 0),
    Example("12-waiting-for-a-task", takes: 2_500 * millisecond),
    Example("13-two-waits-at-once", takes: 5 * second),
    Example("14-start-as-you-go", takes: second, freedom: .lines(inOrder: ["into the water", "done", "on the table"])),
    Example("15-requests-at-once", takes: second, fetches: true),
    Example("16-at-most-ten", takes: 10 * second, fetches: true),
    Example("17-enough-is-enough", takes: 3 * second),
    Example("18-blocking-work", takes: 10 * second),
    Example("19-one-fails", takes: 2 * second, freedom: .lines(inOrder: ["leaving", "caught", "after 1s"])),
    Example("20-keep-the-errors", takes: 0, fetches: true),
    Example("21-try-again", takes: 738_833_624, fetches: true),
    Example("22-token-bucket", takes: 2_600 * millisecond, fetches: true),
    Example("23-in-good-order", takes: 3 * second, fetches: true, shutdownAt: 2_500 * millisecond),
    Example("24-producers-and-consumers", takes: 1_210 * millisecond),
    Example("25-testing", takes: 1_100 * millisecond),
    Example("26-mocks", takes: 0, fetches: true),
    Example("27-fetch-then-compute", takes: second, fetches: true),
    Example("28-three-models", takes: 22 * second, fetches: true),
    Example(
      "29-which-model", takes: 2_200 * millisecond, params: ["tasks": .int(200), "length": .int(100)]),
    Example(
      "31-computing-on-the-loop", takes: 4 * second, isPitfall: true, params: ["rounds": .int(200_000)],
      tickTime: 10_000),
    Example("31-idle-pool", takes: 0, isPitfall: true),
    Example("31-lost-update", takes: 2 * second, isPitfall: true),
    Example("31-one-after-the-other", takes: 5 * second, fetches: true, isPitfall: true),
    Example("31-one-core", takes: 0, isPitfall: true, params: ["limit": .int(200)]),
    Example("31-opposite-orders", takes: 200 * millisecond, isPitfall: true),
    Example("31-too-many-threads", takes: 600 * millisecond, isPitfall: true),
    Example("31-two-locks", takes: 3 * second, isPitfall: true, freedom: .lines(inOrder: [])),
    Example("31-unseen-error", takes: 2 * second, isPitfall: true),
  ]

  static func named(_ name: String) throws -> Example {
    try #require(all.first { $0.name == name })
  }

  /// A virtual world with a modelled httpbin, in which the example is asked to end when it has to be.
  func world(orderSeed: UInt64? = nil) -> VirtualWorld {
    var world = ModelledHTTPBin().world(orderSeed: orderSeed)
    world.shutdownAt = shutdownAt
    world.tickTime = tickTime
    return world
  }

  func options(files: any FileAccess) -> RunOptions {
    var options = RunOptions()
    options.params = params
    options.files = files
    return options
  }

  /// What the script says in a run: what it prints and, of a pitfall, the advice before and the error after that.
  func transcript(of script: Script, orderSeed: UInt64? = nil) throws -> (result: RunResult, text: String) {
    let renderer = DiagnosticRenderer(color: false)
    let source = try source()
    var text: [UInt8] = []
    func tell(_ diagnostic: Diagnostic) { text += (renderer.text(diagnostic, in: source) + "\n").utf8 }
    if isPitfall { for warning in script.warnings { tell(warning) } }
    // As Linux tells a process of its memory.
    let files = MemoryFiles(["/proc/self/status": "Name:\tweft\nRssAnon:\t    2048 kB\n"])
    let result = script.runVirtually(
      options(files: files), in: world(orderSeed: orderSeed), output: { text += $0 }, warning: tell)
    if isPitfall { text += script.complaint(about: result).utf8 }
    return (result, Self.withoutFigures(String(decoding: text, as: UTF8.self)))
  }

  /// What an output has up to its line `measured here:`. What follows depends on the machine.
  static func withoutFigures(_ output: String) -> String {
    let mark = "\nmeasured here:\n"
    return output.range(of: mark).map { String(output[..<$0.upperBound]) } ?? output
  }

  /// Without what depends on the machine, the times, and on the server, the sums of bytes.
  static func comparable(_ output: String) -> String {
    withoutFigures(output)
      .replacing(/\b\d+(\.\d+)?m?s\b/, with: "(time)")
      .replacing(/\d+ bytes(,| in all)/) { "(size) bytes\($0.1)" }
  }

  func source() throws -> SourceFile {
    SourceFile(name: "\(name).weft", text: try Project.text("examples/\(name).weft"))
  }

  func script() throws -> Script { try Self.script(source()) }

  /// With other examples to import, and with files.
  static func script(_ source: SourceFile) throws -> Script {
    let imports: ImportLoader = { path, _ throws(ImportError) in
      guard let text = try? Project.text("examples/\(path)") else { throw ImportError("cannot find `\(path)`") }
      return SourceFile(name: path, text: text)
    }
    return try Script(compiling: source, imports: imports, granting: [.standard, .files], advising: true)
  }

  /// What it prints with its `params`.
  func expectedOutput() throws -> String {
    changes.reduce(try Project.text("examples/\(name).expected")) { $0.replacing($1.key, with: $1.value) }
  }

  func record(_ output: String) throws {
    let output = changes.reduce(output) { $0.replacing($1.value, with: $1.key) }
    let file = Project.folder.appending(path: "examples/\(name).expected")
    try output.write(to: file, atomically: true, encoding: .utf8)
  }
}

let millisecond: Int64 = 1_000_000
let second: Int64 = 1_000_000_000

extension Script {
  /// Runs it on a virtual clock; gives what it printed, too.
  func runWithOutput(
    _ options: RunOptions = RunOptions(), in world: VirtualWorld
  ) -> (result: RunResult, output: String) {
    var output: [UInt8] = []
    let result = runVirtually(options, in: world) { output += $0 }
    return (result, String(decoding: output, as: UTF8.self))
  }

  /// Why the run did not complete; empty if it did.
  func complaint(about result: RunResult) -> String {
    switch result.outcome {
    case .completed: ""
    case .failed(let report), .exceeded(let report): text(of: report)
    case .cancelled: "cancelled"
    }
  }
}

extension Machine.Leftovers {
  var isClean: Bool { fibers == 0 && scopes == 0 && timers == 0 && fetches == 0 }
}
