import WeftSyntax

/// The files that `weft test` looks for tests in.
enum TestFiles {
  /// The paths of `given`; folders give their scripts that seem to have tests.
  static func find(_ given: [String]) throws(ScriptFile.Problem) -> [(path: String, isNamed: Bool)] {
    var found: [(path: String, isNamed: Bool)] = []
    var known: Set<String> = []
    for path in given {
      for script in try ScriptFile(path: path).scripts() {
        let isNamed = script.path == path
        guard isNamed || mayHaveTests(script) else { continue }
        let name = script.path.hasPrefix("./") ? String(script.path.dropFirst(2)) : script.path
        if known.insert(name).inserted { found.append((name, isNamed)) }
      }
    }
    return found
  }

  /// Whether a line of the file begins with `test "`. What cannot be read is told later.
  private static func mayHaveTests(_ script: ScriptFile) -> Bool {
    guard let source = try? script.read() else { return true }
    return source.bytes.split(separator: UInt8(ascii: "\n")).contains { line in
      let rest = blanks(line)
      return rest.starts(with: "test".utf8) && blanks(rest.dropFirst(4)).first == UInt8(ascii: "\"")
    }
  }

  private static func blanks(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }
}
