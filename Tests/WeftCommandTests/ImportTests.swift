import Foundation
import Testing

/// Scripts of several files, and files that scripts read, from the command.
@Suite struct ImportTests {
  @Test func pathsAreRelativeToTheImportingFile() async throws {
    let files = [
      "main.weft": "import \"lib/a.weft\"\nimport \"./lib/../lib/b.weft\" as b\nprint(a(), b.b())\n"
    ]
    try await Weft.inFolder(files) { weft in
      let lib = weft.folder.appending(path: "lib")
      try FileManager.default.createDirectory(at: lib, withIntermediateDirectories: true)
      try "import \"b.weft\"\ntask a() => b() + 1\n".write(
        to: lib.appending(path: "a.weft"), atomically: true, encoding: .utf8)
      try "var n = 0\ntask b() { n += 1; n }\n".write(
        to: lib.appending(path: "b.weft"), atomically: true, encoding: .utf8)
      // One file, whatever the path to it.
      #expect(try await weft.run("main.weft").output == "2 2\n")
      #expect(try await weft.run("-", input: "import \"lib/a.weft\"\nprint(a())\n").output == "2\n")
      #expect(try await weft.run("check", "main.weft").output == "ok\n")
    }
  }

  @Test func aMissingFile() async throws {
    try await Weft.inFolder(["script.weft": "import \"lib\"\n", "lib.weft": ""]) { weft in
      let outcome = try await weft.run("script.weft")
      #expect(outcome.status == 65)
      #expect(
        outcome.errors == """
          error: cannot find the file `lib`  [E0210]
             ╭─ script.weft:1:8
           1 │ import "lib"
             │        ^^^^^
             = hint: did you mean `lib.weft`?

          """)
    }
  }

  @Test func checkNamesTheImportedFile() async throws {
    try await Weft.inFolder(["script.weft": "import \"lib.weft\"\n", "lib.weft": "\nprint(x)\n"]) { weft in
      let outcome = try await weft.run("check", "script.weft")
      #expect(outcome.status == 65)
      #expect(outcome.errors.hasPrefix("error: cannot find `x` in scope  [E0201]\n   ╭─ lib.weft:2:7\n"))
      let json = try await weft.run("check", "--format", "json", "script.weft")
      #expect(json.output.hasPrefix("{\"file\":\"lib.weft\",\"line\":2,"))
    }
  }

  @Test func filesAndEnvironment() async throws {
    let script =
      "write(\"out.txt\", \"one\\ntwo\\n\")\nprint(lines(\"out.txt\"), env(\"TERM\"), env(\"NO_SUCH\", 1))\nread(\"no\")\n"
    try await Weft.inFolder(["script.weft": script]) { weft in
      let outcome = try await weft.run("script.weft")
      #expect(outcome.status == 1)
      #expect(outcome.output == "[\"one\", \"two\"] xterm 1\n")
      #expect(outcome.errors.hasPrefix("error: FileError: cannot read `no`: no such file or directory\n"))
    }
  }

  @Test func aRunThatFailsTellsItsSeed() async throws {
    try await Weft.inFolder(["script.weft": "print(random())\nthrow \"no\"\n", "calm.weft": "throw \"no\"\n"]) { weft in
      let outcome = try await weft.run("run", "--seed", "7", "script.weft")
      #expect(outcome.errors.hasSuffix("note: seed 7: run again with `--seed 7` for the same random numbers\n"))
      let again = try await weft.run("run", "--seed", "7", "script.weft")
      #expect(again.output == outcome.output)
      #expect(try await !weft.run("calm.weft").errors.contains("seed"))
    }
  }
}
