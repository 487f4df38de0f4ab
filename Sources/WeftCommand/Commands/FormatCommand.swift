import ArgumentParser
import func WeftSyntax.format

struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt", abstract: "Lay scripts out in the canonical form.",
    discussion: """
      Files are rewritten in place, and those that change are named. With - as the only file, a script is read from
      standard input and written to standard output. A script with mistakes stays as it is.
      """)

  @Flag(help: "Change nothing: name the files that would change, and end with status 1 if there are any.")
  var check = false

  @Argument(help: "Scripts, or folders in which to look for .weft files; - for standard input.")
  var files: [String]

  func run() throws {
    if files.contains("-"), files.count > 1 {
      throw ValidationError("`-` stands alone: its text goes to standard output")
    }
    var outcome = Outcome()
    for file in files {
      do {
        for path in try ScriptFile(path: file).scripts() { try rewrite(path, &outcome) }
      } catch let problem as ScriptFile.Problem {
        Reporter(.text).failure(problem.message, hint: problem.hint)
        outcome.isUnreadable = true
      }
    }
    if Console.shared.outputFailure != nil { throw ExitStatus.brokenPipe }
    if outcome.isFaulty { throw ExitStatus.fault }
    if outcome.isUnreadable { throw ExitStatus.usage }
    if outcome.hasErrors { throw ExitStatus.doesNotCompile }
    if check, outcome.hasChanges { throw ExitStatus.failed }
  }

  private struct Outcome {
    var hasChanges = false
    var hasErrors = false
    var isUnreadable = false
    var isFaulty = false
  }

  private func rewrite(_ file: ScriptFile, _ outcome: inout Outcome) throws {
    let source = try file.read()
    let result = format(source)
    guard let text = result.text else {
      Reporter(.text).diagnostics(result.diagnostics.filter { $0.severity == .error }, in: source)
      outcome.hasErrors = true
      return
    }
    let bytes = Array(text.utf8)
    let isChanged = bytes != source.bytes
    if isChanged, !source.means(theSameAs: text) {
      Reporter(.text).failure(
        "formatting would change what `\(source.name)` means, so it stays as it is",
        hint: "this is a fault in weft: please report it together with the script")
      outcome.isFaulty = true
      return
    }
    outcome.hasChanges = outcome.hasChanges || isChanged
    if file.path == "-", !check {
      Console.shared.write(bytes)
    } else if isChanged {
      if !check { try file.replace(with: bytes) }
      Console.shared.write(Array("\(source.name)\n".utf8))
    }
  }
}
