#if Readline
  import Foundation
  import Testing

  /// What `Documentation/repl.md` shows is what a terminal shows.
  @Suite(.timeLimit(.minutes(5))) struct DocumentedPromptTests {
    private static let transcripts: [[String]] = {
      let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../Documentation/repl.md")
      guard let text = try? String(contentsOf: page, encoding: .utf8) else { return [] }
      return text.components(separatedBy: "```prompt\n").dropFirst().map { rest in
        rest.components(separatedBy: "\n```")[0].components(separatedBy: "\n")
      }
    }()

    @Test func thereAreSome() { #expect(Self.transcripts.count > 5) }

    @Test(arguments: transcripts) func itShowsWhatThePageSays(_ transcript: [String]) async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(["repl", "--virtual", "--seed", "0"], in: weft, columns: 100, rows: 60)
        try await terminal.prompt()
        for (index, line) in transcript.enumerated() {
          for mark in ["weft> ", "  ... "] where line.hasPrefix(mark) {
            try await terminal.wait(until: "`\(mark)` for `\(line)`") { $0.currentLine.hasPrefix(mark.dropLast()) }
            // The indentation is there already.
            if mark == "  ... " { try terminal.send("\u{15}") }
            try terminal.send(line.dropFirst(mark.count) + "\r")
            let isContinued = index + 1 < transcript.count && transcript[index + 1].hasPrefix("  ... ")
            if isContinued {
              try await terminal.wait(until: "a continuation") { $0.currentLine == "  ..." && $0.row > 0 }
            } else {
              try await terminal.prompt()
            }
          }
        }
        let shown = Array(terminal.screen.lines.dropFirst().dropLast())
        #expect(shown == transcript)
      }
    }
  }
#endif
