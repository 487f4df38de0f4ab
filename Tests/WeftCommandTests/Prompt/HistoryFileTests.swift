import Foundation
import Testing

@testable import WeftCommand

@Suite struct HistoryFileTests {
  private func inFile(_ body: (HistoryFile) async throws -> Void) async throws {
    try await Weft.inFolder { weft in try await body(HistoryFile(path: weft.folder.appending(path: "a/b/history").path))
    }
  }

  @Test func entriesOfSeveralLinesSurvive() async throws {
    try await inFile { file in
      #expect(try file.load() == [])
      let entries = ["1 + 1", "task f(x) {\n  \"\\n\\\\\"\n}", "é 漢 \\n"]
      for entry in entries { try file.append(entry) }
      #expect(try file.load() == entries)
      let text = try String(contentsOfFile: file.path, encoding: .utf8)
      #expect(text.split(separator: "\n").count == 3)
    }
  }

  @Test func manySessionsWriteAtOnce() async throws {
    try await inFile { file in
      try file.append("first")
      await withTaskGroup(of: Void.self) { group in
        for session in 0..<8 {
          group.addTask {
            for number in 0..<100 { try? file.append("session \(session)\nentry \(number)") }
            // Whoever begins may shorten the file while others write.
            var short = file
            short.most = 50
            short.kept = 900
            _ = try? short.load()
          }
        }
      }
      let entries = try file.load()
      #expect(entries.count == 801)
      for session in 0..<8 {
        let own = entries.filter { $0.hasPrefix("session \(session)\n") }
        #expect(own == (0..<100).map { "session \(session)\nentry \($0)" })
      }
    }
  }

  @Test func itsLengthIsBounded() async throws {
    try await inFile { file in
      var file = file
      file.most = 20
      file.kept = 5
      for number in 1...21 { try file.append("entry \(number)") }
      #expect(try file.load() == (17...21).map { "entry \($0)" })
      try file.append("entry 22")
      #expect(try file.load() == (17...22).map { "entry \($0)" })
      let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func whatIsNoHistoryDoesNoHarm() async throws {
    #expect(HistoryFile.entries(of: [0xFF, 0x00, 0x0A, 0x0A, 0x5C]) == ["\u{FFFD}"])
    #expect(try HistoryFile(path: "/dev/null").load() == [])
    #expect(throws: HistoryFile.Problem.self) { try HistoryFile(path: "/dev/null/history").append("x") }
  }

  @Test func whereItIs() {
    func path(_ variables: [String: String]) -> String? { HistoryFile.fromEnvironment { variables[$0] }?.path }
    #expect(path(["WEFT_HISTORY": "/x/y", "HOME": "/h"]) == "/x/y")
    #expect(path(["WEFT_HISTORY": "", "HOME": "/h"]) == nil)
    #expect(path(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/weft/history")
    #expect(path(["XDG_STATE_HOME": "s", "HOME": "/h"]) == "/h/.local/state/weft/history")
    #expect(path([:]) == nil)
  }
}
