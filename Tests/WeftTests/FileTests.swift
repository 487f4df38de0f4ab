import Foundation
import Testing
import Weft
import WeftMachine
import WeftSyntax

/// `read`, `lines`, `write` and `env`, with files in memory.
@Suite struct FileTests {
  private func run(
    _ text: String, files: MemoryFiles = MemoryFiles(), in world: VirtualWorld = VirtualWorld(), memory: Int = .max
  ) throws -> String {
    let script = try Script(compiling: text, name: "s.weft", granting: .all)
    var options = RunOptions()
    options.files = files
    options.environment = ["HOME": "/home/ada"]
    options.limits.memory = memory
    let (result, output) = script.outcome(options, in: world)
    #expect(result.leftovers.isClean)
    return output
  }

  @Test func readsAndWrites() throws {
    let files = MemoryFiles(["names.txt": "Ada\nGrace\r\nLinus"])
    let script = """
      print(lines("names.txt"), len(read("names.txt")), read("names.txt", bytes: true)[0])
      write("out.txt", "one\\n")
      write("out.txt", "two\\n", append: true)
      write("bytes", bytes([255, 0]))
      print(read("out.txt").lines(), map(read, ["names.txt"])[0][0..<3])
      write("out.txt", "")
      print(lines("out.txt"))
      """
    #expect(
      try run(script, files: files) == """
        ["Ada", "Grace", "Linus"] 16 65
        ["one", "two"] Ada
        []

        """)
    #expect(files["bytes"] == [255, 0])
    #expect(files["out.txt"] == [])
  }

  @Test func theExampleOfTheDocumentation() throws {
    var options = RunOptions()
    options.files = MemoryFiles(["names.txt": "Ada\nGrace\n"])
    let script = try Script(compiling: "print(lines(\"names.txt\"))", granting: [.standard, .files])
    #expect(script.text(options) == "[\"Ada\", \"Grace\"]\n")
  }

  @Test func environment() throws {
    #expect(
      try run("print(env(\"HOME\"), env(\"NONE\"), env(\"NONE\", \"else\"), env(\"HOME\", 1))\n")
        == "/home/ada none else /home/ada\n")
  }

  @Test func aMissingFile() throws {
    #expect(
      try run("task load(path) {\n  read(path)\n}\nload(\"no.txt\")\n") == """
        error: FileError: cannot read `no.txt`: no such file or directory
           ╭─ s.weft:2:3
         2 │   read(path)
           │   ^^^^^^^^^^
           the script                                                             line 4
           load("no.txt")                                                         line 2

        """)
    #expect(
      try run("try { lines(\"no.txt\") } catch FileError as e { print(e.path, e.reason) }\n") == "no.txt notFound\n")
  }

  @Test func whatIsNotText() throws {
    let files = MemoryFiles()
    files["b"] = [0x41, 0xFF]
    #expect(
      try run("read(\"b\")\n", files: files) == """
        error: FileError: cannot read `b`: it is not UTF-8 text
           ╭─ s.weft:1:1
         1 │ read("b")
           │ ^^^^^^^^^
           = hint: `read(path, bytes: true)` gives its bytes

        """)
  }

  @Test func aFileOverALimit() throws {
    let files = MemoryFiles(["big": String(repeating: "x", count: 100_000)])
    #expect(
      try run(
        "try { read(\"big\", limit: 99KB) } catch FileError as e { print(e.message, e.reason); print(e.hint) }\n",
        files: files)
        == "cannot read `big`: it is too large tooLarge\nit has more than 99 KB; `limit:` allows more\n")
    #expect(
      try run("try { read(\"big\") } catch LimitError as e { print(e.message) }\n", files: files, memory: 90_000)
        == "the memory limit of this run does not allow the file `big`\n")
  }

  @Test(arguments: [
    ("read(1)", "a path must be String, not Int"),
    ("read(\"\")", "\"\" is not a path"),
    ("read(\"a\\0b\")", "\"…\\0…\" is not a path"),
    ("read(\"a\", bytes: 1)", "`bytes` must be Bool, not Int"),
    ("read(\"a\", limit: -1)", "`limit` must not be below 0"),
    ("write(\"a\", 1)", "what `write` writes must be String or Bytes, not Int"),
    ("env(1)", "the argument of `env` must be String, not Int"),
  ])
  func wrongArguments(_ call: String, _ message: String) throws {
    #expect(try run("try { \(call) } catch e { print(e.message) }\n") == message + "\n")
  }

  @Test func aCancelledWriteDoesNotHappen() throws {
    let files = MemoryFiles()
    var world = VirtualWorld()
    world.fileDelay = second
    let script = """
      timeout(500ms) { write("a", "1") } else { print("late") }
      timeout(2s) { write("b", "1") }
      gather { write("c", "1"); { sleep 1ms; print("others go on") } }
      print(elapsed())
      """
    #expect(try run(script, files: files, in: world) == "late\nothers go on\n2.5s\n")
    #expect(files["a"] == nil && files["b"] == [0x31] && files["c"] == [0x31])
  }

  @Test func nothingIsLeftWheneverItIsCancelled() throws {
    let text =
      "gather(errors: keep) { read(\"a\"); lines(\"no\"); { try { write(\"b\", \"x\") } finally { write(\"c\", \"y\") } } }\n"
    let script = try Script(compiling: text, granting: .all)
    for instant in stride(from: 0, through: 3 * second, by: Int(250 * millisecond)) {
      var world = VirtualWorld(orderSeed: 1)
      world.fileDelay = second
      world.cancelAt = Int64(instant)
      var options = RunOptions()
      options.files = MemoryFiles(["a": "text"])
      #expect(script.runVirtually(options, in: world).leftovers.isClean, "cancelled at \(instant)")
    }
  }

  @Test func aRunWithoutFiles() throws {
    let script = try Script(
      compiling: "try { read(\"a\") } catch e { print(e.message) }\n", granting: [.standard, .files])
    #expect(script.text() == "cannot read `a`: this run has no files\n")
  }

  @Test(arguments: [("read(\"a\")", "read", "files"), ("print(env)", "env", "the environment")])
  func whatIsNotGrantedIsNotThere(_ call: String, _ name: String, _ what: String) throws {
    #expect {
      try Script(compiling: call)
    } throws: { error in
      let first = (error as? CompileError)?.diagnostics.first
      return first?.code == "E0215"
        && first?.message == "`\(name)` is not there: the host of this script does not grant \(what)"
    }
    // A name of the script's own is another matter.
    _ = try Script(compiling: "let \(name) = x => x\n\(name)(1)\n")
  }
}

