/// weft's own options stand before the script's file, and what stands behind it belongs to the script. Here the line is
/// drawn between them, so that a script may have a parameter `--seed` or `--help` of its own.
enum ArgumentOrder {
  /// Options of `weft run` whose next word is their value.
  private static let valued: Set = [
    "--seed", "--format", "--time-limit", "--limit", "--allow-net", "--allow-read", "--allow-write", "--allow-env",
  ]
  private static let rootOptions: Set = [
    "-h", "--help", "--version", "--generate-completion-script", "--experimental-dump-help", "--help-hidden",
  ]

  /// Names the command `run` where it was left out, and puts `--` before its file.
  static func ordered(_ arguments: [String]) -> [String] {
    guard let first = arguments.first, !isRootOption(first) else { return arguments }
    let commands = WeftCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    if commands.contains(first), first != "run" { return arguments }
    var words = first == "run" ? Array(arguments.dropFirst()) : arguments
    var index = 0
    while index < words.count {
      let word = words[index]
      if word == "--" { break }
      if word == "-" || !word.hasPrefix("-") {
        words.insert("--", at: index)
        break
      }
      index += valued.contains(word) ? 2 : 1
    }
    return ["run"] + words
  }

  private static func isRootOption(_ word: String) -> Bool {
    rootOptions.contains { word == $0 || word.hasPrefix($0 + "=") || (word == "---completion") }
  }
}
