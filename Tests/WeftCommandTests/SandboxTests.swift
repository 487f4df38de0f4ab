import Foundation
import Testing
import WeftHTTP

/// `weft run --sandbox`: nothing but what is allowed.
@Suite(.timeLimit(.minutes(5))) struct SandboxTests {
  @Test func whatIsNotAllowedIsNotThere() async throws {
    try await Weft.inFolder(["script.weft": "print(read(\"a.txt\"), env(\"HOME\"))\n", "a.txt": "a"]) { weft in
      let outcome = try await weft.run("--sandbox", "script.weft")
      #expect(outcome.status == 65)
      #expect(outcome.output == "")
      #expect(outcome.errors.contains("`read`") && outcome.errors.contains("`env`"))
    }
  }

  @Test func whatIsAllowedIs() async throws {
    let script = """
      print(read("a.txt"), env("WEFT_SHOWN"))
      write("out.txt", "written")
      for path in ["../b.txt", "/etc/passwd", "script.weft"] {
        try { print(read(path)) } catch FileError as e { print(e.message) }
      }
      """
    try await Weft.inFolder(["script.weft": script, "a.txt": "a"]) { weft in
      let outcome = try await weft.run(
        "run", "--sandbox", "--allow-read", "a.txt", "--allow-write", "out.txt", "--allow-env", "WEFT_SHOWN",
        "script.weft")
      #expect(outcome.status == 0)
      #expect(
        outcome.output == """
          a none
          cannot read `../b.txt`: this run may not read there
          cannot read `/etc/passwd`: this run may not read there
          cannot read `script.weft`: this run may not read there

          """)
      #expect(outcome.errors == "")
    }
  }

  @Test func servers() async throws {
    let server = try await LoopbackServer.start()
    let script = "param base = \"\"\nprint(fetch(\"\\(base)/get\").status)\n"
    try await Weft.inFolder(["script.weft": script]) { weft in
      let base = "--base=http://127.0.0.1:\(server.port)"
      let refused = try await weft.run("--sandbox", "--allow-net", "example.com", "script.weft", base)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("FetchError: this run may not speak with 127.0.0.1:\(server.port)"))
      let allowed = try await weft.run("--sandbox", "--allow-net", "127.0.0.1:\(server.port)", "script.weft", base)
      #expect(allowed.output == "200\n")
    }
    await server.stop()
  }

  @Test func importsStayInTheFolder() async throws {
    try await Weft.inFolder([
      "script.weft": "import \"lib.weft\"\nprint(three)\n", "lib.weft": "let three = 3\n",
      "outside.weft": "import \"/dev/zero\"\n",
    ]) { weft in
      let inside = try await weft.run("--sandbox", "script.weft")
      #expect(inside.output == "3\n")
      let outside = try await weft.run("--sandbox", "outside.weft")
      #expect(outside.status == 65)
      #expect(outside.errors.contains("`/dev/zero` is outside of the script's folder"))
    }
  }

  @Test func processesAreOutOfIt() async throws {
    try await Weft.inFolder(["script.weft": "print(pool(processes: 1) { gather { 1 } })\n"]) { weft in
      let outcome = try await weft.run("--sandbox", "script.weft")
      #expect(outcome.status == 65)
      #expect(
        outcome.errors.contains(
          "`pool(processes:)` is not there: the host of this script does not grant worker processes"))
    }
  }

  @Test func anAllowanceNeedsASandbox() async throws {
    try await Weft.inFolder(["script.weft": ""]) { weft in
      let outcome = try await weft.run("--allow-net", "example.com", "script.weft")
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains("`--allow-net` is for a sandbox"))
    }
  }
}
