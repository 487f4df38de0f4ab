public import WeftSyntax
import WeftCompiler

/// Gives a script the files that it imports.
///
/// ```swift
/// let library = SourceFile(name: "lib.weft", text: "task double(x) => 2 * x")
/// let script = try Script(
///   compiling: "import \"lib.weft\"\nprint(double(4))", name: "main.weft",
///   imports: { path, _ throws(ImportError) in
///     if path == "lib.weft" { return library }
///     throw ImportError("cannot find the file `\(path)`")
///   })
/// ```
///
/// - Parameters:
///   - path: As it stands in the script.
///   - importer: The file that the import stands in; paths are relative to it.
/// - Returns: The file. One that is imported from several places has the same `identity` each time.
public typealias ImportLoader = @Sendable (_ path: String, _ importer: SourceFile) throws(ImportError) -> SourceFile

/// Why an imported file could not be had.
public struct ImportError: Error, Sendable {
  /// The whole sentence that is shown: lower case, no full stop.
  public var message: String
  /// How to mend it, if that is known.
  public var hint: String?

  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// Reads a script and what it imports, each file once.
package struct ImportReader {
  let script: SourceFile
  let loader: ImportLoader?
  /// The script is an input of a session.
  private let isInput: Bool
  /// It ends in a `;`.
  private(set) var endsInSemicolon = false
  package private(set) var program = Program(files: [], order: [])
  /// Problems of syntax, and of the imports themselves.
  private(set) var diagnostics: [Diagnostic] = []
  private var indexes: [String: Int] = [:]
  /// The files from the script to the one that is being read.
  private var chain: [SourceFile] = []
  /// A chain of imports is followed by recursion.
  private static let longestChain = 100

  package init(_ script: SourceFile, _ loader: ImportLoader?, isInput: Bool = false) {
    self.script = script
    self.loader = loader
    self.isInput = isInput
    _ = read(script)
  }

  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  private mutating func read(_ source: SourceFile) -> Int {
    let parsed = parse(source, isInput: isInput && source === script)
    if source === script { endsInSemicolon = parsed.endsInSemicolon }
    let index = program.files.count
    for diagnostic in parsed.diagnostics { note(diagnostic, in: source) }
    program.files.append(.init(parsed.tree, isBroken: parsed.hasErrors))
    indexes[source.identity] = index
    chain.append(source)
    for statement in parsed.tree.statements {
      guard case .importFile(let path, let span, _) = statement.kind else { continue }
      program.files[index].imports[span.start] = imported(path, at: span, from: source)
    }
    chain.removeLast()
    program.order.append(index)
    return index
  }

  private mutating func imported(_ path: String, at span: Span, from source: SourceFile) -> Int? {
    guard let loader else {
      report(
        "E0210", "cannot import `\(path)`: the host of this script does not grant imports", at: span, in: source,
        hint: "a host grants them by `.imports(…)`, a function that gives the files")
      return nil
    }
    let file: SourceFile
    do {
      file = try loader(path, source)
    } catch {
      report("E0210", error.message, at: span, in: source, hint: error.hint)
      return nil
    }
    if let start = chain.firstIndex(where: { $0.identity == file.identity }) {
      reportCircle(chain[start...].map(\.name), at: span, in: source)
      return nil
    }
    if let index = indexes[file.identity] { return index }
    guard chain.count < Self.longestChain else {
      report(
        "E0210", "`\(path)` stands at the end of a chain of \(Self.longestChain) imports, which is too long", at: span,
        in: source)
      return nil
    }
    return read(file)
  }

  private mutating func reportCircle(_ names: [String], at span: Span, in source: SourceFile) {
    let circle = (names + [names[0]]).map { "`\($0)`" }.joined(separator: " → ")
    report(
      "E0211",
      names.count == 1 ? "`\(names[0])` imports itself" : "these files import each other in a circle: \(circle)",
      at: span, in: source,
      hint: names.count == 1 ? nil : "move what both need into a file of its own, which both import")
  }

  private mutating func report(
    _ code: String, _ message: String, at span: Span, in source: SourceFile, hint: String? = nil
  ) {
    note(Diagnostic(.error, code, message, at: span, hint: hint), in: source)
  }

  private mutating func note(_ diagnostic: Diagnostic, in source: SourceFile) {
    var diagnostic = diagnostic
    if !chain.isEmpty, source !== chain[0] { diagnostic.source = source }
    diagnostics.append(diagnostic)
  }
}
