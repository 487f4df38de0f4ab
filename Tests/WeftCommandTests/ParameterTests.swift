import Testing

/// A script's parameters on the command line.
@Suite struct ParameterTests {
  private static let script = """
    ## Where the pages are.
    param base = "http://127.0.0.1:8080"  # a comment
    ## How many of them.
    ## All, if it is left out.
    param count = 100
    param ratio = 0.5
    param wait = 1.5s
    param speed = 5/s
    param verbose = false
    param half = count // 2
    print(base, count, ratio, wait, speed, verbose, half)

    """

  private func output(_ arguments: String...) async throws -> String {
    var output = ""
    try await Weft.inFolder(["script.weft": Self.script]) { weft in
      let process = RunningWeft(["script.weft"] + arguments, in: weft.folder)
      try process.start(input: nil)
      let outcome = try await process.end()
      #expect(outcome.status == 0)
      #expect(outcome.errors == "")
      output = outcome.output
    }
    return output
  }

  private func problem(_ arguments: String...) async throws -> String {
    var problem = ""
    try await Weft.inFolder(["script.weft": Self.script]) { weft in
      let process = RunningWeft(["script.weft"] + arguments, in: weft.folder)
      try process.start(input: nil)
      let outcome = try await process.end()
      #expect(outcome.status == 2)
      #expect(outcome.output == "")
      problem = outcome.errors
    }
    return problem
  }

  @Test func defaults() async throws {
    #expect(try await output() == "http://127.0.0.1:8080 100 0.5 1.5s 5/s false 50\n")
  }

  @Test func valuesAreReadAsTheLanguageReadsThem() async throws {
    #expect(
      try await output(
        "--base=https://x", "--count", "-1_000", "--ratio", "3", "--wait", "2m", "--speed", "300/m", "--verbose",
        "--half", "64KB") == "https://x -1000 3.0 2m 5/s true 64000\n")
    #expect(try await output("--no-verbose", "--base", "1").hasPrefix("1 100"))
    #expect(try await output("--verbose", "false").hasSuffix("false 50\n"))
    #expect(try await output("--verbose=true").hasSuffix("true 50\n"))
  }

  @Test func unknown() async throws {
    #expect(
      try await problem("--cuont", "5") == """
        error: the script has no parameter `--cuont`
           = hint: did you mean `--count`?

        """)
    #expect(
      try await problem("--zzzzzzzz", "5") == """
        error: the script has no parameter `--zzzzzzzz`
           = hint: it has `--base`, `--count`, `--ratio`, `--wait`, `--speed`, `--verbose`, `--half`; weft's own options \
        stand before the file

        """)
  }

  @Test func badValues() async throws {
    #expect(
      try await problem("--count", "many") == """
        error: `--count` takes an Int, not `many`
           = hint: write it like `--count 100`

        """)
    #expect(
      try await problem("--wait", "5") == """
        error: `--wait` takes a Duration, not `5`
           = hint: write it like `--wait 1.5s`

        """)
    #expect(try await problem("--count") == "error: `--count` needs a value of type Int\n")
    #expect(
      try await problem("--count", "99999999999999999999") == """
        error: `99999999999999999999` is too large for `--count`
           = hint: a parameter holds at most 64 bits

        """)
    #expect(try await problem("--count", "1", "--count", "2") == "error: the parameter `--count` is given twice\n")
    #expect(
      try await problem("5") == """
        error: unexpected argument `5`
           = hint: parameters are given as `--name value`

        """)
  }

  @Test func aRequiredOne() async throws {
    try await expectEnd(
      of: "## The secret.\nparam token\nprint(token)\n", status: 2,
      errors: """
        error: the parameter `--token` is missing
           = hint: The secret.

        """)
    try await expectEnd(
      of: "## The secret.\nparam token\nprint(token)\n", ["--token", "5"], status: 0, output: "5\n", errors: "")
  }

  @Test func aScriptSaysWhatItIsFor() async throws {
    try await expectEnd(
      of: "#!/usr/bin/env -S weft run\n## Downloads pages.\n## Ten at a time.\n\nparam token\n", ["--help"], status: 0,
      output: """
        usage: weft run [<options>] script.weft --token String

        Downloads pages.
        Ten at a time.

        parameters:
          --token String  (must be given)

        weft's own options stand before the file: `weft help run` lists them.

        """, errors: "")
  }

  @Test func help() async throws {
    #expect(
      try await output("--help") == """
        usage: weft run [<options>] script.weft [--base String] [--count Int] [--ratio Float] [--wait Duration] \
        [--speed Rate] [--[no-]verbose] [--half Value]

        parameters:
          --base String    Where the pages are.
                           (default: "http://127.0.0.1:8080")
          --count Int      How many of them.
                           All, if it is left out.
                           (default: 100)
          --ratio Float    (default: 0.5)
          --wait Duration  (default: 1.5s)
          --speed Rate     (default: 5/s)
          --[no-]verbose   (default: false)
          --half Value     (default: count // 2)

        weft's own options stand before the file: `weft help run` lists them.

        """)
  }
}
