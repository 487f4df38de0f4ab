import Foundation
import Testing
import Weft
import WeftMachine

/// Scripts that would take all that there is, each in a run with limits. The first line says how it ends: `# ends: `, and then
/// a part of what is told of the limit that it crosses, the kind of its error, `done`, or `does not compile: ` and a part of
/// the message.
@Suite struct HostileTests {
  struct HostileScript: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    let ending: String
    var testDescription: String { name }
  }

  static let scripts: [HostileScript] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Hostile")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return files.sorted().compactMap { file in
      guard let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8) else { return nil }
      let first = text.prefix { $0 != "\n" }
      return HostileScript(name: file, text: text, ending: String(first.dropFirst("# ends: ".count)))
    }
  }()

  static let memory = 32_000_000

  static let options = {
    var options = RunOptions()
    options.limits.memory = memory
    options.limits.operations = 3_000_000
    options.limits.tasks = 5_000
    options.limits.valueSize = 4_000_000
    options.limits.output = 256_000
    options.limits.workers = 50
    return options
  }()

  @Test func thereAreManyOfThem() { #expect(Self.scripts.count >= 60) }

  @Test(arguments: scripts) func isStopped(_ script: HostileScript) {
    let ending = ending(of: script)
    #expect(matches(ending, script.ending), "it ended so: \(ending)")
  }

  private func ending(of script: HostileScript) -> String {
    switch compiled(script) {
    case .success(let compiled): return ending(of: compiled)
    case .failure(let error):
      return "does not compile: " + error.diagnostics.map { $0.message + " " + ($0.hint ?? "") }.joined()
    }
  }

  private func compiled(_ script: HostileScript) -> Result<Script, Script.CompileError> {
    do throws(Script.CompileError) { return .success(try Script(compiling: script.text)) } catch {
      return .failure(error)
    }
  }

  private func ending(of script: Script) -> String {
    var printed = 0
    let result = script.runVirtually(Self.options) { printed += $0.count }
    #expect(result.peakMemory <= Self.memory + 8_000_000)
    #expect(printed <= Self.options.limits.output)
    switch result.outcome {
    case .completed: return "done"
    case .cancelled: return "cancelled"
    case .failed(let report): return report.kind
    case .exceeded(let report):
      #expect(report.hint?.hasPrefix("the host sets it as `limits.") ?? false)
      return report.message
    }
  }

  /// An ending that is given in part, piece by piece.
  private func matches(_ ending: String, _ expected: String) -> Bool {
    guard !expected.isEmpty else { return false }
    var rest = ending[...]
    for part in expected.split(separator: ": ") {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
