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

  static let memory = 8_000_000

  static let options = {
    var options = RunOptions()
    options.limits.memory = memory
    options.limits.operations = 200_000
    options.limits.callStack = 1_000_000
    options.limits.tasks = 2_000
    options.limits.valueSize = 4_000_000
    options.limits.output = 256_000
    options.limits.workers = 50
    return options
  }()

  @Test func thereAreManyOfThem() { #expect(Self.scripts.count >= 130) }

  @Test(arguments: scripts) func isStopped(_ script: HostileScript) {
    let ending = ending(of: script)
    #expect(matches(ending, script.ending), "it ended so: \(ending)")
  }

  /// Texts that are nested without end: the parser gives up and says where.
  @Test(arguments: [
    ("(", "1", ")"), ("[", "", "]"), ("{a: ", "1", "}"), ("not ", "true", ""), ("- ", "1", ""), ("x => ", "1", ""),
    ("if true { ", "1", " }"), ("gather { ", "1", " }"), ("try { ", "1", " } catch { }"), ("\"\\(", "1", ")\""),
    ("timeout(1s) { ", "1", " }"), ("f(", "1", ")"), ("1 + (", "1", ")"), ("[x for x in ", "[]", "]"),
    ("task f() { ", "1", " }"), ("fetch ", "1", ""), ("retry(1) { ", "1", " }"), ("{[", "1", "]: 1}"),
  ]) func nestedWithoutEnd(_ before: String, _ core: String, _ after: String) {
    let text = String(repeating: before, count: 20_000) + core + String(repeating: after, count: 20_000)
    let error = #expect(throws: CompileError.self) { try Script(compiling: text) }
    #expect(
      error?.diagnostics.contains { $0.message.contains("nested") } == true,
      "\(error?.diagnostics.first?.message ?? "")")
  }

  /// Long, but not deep: it compiles, or says why not.
  @Test(arguments: [
    ("1", " + 1"), ("x", ".x"), ("f", "()"), ("x", "[0]"), ("true", " and true"), ("if true { } ", "else if true { }"),
    ("[1]", "\n[1]"), ("\"a\"", " + \"b\""), ("1", " < 2"), ("2", " ** 2"), ("none", " ?? none"),
  ]) func longWithoutEnd(_ start: String, _ more: String) {
    do throws(CompileError) { _ = try Script(compiling: start + String(repeating: more, count: 50_000)) } catch {
      #expect(!error.diagnostics.isEmpty)
    }
  }

  private func ending(of script: HostileScript) -> String {
    switch compiled(script) {
    case .success(let compiled): return ending(of: compiled)
    case .failure(let error):
      return "does not compile: " + error.diagnostics.map { $0.message + " " + ($0.hint ?? "") }.joined()
    }
  }

  private func compiled(_ script: HostileScript) -> Result<Script, CompileError> {
    do throws(CompileError) {
      return .success(try Script(compiling: script.text, granting: [.output, .clock, .randomness]))
    } catch {
      return .failure(error)
    }
  }

  private func ending(of script: Script) -> String {
    var printed = 0
    let result = script.runVirtually(Self.options) { printed += $0.count }
    #expect(result.peakMemory <= Self.memory + 8_000_000)
    #expect(printed <= Self.options.limits.output)
    if case .exceeded = result.outcome {} else { #expect(result.leftovers.isClean) }
    switch result.outcome {
    case .completed: return "done"
    case .cancelled: return "cancelled"
    case .failed(let report): return report.kind
    // Its tasks do not end, but are freed; a debug build counts their blocks.
    case .exceeded(let report):
      // It was stopped as soon as that could be: what had begun when the limit was crossed is one native function at most.
      #expect(report.message.contains("operations") || result.ticks <= Self.options.limits.operations)
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
