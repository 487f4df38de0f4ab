#if Readline
  import Foundation
  import Testing

  /// Whatever is typed, the prompt lives, and leaves the terminal as it was.
  ///
  /// `WEFT_RANDOM_KEYS=100000` says how many lines are typed, and `WEFT_RANDOM_SEED` which ones.
  @Suite(.timeLimit(.minutes(60))) struct RandomKeysTests {
    private static func number(_ variable: String, orElse number: Int) -> Int {
      ProcessInfo.processInfo.environment[variable].flatMap(Int.init) ?? number
    }

    private static let lines = number("WEFT_RANDOM_KEYS", orElse: 2_000)
    private static let seed = number("WEFT_RANDOM_SEED", orElse: 5)
    private static let batchesPerSession = 60
    private static let linesPerBatch = 8

    private struct Generator: RandomNumberGenerator {
      var state: UInt64
      mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
      }
    }

    private static let pieces = [
      "let a = ", "1 + 2", "print(\"x\")", "task f(x) { ", "}", "gather { 1; 2 }", "[1, 2", "\"\"\"", "\"",
      "start f(1)",
      ":help", ":tasks", ":type 1", ":x", "f?", "a??", "_", "_error", ";", "\u{1B}[A", "\u{1B}[B", "\u{1B}[3~",
      "\u{1B}OH",
      "\u{1B}[201~", "\u{12}", "\t", "\t\t", "漢字", "é", "\u{1B}5", "\u{18}\u{15}", "\u{16}", "\n", "\u{1B}\r",
    ]
    /// Keys that take much of what follows or came before with them; with many of them nothing else would be tried.
    private static let rarePieces = ["\u{3}", "\u{1A}", "\u{1B}[200~", "\u{4}"]

    private static func line(_ random: inout Generator) -> [UInt8] {
      var line: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        switch Int.random(in: 0..<200, using: &random) {
        case 0: line += Array((rarePieces.randomElement(using: &random) ?? "").utf8)
        case 1..<40: line.append(UInt8.random(in: 5...31, using: &random))
        case 40..<80: line.append(UInt8.random(in: 32...255, using: &random))
        case 80..<120: line.append(UInt8.random(in: 97...122, using: &random))
        default: line += Array((pieces.randomElement(using: &random) ?? "").utf8)
        }
      }
      return line + [13]
    }

    @Test func nothingTrapsIt() async throws {
      try await Weft.inFolder { weft in
        var random = Generator(state: UInt64(Self.seed))
        var typed = 0
        while typed < Self.lines {
          let environment = ["WEFT_HISTORY": weft.folder.appending(path: "history").path]
          let terminal = try Terminal(["repl", "--virtual"], in: weft, environment: environment)
          try await terminal.prompt()
          var hasEnded = false
          var last: [UInt8] = []
          for batch in 0..<Self.batchesPerSession where !hasEnded && typed < Self.lines {
            let keys = (0..<Self.linesPerBatch).flatMap { _ in Self.line(&random) }
            typed += Self.linesPerBatch
            last = keys
            // Whatever they have begun is left, and an input that is whole works.
            let whole = "\u{3}\u{1B}[201~\u{3}\u{15}\u{B}\"batch\" + \" \(batch)\"\r"
            try await terminal.type(keys + Array(whole.utf8))
            do {
              try await terminal.wait(until: "batch \(batch)") { $0.lines.contains("\"batch \(batch)\"") }
            } catch let stuck as Terminal.Stuck {
              // Ctrl-D is one of the keys.
              try #require(stuck.hasEnded, "after \(keys): \(stuck)")
              hasEnded = true
            }
          }
          if !hasEnded { try terminal.send("\u{3}\u{4}\u{4}") }
          let status = try await terminal.end()
          #expect(status == 0, "after \(last): \(terminal.screen.text.suffix(1_000))")
          #expect(terminal.isAsBefore)
        }
      }
    }
  }
#endif
