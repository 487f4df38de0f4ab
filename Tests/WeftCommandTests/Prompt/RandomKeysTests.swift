#if Readline
  import Foundation
  import Testing

  /// Whatever is typed, the prompt lives, and leaves the terminal as it was.
  @Suite(.timeLimit(.minutes(30))) struct RandomKeysTests {
    /// CI takes the time for all of them; a change to the prompt shows in a few.
    private static let lines = ProcessInfo.processInfo.environment["WEFT_INTEGRATION"] == "1" ? 100_000 : 2_000
    private static let linesPerSession = 500

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
      "\u{1B}[200~", "\u{1B}[201~", "\u{12}", "\t", "\t\t", "漢字", "é", "\u{1B}5", "\u{18}\u{15}", "\u{16}", "\u{1A}",
      "\u{3}", "\n", "\u{1B}\r",
    ]

    private static func line(_ random: inout Generator) -> [UInt8] {
      var line: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: line.append(UInt8.random(in: 1...31, using: &random))
        case 1: line.append(UInt8.random(in: 32...255, using: &random))
        case 2: line.append(UInt8.random(in: 97...122, using: &random))
        default: line += Array((pieces.randomElement(using: &random) ?? "").utf8)
        }
      }
      return line + [13]
    }

    @Test func nothingTrapsIt() async throws {
      try await Weft.inFolder { weft in
        var random = Generator(state: 5)
        var session = 0
        var typed = 0
        while typed < Self.lines {
          session += 1
          let environment = ["WEFT_HISTORY": weft.folder.appending(path: "history").path]
          let terminal = try Terminal(["repl", "--virtual"], in: weft, environment: environment)
          try await terminal.prompt()
          for _ in 0..<min(Self.linesPerSession, Self.lines - typed) {
            try await terminal.type(Self.line(&random))
            typed += 1
          }
          // A paste that lacks its end is one after a while.
          try await terminal.type(Array("\u{3}\u{3}\u{1B}[201~\u{3}\"session \" + \"\(session)\"\r".utf8))
          do {
            try await terminal.wait(for: "\"session \(session)\"")
            try terminal.send("\u{3}\u{4}\u{4}")
          } catch let stuck as Terminal.Stuck {
            // Ctrl-D is one of the keys.
            try #require(stuck.hasEnded, "\(stuck)")
          }
          let status = try await terminal.end()
          #expect(status == 0, "session \(session): \(terminal.screen.lines.joined(separator: "\n"))")
          #expect(terminal.isAsBefore)
        }
      }
    }
  }
#endif
