import Weft
import WeftMachine
import WeftSyntax

/// Files that live in memory, for imports.
struct Files {
  let sources: [String: SourceFile]

  init(_ texts: [String: String]) {
    var sources: [String: SourceFile] = [:]
    for (name, text) in texts { sources[name] = SourceFile(name: name, text: text) }
    self.sources = sources
  }

  var loader: ImportLoader {
    { [sources] path, _ throws(ImportError) in
      guard let source = sources[path] else { throw ImportError("cannot find the file `\(path)`") }
      return source
    }
  }

  /// Compiles `main.weft`.
  func compile() throws -> Script {
    try Script(
      compiling: sources["main.weft"] ?? SourceFile(name: "main.weft", text: ""), imports: loader, advising: true)
  }

  /// What is wrong with `main.weft`, as it is shown.
  var problems: String {
    do {
      let script = try compile()
      return "it compiles with \(script.warnings.count) warnings"
    } catch let error as CompileError {
      let renderer = DiagnosticRenderer(color: false)
      return error.diagnostics.map { renderer.text($0, in: error.source) + "\n" }.joined()
    } catch {
      return "\(error)"
    }
  }
}

extension Script {
  /// Runs it on a virtual clock; what it printed, and how it failed if it did.
  func outcome(
    _ options: RunOptions = RunOptions(), in world: VirtualWorld = VirtualWorld()
  ) -> (result: RunResult, text: String) {
    var output: [UInt8] = []
    let result = runVirtually(options, in: world) { output += $0 }
    var text = String(decoding: output, as: UTF8.self)
    switch result.outcome {
    case .completed: break
    case .failed(let report), .exceeded(let report): text += self.text(of: report)
    case .cancelled: text += "cancelled\n"
    }
    return (result, text)
  }

  func text(_ options: RunOptions = RunOptions(), in world: VirtualWorld = VirtualWorld()) -> String {
    outcome(options, in: world).text
  }
}

extension Machine.Leftovers {
  var isClean: Bool { fibers == 0 && scopes == 0 && timers == 0 && fetches == 0 }
}

let millisecond: Int64 = 1_000_000
let second: Int64 = 1_000_000_000

/// What a run prints, gathered from any thread.
final class Captured: Sendable {
  private let bytes = Locked<[UInt8]>([])
  func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
