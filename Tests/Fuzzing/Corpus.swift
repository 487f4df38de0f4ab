import Foundation

/// The good scripts that broken ones are made from.
struct Corpus: Sendable {
  let texts: [String]
  let pieces: [Substring]

  /// The examples, the conformance scripts and the scripts of the reference.
  init(repository: URL) throws {
    var texts: [String] = []
    for folder in ["examples", "Tests/Conformance"] {
      let folder = repository.appending(path: folder)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      for name in names.sorted() where name.hasSuffix(".weft") {
        texts.append(try String(contentsOf: folder.appending(path: name), encoding: .utf8))
      }
    }
    let page = try String(contentsOf: repository.appending(path: "Documentation/language.md"), encoding: .utf8)
    texts += page.components(separatedBy: "\n```weft\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    self.texts = texts
    pieces = texts.flatMap { Mutator.pieces(of: $0) }
  }
}
