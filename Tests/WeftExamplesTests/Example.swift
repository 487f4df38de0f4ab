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

  enum Freedom: Sendable {
    /// None: the order changes nothing.
    case none
    /// The lines of each paragraph come in any order, as far as these keep theirs.
    case lines(inOrder: [String])
  }

  init(
    _ name: String, takes duration: Int64, fetches: Bool = false, shutdownAt: Int64? = nil, isPitfall: Bool = false,
    freedom: Freedom = .none
  ) {
    self.name = name
    self.duration = duration
    self.fetches = fetches
    self.shutdownAt = shutdownAt
    self.isPitfall = isPitfall
    self.freedom = freedom
  }

  var testDescription: String { name }

  static let all: [Example] = [
    Example("00-first-script", takes: 4 * second, fetches: true),
    Example("03-one-by-one-or-together", takes: 5 * second, fetches: true),
    Example("04-as-they-finish", takes: 3 * second, fetches: true),
    Example("05-one-at-a-time", takes: 600 * millisecond),
    Example("06-four-consumers", takes: 300 * millisecond),
    Example("12-waiting-for-a-task", takes: 2_500 * millisecond),
    Example("13-two-waits-at-once", takes: 5 * second),
    Example("14-start-as-you-go", takes: second, freedom: .lines(inOrder: ["into the water", "done", "on the table"])),
    Example("15-requests-at-once", takes: second, fetches: true),
    Example("16-at-most-ten", takes: 10 * second, fetches: true),
    Example("17-enough-is-enough", takes: 3 * second),
    Example("19-one-fails", takes: 2 * second, freedom: .lines(inOrder: ["leaving", "caught", "after 1s"])),
    Example("20-keep-the-errors", takes: 0, fetches: true),
    Example("21-try-again", takes: 738_833_624, fetches: true),
    Example("22-token-bucket", takes: 2_600 * millisecond, fetches: true),
    Example("23-in-good-order", takes: 3 * second, fetches: true, shutdownAt: 2_500 * millisecond),
    Example("24-producers-and-consumers", takes: 1_210 * millisecond),
    Example("31-lost-update", takes: 2 * second, isPitfall: true),
    Example("31-one-after-the-other", takes: 5 * second, fetches: true, isPitfall: true),
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
    return world
  }

  /// What the script says in a run: what it prints and, of a pitfall, the advice before and the error after that.
  func transcript(of script: Script, orderSeed: UInt64? = nil) throws -> (result: RunResult, text: String) {
    let (result, output) = script.runWithOutput(in: world(orderSeed: orderSeed))
    if !isPitfall { return (result, output) }
    let renderer = DiagnosticRenderer(color: false)
    let source = try source()
    let advice = script.warnings.map { renderer.text($0, in: source) + "\n" }.joined()
    return (result, advice + output + script.complaint(about: result))
  }

  func source() throws -> SourceFile {
    SourceFile(name: "\(name).weft", text: try Project.text("examples/\(name).weft"))
  }

  func script() throws -> Script { try Script(compiling: source(), advising: true) }

  func expectedOutput() throws -> String { try Project.text("examples/\(name).expected") }

  func record(_ output: String) throws {
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
