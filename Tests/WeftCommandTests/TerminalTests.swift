import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// What a terminal shows beside a script's output.
@Suite(.timeLimit(.minutes(5))) struct TerminalTests {
  private func errors(of script: String, _ arguments: [String] = []) async throws -> String {
    var main: Int32 = 0
    var terminal: Int32 = 0
    try #require(openpty(&main, &terminal, nil, nil, nil) == 0)
    var text = ""
    try await Weft.inFolder(["script.weft": script]) { weft in
      let process = RunningWeft(arguments + ["script.weft"], in: weft.folder)
      try process.start(input: nil, standardError: FileHandle(fileDescriptor: terminal))
      _ = try await process.end()
      close(terminal)
      var bytes = [UInt8](repeating: 0, count: 65_536)
      // All is written; at the end of it a terminal without a writer gives an error.
      while case let count = read(main, &bytes, bytes.count), count > 0 {
        text += String(decoding: bytes[..<count], as: UTF8.self)
      }
      close(main)
    }
    return text
  }

  @Test func aLongBlockShowsHowFarItIsAndLeavesNothing() async throws {
    let script = "gather for i in 1...3 { sleep (0.5s * i) }\n"
    let shown = try await errors(of: script)
    #expect(shown.contains("gather in line 1: 2 of 3 tasks done, 1."))
    #expect(shown.hasSuffix("\r\u{1B}[K"))
    #expect(!shown.contains("\n"))
    #expect(try await errors(of: script, ["--no-progress"]) == "")
  }

  @Test func theTreeOfTasksIsShownAndLeavesNothing() async throws {
    let script = "task nap(n) { sleep (0.4s * n) }\ngather for n in 1...2 { nap(n) }\n"
    let shown = try await errors(of: script, ["--watch"])
    #expect(shown.contains("└ nap(n: 2)") && shown.contains("waits for a sleep"))
    #expect(shown.hasSuffix("\u{1B}[J") || shown.hasSuffix("\r\u{1B}[K"))
    // The cursor goes up as far as the lines went down.
    var line = 0
    for part in shown.split(separator: "\u{1B}[") {
      if let up = part.firstIndex(of: "A"), let count = Int(part[..<up]) { line -= count }
      line += part.count { $0 == "\n" || $0 == "\r\n" }
    }
    #expect(line == 0)
  }

  @Test func problemsAreColored() async throws {
    #expect(try await errors(of: "print(x)\n").hasPrefix("\u{1B}[1;31merror:\u{1B}[0m"))
  }
}
