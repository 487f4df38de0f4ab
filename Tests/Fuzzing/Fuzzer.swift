import Foundation
import Weft
import WeftMachine
import WeftSyntax

/// Makes scripts and looks whether Weft stays whole and keeps its promises, whatever they are. A trap ends the process: the
/// number of the case, which decides everything, has to be written down before.
package struct Fuzzer {
  /// What became of the cases.
  package struct Counts: Sendable {
    package var made = 0
    package var parsed = 0
    /// Statements made from the grammar, and those of them that compile and are run.
    package var statements = 0
    package var compiled = 0
    package var ran = 0
    package var completed = 0
    package var failed = 0
    package var exceeded = 0
    package var cancelled = 0

    /// All of them, in the order of `names`.
    package var all: [Int] {
      [made, parsed, statements, compiled, ran, completed, failed, exceeded, cancelled]
    }

    package static let names = [
      "programs", "that parse", "statements from the grammar", "of which compile", "programs run", "completed",
      "failed", "stopped by a limit", "cancelled",
    ]
  }

  package private(set) var counts = Counts()
  private let grammar: Grammar
  private let heights: Heights
  private let corpus: Corpus

  package init(repository: URL) throws {
    grammar = try Grammar(String(contentsOf: repository.appending(path: "grammar/weft.ebnf"), encoding: .utf8))
    heights = Heights(grammar)
    corpus = try Corpus(repository: repository)
  }

  // MARK: Cases

  /// The script of a case, for people.
  package func script(_ number: Int) -> [UInt8] {
    switch number % 4 {
    case 0, 1: Array(program(statements(number)).utf8)
    case 2: Array(mutated(number) { $0.tokens() }.utf8)
    default: mutated(number) { $0.bytes() }
    }
  }

  /// The part of a case's script that is run.
  package mutating func runnable(_ number: Int) -> [UInt8] {
    number % 4 < 2 ? compiling(statements(number)).bytes : script(number)
  }

  /// What is wrong with a case; nil if nothing is.
  package mutating func problem(ofCase number: Int) -> String? {
    counts.made += 1
    guard number % 4 < 2 else { return problem(of: script(number), seed: UInt64(number), mustParse: false) }
    let statements = statements(number)
    if let problem = problem(ofReading: Array(program(statements).utf8), mustParse: true) { return problem }
    return problem(ofRunning: compiling(statements), seed: UInt64(number))
  }

  /// What is wrong with a script that was found before.
  package mutating func problem(of script: [UInt8], seed: UInt64 = 0, mustParse: Bool = false) -> String? {
    if let problem = problem(ofReading: script, mustParse: mustParse) { return problem }
    return problem(ofRunning: SourceFile(name: "case.weft", bytes: script), seed: seed)
  }

  private func mutated<Result>(_ number: Int, _ make: (inout Mutator) -> Result) -> Result {
    var mutator = Mutator(seed: UInt64(number), corpus: corpus)
    return make(&mutator)
  }

  private func statements(_ number: Int) -> [String] {
    var generator = Generator(grammar: grammar, heights: heights, seed: UInt64(number))
    return generator.statements()
  }

  private func program(_ statements: [String]) -> String {
    Generator.prelude + statements.joined(separator: "\n") + "\n"
  }

  /// One wrong name would keep a whole script from running, so the statements that do not compile are left out; and so that
  /// one error does not end the run, each is tried.
  private mutating func compiling(_ statements: [String]) -> SourceFile {
    counts.statements += statements.count
    var text = Generator.prelude
    for statement in statements {
      let tried = "try {\n\(statement)\n} catch e { print(e.kind) }\n"
      for form in [tried, statement + "\n"] {
        guard (try? compile(SourceFile(name: "case.weft", text: text + form))) != nil else { continue }
        text += form
        counts.compiled += 1
        break
      }
    }
    return SourceFile(name: "case.weft", text: text)
  }

  /// With all that a script can be granted, none of which is outside of this process.
  private func compile(_ source: SourceFile) throws(CompileError) -> Script {
    try Script(
      compiling: source, imports: { path, _ in SourceFile(name: path, text: Generator.library) }, granting: .all,
      advising: true)
  }

  // MARK: What has to hold

  private mutating func problem(ofReading script: [UInt8], mustParse: Bool) -> String? {
    let source = SourceFile(name: "case.weft", bytes: script)
    let result = parse(source)
    let tree = dump(result.tree)
    if let problem = problem(with: result.diagnostics, in: source) { return problem }
    guard !result.hasErrors else {
      if !mustParse { return nil }
      let told = result.diagnostics.map { DiagnosticRenderer(color: false).text($0, in: source) }
      return "the grammar makes it, but it does not parse:\n" + told.joined(separator: "\n")
    }
    if tree.contains("(invalid)") { return "the tree is damaged, and there is no error" }
    counts.parsed += 1
    guard let text = format(source).text else { return "it parses but cannot be formatted" }
    let formatted = SourceFile(name: "formatted.weft", text: text)
    let after = parse(formatted)
    if after.hasErrors { return "formatted, it does not parse:\n" + text }
    if dump(after.tree) != tree || after.tree.documentation != result.tree.documentation {
      return "formatting changes the tree:\n" + text
    }
    return format(formatted).text == text ? nil : "formatting twice is not formatting once:\n" + text
  }

  private func problem(with diagnostics: [Diagnostic], in source: SourceFile) -> String? {
    for diagnostic in diagnostics {
      _ = DiagnosticRenderer(color: true).text(diagnostic, in: source)
      _ = DiagnosticRenderer(color: false).json(diagnostic, in: source)
      let span = diagnostic.span
      if span.start < 0 || span.end < span.start || Int(span.end) > source.bytes.count {
        return "a diagnostic's place is outside the script: \(diagnostic.message)"
      }
    }
    return nil
  }

  private mutating func problem(ofRunning source: SourceFile, seed: UInt64) -> String? {
    let script: Script
    do {
      script = try compile(source)
    } catch {
      return problem(with: error.diagnostics.filter { ($0.source ?? source) === source }, in: source)
    }
    counts.ran += 1
    var options = RunOptions()
    options.seed = seed
    options.limits.operations = 20_000
    options.limits.memory = 64 << 20
    options.files = MemoryFiles(["a": "one\ntwo\n", "word": "1\n"])
    options.environment = ["a": "word"]
    var world = VirtualWorld(orderSeed: seed % 3 == 0 ? nil : seed) { request, _ in
      let digits = Int64(request.url.utf8.reduce(0) { $0 + Int($1) } % 20)
      if request.url.contains("down") {
        return VirtualAnswer(delay: digits, .failure(FetchFailure(.connectionRefused, "refused")))
      }
      return .text("ok", status: request.url.contains("500") ? 500 : 200, delay: digits * 1_000_000, url: request.url)
    }
    if seed % 5 == 0 { world.cancelAt = Int64(seed % 7) * 1_000_000 }
    let result = script.runVirtually(options, in: world)
    var isWhole = true
    switch result.outcome {
    case .completed: counts.completed += 1
    case .failed(let report):
      counts.failed += 1
      _ = script.text(of: report)
    case .cancelled: counts.cancelled += 1
    case .exceeded(let report):
      counts.exceeded += 1
      isWhole = false
      _ = script.text(of: report)
    }
    let left = result.leftovers
    if isWhole, left.fibers + left.scopes + left.timers + left.fetches > 0 { return "leftovers: \(left)" }
    return result.peakMemory > 65 << 20 ? "it took \(result.peakMemory) bytes" : nil
  }
}
