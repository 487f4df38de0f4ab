import ArgumentParser
import UnixSignals
import WeftHTTP

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct ReplCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl", abstract: "Open the prompt. `weft` alone does so in a terminal.",
    discussion: """
      Inputs are run as they are entered, and tasks that they start go on meanwhile; `:help` there says more. Without a \
      terminal, standard input is run as a script.
      """)

  @Option(help: ArgumentHelp("What random numbers come from; a new one for each session unless given.", valueName: "n"))
  var seed: UInt64?

  @Flag(help: "Begin on a virtual clock: waits take no time, and there is no network. Files are the real ones.")
  var virtual = false

  /// Whether there is somebody to talk to.
  static var isInTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  @MainActor
  func run() async throws {
    guard Self.isInTerminal else { return try await runInput() }
    #if Readline
      let fetcher = HTTPFetcher()
      let settings = PromptSettings(seed: seed ?? .random(in: .min ... .max), isVirtual: virtual, fetcher: fetcher)
      let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigwinch, .sigcont)
      guard let prompt = Prompt(settings) else {
        Reporter(.text).failure("the system has no pipe to give")
        throw ExitStatus.failed
      }
      let status = prompt.run(signals: signals)
      await fetcher.shutdown()
      if status.code != 0 { throw status }
    #else
      Reporter(.text).note(
        "this weft was built without GNU Readline and has no prompt: type a script, and Ctrl-D at its end")
      try await runInput()
    #endif
  }

  /// As `weft run -` does.
  private func runInput() async throws {
    var arguments = seed.map { ["--seed", "\($0)"] } ?? []
    if virtual { arguments.append("--virtual") }
    let command = try RunCommand.parse(arguments + ["--", "-"])
    try await command.run()
  }
}
