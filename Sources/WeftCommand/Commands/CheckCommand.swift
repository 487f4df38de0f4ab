import ArgumentParser
import Weft
import struct WeftSyntax.Diagnostic
import class WeftSyntax.SourceFile

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look for mistakes in scripts without running them.")

  @Option(help: "How problems are told: text, or json with one object a line on standard output.")
  var format = OutputFormat.text

  @Argument(help: "The scripts; - reads one from standard input.")
  var files: [String]

  func run() throws {
    let reporter = Reporter(format)
    var errors = 0
    var warnings = 0
    var isUnreadable = false
    for file in files {
      let source: SourceFile
      do {
        source = try ScriptFile(path: file).read()
      } catch {
        reporter.failure(error.message, hint: error.hint)
        isUnreadable = true
        continue
      }
      let diagnostics: [Diagnostic]
      do {
        diagnostics = try Script(compiling: source, imports: ScriptFile.imports, granting: .all).warnings
      } catch {
        diagnostics = error.diagnostics
      }
      errors += diagnostics.count { $0.severity == .error }
      warnings += diagnostics.count { $0.severity == .warning }
      for diagnostic in diagnostics {
        let text = reporter.text(of: diagnostic, in: source)
        // For a program, the problems are what it asked for.
        if format == .json { Console.shared.write(Array(text.utf8)) } else { Console.shared.writeError(text) }
      }
    }
    if format == .text { summarize(errors, warnings, isUnreadable) }
    if Console.shared.outputFailure != nil { throw ExitStatus.brokenPipe }
    if isUnreadable { throw ExitStatus.usage }
    if errors > 0 { throw ExitStatus.doesNotCompile }
  }

  private func summarize(_ errors: Int, _ warnings: Int, _ isUnreadable: Bool) {
    let remarks = warnings > 0 ? Figures.count(warnings, "warning") : nil
    if errors > 0 {
      let problems = [Figures.count(errors, "error"), remarks].compactMap { $0 }
      Console.shared.writeError(problems.joined(separator: ", ") + "\n")
    } else if !isUnreadable {
      let scope = files.count > 1 ? ["\(files.count) files"] : []
      let details = (scope + [remarks].compactMap { $0 }).joined(separator: ", ")
      Console.shared.write(Array((details.isEmpty ? "ok\n" : "ok: \(details)\n").utf8))
    }
  }
}
