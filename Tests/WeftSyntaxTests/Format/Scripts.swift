import Foundation
import Testing
import WeftSyntax

/// A script of this repository.
struct FoundScript: Sendable, CustomTestStringConvertible {
  let source: SourceFile
  var testDescription: String { source.name.split(separator: "/").suffix(2).joined(separator: "/") }
}

/// The scripts of this repository.
enum Scripts {
  private static let repository: URL = {
    // Tests/WeftSyntaxTests/Format/Scripts.swift
    var folder = URL(filePath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return folder
  }()

  static func `in`(_ folder: String) -> [FoundScript] {
    let folder = repository.appending(path: folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".weft") }.sorted().compactMap { name in
      let path = folder.appending(path: name).path
      return FileManager.default.contents(atPath: path).map {
        FoundScript(source: SourceFile(name: path, bytes: Array($0)))
      }
    }
  }

  private static let inSnapshots = Self.in("Tests/WeftSyntaxTests/Format/Snapshots")
  static let snapshots = inSnapshots.filter { !$0.source.name.hasSuffix(".formatted.weft") }

  /// The fenced scripts of the reference.
  private static let documented: [FoundScript] = {
    let page = repository.appending(path: "Documentation/language.md").path
    let text = String(decoding: FileManager.default.contents(atPath: page) ?? Data(), as: UTF8.self)
    let parts = text.components(separatedBy: "\n```weft\n").dropFirst()
    return parts.enumerated().map { index, part in
      let script = part.components(separatedBy: "```")[0]
      return FoundScript(source: SourceFile(name: "language.md/\(index)", text: script))
    }
  }()

  static let all =
    Self.in("examples") + Self.in("Tests/Conformance") + inSnapshots + documented
    + Samples.all.enumerated().map { FoundScript(source: SourceFile(name: "samples/\($0)", text: $1)) }

  /// The lines with comments, by a way that has nothing to do with the formatter's.
  static func comments(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      guard let mark = line.firstIndex(of: "#"), !line[..<mark].contains("\"") else { return nil }
      return line[mark...].trimmingCharacters(in: .whitespaces)
    }
  }
}
