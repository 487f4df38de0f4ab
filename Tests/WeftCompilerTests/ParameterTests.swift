import Testing
import Weft

/// A script's parameters as an embedder gives them.
@Suite struct ParameterTests {
  @Test func aRequiredOneIsMissing() throws {
    let script = try Script(compiling: "print(\"begun\")\nparam token\nprint(token)", name: "script.weft")
    var output: [UInt8] = []
    guard case .failed(let report) = script.runVirtually(output: { output += $0 }).outcome else {
      Issue.record("it ran")
      return
    }
    #expect(
      script.text(of: report) == """
        error: ArgumentError: the parameter `token` was not given, and has no default
           ╭─ script.weft:2:1
         2 │ param token
           │ ^^^^^^^^^^^
           = hint: give it as `--token value`, or in the `params` of the run's options

        """)
    #expect(String(decoding: output, as: UTF8.self) == "begun\n")
  }

  @Test func aRequiredOneIsGiven() throws {
    var options = RunOptions()
    options.params = ["token": .string("secret")]
    var output: [UInt8] = []
    let result = try Script(compiling: "param token\nprint(token)").runVirtually(options) { output += $0 }
    guard case .completed = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(String(decoding: output, as: UTF8.self) == "secret\n")
  }

  @Test func aScriptHasDocumentation() throws {
    let text = "#!/usr/bin/env -S weft run\n## Downloads pages.\n## Ten at a time.\n\n## How many.\nparam n = 1\n"
    #expect(try Script(compiling: text).documentation == "Downloads pages.\nTen at a time.")
    #expect(try Script(compiling: "## How many.\nparam n = 1\n").documentation == nil)
  }
}