/// The files of this machine, on the real clock.
@Suite struct DiskTests {
  private func inFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-disk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
  }

  private func run(_ text: String, in folder: String) async throws -> String {
    let script = try Script(compiling: "param folder = \"\"\n" + text, granting: .all)
    var options = RunOptions()
    options.files = DiskFiles()
    options.params["folder"] = .string(folder)
    let output = Locked<[UInt8]>([])
    let result = await script.run(options, observer: RunObserver(output: { bytes in output.withLock { $0 += bytes } }))
    #expect(result.leftovers.isClean)
    var text = String(decoding: output.withLock { $0 }, as: UTF8.self)
    if case .failed(let report) = result.outcome { text += script.text(of: report) }
    return text.replacing(folder, with: "…")
  }

  @Test func readsAndWrites() async throws {
    try await inFolder { folder in
      let script = #"""
        write("\(folder)/a", "one\n")
        write("\(folder)/a", "two\n", append: true)
        print(lines("\(folder)/a"))
        gather for i in 1...50 { write("\(folder)/f\(i)", "x" * 100_000 * i) }
        print(sum(gather for i in 1...50 { len(read("\(folder)/f\(i)")) }))
        """#
      let output = try await run(script, in: folder)
      #expect(output == "[\"one\", \"two\"]\n127500000\n")
    }
  }

  @Test func whatGoesWrong() async throws {
    try await inFolder { folder in
      let script = #"""
        for path in ["\(folder)/no", folder, "\(folder)/no/a"] {
          try { read(path) } catch FileError as e { print(e.reason, e.message) }
          try { write(path + "/", "x") } catch FileError as e { print(e.reason) }
        }
        """#
      let output = try await run(script, in: folder)
      #expect(
        output == """
          notFound cannot read `…/no`: no such file or directory
          isDirectory
          isDirectory cannot read `…`: is a directory
          isDirectory
          notFound cannot read `…/no/a`: no such file or directory
          notFound

          """)
    }
  }

  @Test func aReadThatWaitsForAPipeCanBeCalledOff() async throws {
    try await inFolder { folder in
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      // Somebody has it open and writes nothing.
      let writer = open(folder + "/pipe", O_RDWR)
      defer { close(writer) }
      let script = #"print(timeout(100ms) { read("\(folder)/pipe") } else { "nothing came" })"# + "\n"
      let output = try await run(script, in: folder)
      #expect(output == "nothing came\n")
    }
  }
}
