import ArgumentParser

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain the code of a problem, or a kind of error; all are listed without one.")

  @Argument(help: "Such as E0201 or TypeError.")
  var code: String?

  func run() throws {
    guard let code else { return Console.shared.write(Array(Explanation.list.utf8)) }
    guard let explanation = Explanation.of(code) else {
      let hint = Explanation.closest(to: code).map { "did you mean `\($0)`?" }
      Reporter(.text).failure("there is no code `\(code)`", hint: hint ?? "`weft explain` lists all codes")
      throw ExitStatus.usage
    }
    Console.shared.write(Array(explanation.page.utf8))
  }
}
