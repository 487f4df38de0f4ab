import Testing
import Weft

/// What only a very large script reaches.
@Suite struct LargeScriptTests {
  /// The numbers of constants beyond 65,535 don't fit the instructions that read members.
  @Test func namesOfMembersBeyondSixteenBits() throws {
    let many = (0..<66_000).map { "\"s\($0)\"" }.joined(separator: ", ")
    let script = try Script(
      compiling: """
        let many = [\(many)]
        let {apple: {pear}, plum} = {apple: {pear: 1}, plum: 2, s0: "wrong"}
        print(len(many), pear, plum)
        let m = {fig: 3}
        print(m.fig, m?.missing)
        try { throw ValueError("text") } catch e { print(e.message) }
        try { let {absent} = m } catch e { print(e.kind) }
        """)
    var output: [UInt8] = []
    let result = script.runVirtually { output += $0 }
    guard case .completed = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(String(decoding: output, as: UTF8.self) == "66000 1 2\n3 none\ntext\nKeyError\n")
  }
}
