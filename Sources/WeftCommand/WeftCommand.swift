import ArgumentParser

struct WeftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weft",
    abstract: "Runs scripts in which concurrency is written with blocks that nest.",
    usage: "weft\nweft [run] [<options>] <file> [--<param> <value> ...]\nweft -e <expression>\nweft <command> ...",
    discussion: """
      Tasks say what to do. Blocks say how: together, how many, how fast, how long.

        weft                          opens the prompt, in a terminal
        weft -e '6 * 7'               prints a value
        weft demo                     downloads in four ways, timed; no network
        weft pages.weft --count 20    runs a script and sets its parameter `count`
        weft run pages.weft --help    lists a script's parameters
        weft test                     runs the tests of all scripts in this folder
        weft bench pages.weft         measures its `bench` blocks, side by side
        weft check pages.weft         looks for mistakes without running it
        weft fmt pages.weft           lays it out in the canonical form
        weft run --summary pages.weft says at the end what the run did

      Exit status: 0 done, 1 the script threw, 2 wrong usage,
      65 the script does not compile, 70 a fault in weft, 99 an `expect` failed,
      124 the time limit was reached, 130 or 143 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      RunCommand.self, ReplCommand.self, EvalCommand.self, TestCommand.self, SimCommand.self, BenchCommand.self,
      ReportCommand.self, CheckCommand.self, FormatCommand.self, ExplainCommand.self, DemoCommand.self,
      ServeCommand.self, DisassembleCommand.self,
    ])
}
