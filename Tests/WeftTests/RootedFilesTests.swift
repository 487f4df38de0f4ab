import Foundation
import Testing
import Weft
import WeftMachine

@Suite struct RootedFilesTests {
  /// A folder with `in/a.txt`, `secret.txt`, and links that lead out of `in`.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-rooted-\(UUID().uuidString)")
    let files = FileManager.default
    try files.createDirectory(at: folder.appending(path: "in/deep"), withIntermediateDirectories: true)
    try files.createDirectory(at: folder.appending(path: "inside"), withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    try "a".write(to: folder.appending(path: "in/a.txt"), atomically: true, encoding: .utf8)
    try "secret".write(to: folder.appending(path: "secret.txt"), atomically: true, encoding: .utf8)
    try "near".write(to: folder.appending(path: "inside/near.txt"), atomically: true, encoding: .utf8)
    try files.createSymbolicLink(atPath: folder.appending(path: "in/link").path(), withDestinationPath: "../secret.txt")
    try files.createSymbolicLink(atPath: folder.appending(path: "in/out").path(), withDestinationPath: "..")
    try files.createSymbolicLink(atPath: folder.appending(path: "in/new").path(), withDestinationPath: "../new.txt")
    try files.createSymbolicLink(atPath: folder.appending(path: "in/own").path(), withDestinationPath: "a.txt")
    try body(folder.path())
  }

  private func read(_ files: RootedFiles, _ path: String) -> String {
    do throws(FileFailure) {
      return String(decoding: try files.read(path, limit: 100) { false }, as: UTF8.self)
    } catch {
      return "\(error.kind): \(error.message)"
    }
  }

  private func write(_ files: RootedFiles, _ path: String) -> String {
    do throws(FileFailure) {
      try files.write(path, Array("x".utf8), append: false) { false }
      return "written"
    } catch {
      return "\(error.kind): \(error.message)"
    }
  }

  @Test func readsOnlyBelowItsFolders() throws {
    try withFolder { folder in
      let files = RootedFiles(reading: ["\(folder)/in"])
      #expect(read(files, "\(folder)/in/a.txt") == "a")
      #expect(read(files, "\(folder)/in/deep/../a.txt") == "a")
      #expect(read(files, "\(folder)/in/own") == "a")
      #expect(read(files, "\(folder)/in/nothing.txt") == "notFound: no such file or directory")
      let refused = "notPermitted: this run may not read there"
      for path in ["secret.txt", "in/../secret.txt", "in/link", "in/out/secret.txt", "inside/near.txt", "nothing.txt"] {
        #expect(read(files, "\(folder)/\(path)") == refused, "\(path)")
      }
      for path in ["/etc/passwd", "", "a\0b", "\(folder)/in/\0"] { #expect(read(files, path) == refused) }
      #expect(write(files, "\(folder)/in/a.txt") == "notPermitted: this run may not write there")
    }
  }

  @Test func writesOnlyBelowItsFolders() throws {
    try withFolder { folder in
      let files = RootedFiles(writing: ["\(folder)/in"])
      #expect(write(files, "\(folder)/in/b.txt") == "written")
      #expect(read(files, "\(folder)/in/b.txt") == "x")
      #expect(write(files, "\(folder)/in/deep/c.txt") == "written")
      let refused = "notPermitted: this run may not write there"
      for path in ["secret.txt", "in/../d.txt", "in/link", "in/out/e.txt", "in/new", "in/none/../../f.txt"] {
        #expect(write(files, "\(folder)/\(path)") == refused, "\(path)")
      }
      let secret = try String(contentsOfFile: "\(folder)/secret.txt", encoding: .utf8)
      #expect(secret == "secret")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/new.txt"))
    }
  }

  @Test func withoutFoldersThereIsNothing() throws {
    try withFolder { folder in
      #expect(read(RootedFiles(), "\(folder)/in/a.txt") == "notPermitted: this run may not read there")
      #expect(read(RootedFiles(reading: ["\(folder)/none"]), "\(folder)/in/a.txt").hasPrefix("notPermitted"))
    }
  }
}
