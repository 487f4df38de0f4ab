import ArgumentParser
import Synchronization
import Weft
import struct WeftCompiler.Program
import WeftMachine
import struct WeftSyntax.Diagnostic
import class WeftSyntax.SourceFile

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look for mistakes in scripts without running them.")

  @Option(help: "How problems are told: text, or json with one object a line on standard output.")
  var format = OutputFormat.text

  @Argument(help: "The scripts; - reads one from standard input.", completion: .file(extensions: ["weft"]))
  var files: [String]

  /// The last program stays until the process ends: to free a big tree, node by node, takes a tenth of the whole time.
  private static let last = Mutex<Program?>(nil)

  func run() throws {
    let reporter = Reporter(format)
    var errors = 0
    var warnings = 0
    var notes = 0
    var firstCode: String?
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
      let reader = ImportReader(source, ScriptFile.imports)
      Self.last.withLock { $0 = reader.program }
      let diagnostics: [Diagnostic]
      do {
        diagnostics = try Script(compiling: reader, granting: .all, advising: true).warnings
      } catch {
        diagnostics = error.diagnostics
      }
      errors += diagnostics.count { $0.severity == .error }
      warnings += diagnostics.count { $0.severity == .warning }
      notes += diagnostics.count { $0.severity == .note }
      let worst = diagnostics.first { $0.severity == .error } ?? diagnostics.first
      if firstCode == nil { firstCode = worst?.code }
      for diagnostic in diagnostics {
        let text = reporter.text(of: diagnostic, in: source)
        // For a program, the problems are what it asked for.
        if format == .json { Console.shared.write(Array(text.utf8)) } else { Console.shared.writeError(text) }
      }
    }
    if format == .text { summarize(errors, warnings, notes, isUnreadable, explained: firstCode) }
    if Console.shared.outputFailure != nil { throw ExitStatus.brokenPipe }
    if isUnreadable { throw ExitStatus.usage }
    if errors > 0 { throw ExitStatus.doesNotCompile }
  }

  private func summarize(
    _ errors: Int, _ warnings: Int, _ notes: Int, _ isUnreadable: Bool, explained code: String?
  ) {
    let remarks = [(warnings, "warning"), (notes, "note")].filter { $0.0 > 0 }.map { Quantity.counted($0.0, $0.1) }
    let more = code.map { "; `weft explain \($0)` tells more" } ?? ""
    if errors > 0 {
      Console.shared.writeError(([Quantity.counted(errors, "error")] + remarks).joined(separator: ", ") + "\(more)\n")
    } else if !isUnreadable {
      let scope = files.count > 1 ? ["\(files.count) files"] : []
      let details = (scope + remarks).joined(separator: ", ")
      Console.shared.write(Array((details.isEmpty ? "ok\n" : "ok: \(details)\(more)\n").utf8))
    }
  }
}
