import ArgumentParser
import WeftCompiler

struct DisassembleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disassemble", abstract: "Print the code that a script is compiled to, for people who work on weft.")

  @Argument(help: "The script; - reads it from standard input.", completion: .file(extensions: ["weft"]))
  var file: String

  func run() throws {
    let script = try ScriptFile(path: file).compile(Reporter(.text))
    Console.shared.write(Array(script.image.disassembly.utf8))
    if Console.shared.outputFailure != nil { throw ExitStatus.brokenPipe }
  }
}
