import Foundation
import Testing

/// What a shell offers after `weft`.
@Suite struct CompletionTests {
  /// Sources the script in bash, and gives what it completes `words` to, sorted. The last word is the one in the making.
  private func bash(_ words: [String], _ script: String, in weft: Weft) async throws -> [String] {
    let file = weft.folder.appending(path: "weft.bash")
    try script.write(to: file, atomically: true, encoding: .utf8)
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let program = """
      source weft.bash
      COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1)
      COMP_LINE='\(words.joined(separator: " "))'; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
      $(complete -p weft | sed 's/.*-F \\([^ ]*\\).*/\\1/') weft '\(words[words.count - 1])' '\(words[words.count - 2])'
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["--norc", "-c", program]
    process.currentDirectoryURL = weft.folder
    // The shell asks the command that it completes.
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    process.environment = ["PATH": "\(Weft.command.deletingLastPathComponent().path):\(path)"]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }.sorted()
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "needs bash"))
  func inBash() async throws {
    let files = ["pages.weft": "", "patient.weft": "", "pages.txt": ""]
    try await Weft.inFolder(files) { weft in
      let script = try await weft.run("--generate-completion-script", "bash")
      #expect(script.status == 0)
      #expect(try await bash(["weft", "ch"], script.output, in: weft) == ["check"])
      #expect(try await bash(["weft", "exp"], script.output, in: weft) == ["explain"])
      #expect(try await bash(["weft", "re"], script.output, in: weft) == ["repl"])
      #expect(try await bash(["weft", "repl", "--v"], script.output, in: weft).contains("--virtual"))
      #expect(try await bash(["weft", "run", "pa"], script.output, in: weft) == ["pages.weft", "patient.weft"])
      #expect(try await bash(["weft", "check", "pag"], script.output, in: weft) == ["pages.weft"])
      #expect(try await bash(["weft", "run", "--se"], script.output, in: weft) == ["--seed"])
      #expect(try await bash(["weft", "run", "--format", ""], script.output, in: weft) == ["json", "text"])
    }
  }

  @Test func inOtherShells() async throws {
    try await Weft.inFolder { weft in
      let zsh = try await weft.run("--generate-completion-script", "zsh")
      #expect(zsh.status == 0)
      #expect(zsh.output.hasPrefix("#compdef weft\n"))
      #expect(zsh.output.contains("*.weft"))
      let fish = try await weft.run("--generate-completion-script", "fish")
      #expect(fish.status == 0)
      #expect(fish.output.contains("complete -c 'weft'") || fish.output.contains("complete -c weft"))
      #expect(fish.output.contains("weft"))
      let unknown = try await weft.run("--generate-completion-script", "tcsh")
      #expect(unknown.status == 2)
    }
  }
}
