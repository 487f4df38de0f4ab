import Foundation
import Testing

/// `weft fmt`, which overwrites people's files.
@Suite(.timeLimit(.minutes(5))) struct FormatCommandTests {
  private let ragged = "let x=1 # one\n\n\n\nprint( x )\n"
  private let neat = "let x = 1  # one\n\nprint(x)\n"

  private func text(_ name: String, in weft: Weft) throws -> String {
    try String(contentsOf: weft.folder.appending(path: name), encoding: .utf8)
  }

  @Test func filesAreRewrittenInPlace() async throws {
    try await Weft.inFolder(["a.weft": ragged, "b.weft": neat]) { weft in
      let path = weft.folder.appending(path: "a.weft").path
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      try FileManager.default.createSymbolicLink(atPath: path + "-link.weft", withDestinationPath: "a.weft")
      let first = try await weft.run("fmt", "a.weft-link.weft", "b.weft")
      #expect(first.status == 0)
      #expect(first.output == "a.weft-link.weft\n")
      #expect(first.errors == "")
      #expect(try text("a.weft", in: weft) == neat)
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o755)
      #expect(attributes[.type] as? FileAttributeType == .typeRegular)
      let again = try await weft.run("fmt", "a.weft", "b.weft")
      #expect(again.status == 0)
      #expect(again.output == "")
    }
  }

  @Test func checkChangesNothing() async throws {
    try await Weft.inFolder(["a.weft": ragged, "b.weft": neat]) { weft in
      let outcome = try await weft.run("fmt", "--check", "a.weft", "b.weft")
      #expect(outcome.status == 1)
      #expect(outcome.output == "a.weft\n")
      #expect(try text("a.weft", in: weft) == ragged)
      #expect(try await weft.run("fmt", "--check", "b.weft").status == 0)
      #expect(try await weft.run("fmt", "--check", "-", input: ragged).output == "<stdin>\n")
    }
  }

  @Test func standardInput() async throws {
    try await Weft.inFolder(["a.weft": ""]) { weft in
      let outcome = try await weft.run("fmt", "-", input: ragged)
      #expect(outcome.status == 0)
      #expect(outcome.output == neat)
      #expect(try await weft.run("fmt", "-", input: neat).output == neat)
      let both = try await weft.run("fmt", "-", "a.weft", input: ragged)
      #expect(both.status == 2)
      #expect(both.errors.hasPrefix("error: `-` stands alone: its text goes to standard output\n"))
    }
  }

  @Test func foldersAreSearched() async throws {
    try await Weft.inFolder(["a.weft": ragged, "b.txt": ragged]) { weft in
      for name in ["inner", ".hidden"] {
        let folder = weft.folder.appending(path: "all/\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try ragged.write(to: folder.appending(path: "c.weft"), atomically: true, encoding: .utf8)
      }
      let outcome = try await weft.run("fmt", "all", ".")
      #expect(outcome.status == 0)
      #expect(outcome.output == "all/inner/c.weft\n./a.weft\n")
      #expect(try text("all/.hidden/c.weft", in: weft) == ragged)
      #expect(try text("b.txt", in: weft) == ragged)
    }
  }

  @Test func mistakesLeaveAFileAlone() async throws {
    try await Weft.inFolder(["bad.weft": "let x=\n", "good.weft": ragged]) { weft in
      let outcome = try await weft.run("fmt", "bad.weft", "good.weft")
      #expect(outcome.status == 65)
      #expect(outcome.output == "good.weft\n")
      #expect(outcome.errors.hasPrefix("error: "))
      #expect(outcome.errors.contains("bad.weft:1"))
      #expect(try text("bad.weft", in: weft) == "let x=\n")
      let missing = try await weft.run("fmt", "nothing.weft")
      #expect(missing.status == 2)
      #expect(missing.errors == "error: cannot find the file `nothing.weft`\n")
    }
  }
}
