import ArgumentParser
import Weft
import WeftHTTP

/// Parses the command line and turns whatever comes of it into an exit status.
@main
enum Main {
  @MainActor
  static func main() async {
    runWorkerIfAsked(fetcher: HTTPFetcher())
    let status: ExitStatus
    do {
      let arguments = ArgumentOrder.ordered(Array(CommandLine.arguments.dropFirst()))
      var command = try await WeftCommand.asyncParseAsRoot(arguments)
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
      status = .done
    } catch let problem as ExitStatus {
      status = problem
    } catch {
      status = tell(error)
    }
    status.exit()
  }

  /// Help and the version come as errors, too.
  private static func tell(_ error: any Error) -> ExitStatus {
    if WeftCommand.exitCode(for: error) == .success {
      let text = WeftCommand.fullMessage(for: error)
      Console.shared.write(Array((text.hasSuffix("\n") ? text : text + "\n").utf8))
      return .done
    }
    // `fullMessage` would add the usage of all options; the one line that says what is wrong would drown in it.
    let message = WeftCommand.message(for: error)
    let text = message.prefix(1).lowercased() + message.dropFirst()
    Reporter(.text).failure(
      text.replacing("'", with: "`"), hint: "`weft --help` lists the commands, `weft help run` the options of one")
    return .usage
  }
}
