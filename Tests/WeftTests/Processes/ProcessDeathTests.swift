import Foundation
import Testing

@testable import Weft

@Suite("worker processes that die or misbehave")
struct ProcessDeathTests {
  @Test(
    "the task fails with the reason, and another worker takes the next",
    arguments: [
      ("exit 3", "ended with exit code 3"), ("exit 0", "ended with exit code 0"),
      ("signal 9", "was killed by signal 9 (SIGKILL)"), ("signal 11", "was killed by signal 11 (SIGSEGV)"),
      ("signal 15", "was killed by signal 15 (SIGTERM)"), ("signal 40", "was killed by signal 40"),
    ])
  func death(task: String, reason: String) async {
    await Crew.with(Crew()) { crew in
      #expect(await crew.run(task) == .lost("\(reason)"))
      #expect(await crew.answer("echo next") == "next")
    }
  }

  @Test("only the task of the worker that died fails")
  func others() async {
    await Crew.with(Crew(2)) { crew in
      let long = crew.start("hang")
      _ = await crew.firstOutput(of: long)
      #expect(await crew.run("signal 9") == .lost("was killed by signal 9 (SIGKILL)"))
      #expect(await crew.answer("echo here") == "here")
      #expect(crew.ends.sorted() == [0, 1, 1])
    }
  }

  @Test("a worker that is killed while it is idle fails nobody's task")
  func idle() async throws {
    try await Crew.with(Crew()) { crew in
      let process = try #require(pid_t(await crew.answer("pid")))
      kill(process, SIGKILL)
      #expect(await eventually { kill(process, 0) != 0 })
      #expect(await crew.answer("echo on") == "on")
    }
  }

  @Test(
    "what is no answer ends the worker",
    arguments: [
      ("garbage", #"sent what is not of weft's protocol: "Segmentation …""#),
      ("half", "ended with exit code 0 in the middle of an answer"),
      ("silent", "closed its output and did not end"),
      ("parent", "sent an answer (task) that nobody waits for"),
      ("other", "sent an answer (ended) that nobody waits for"),
    ])
  func nonsense(trick: String, reason: String) async {
    await Crew.with(Crew(launcher: "SELF --raw \(trick)")) { crew in
      #expect(await crew.run("any") == .lost("\(reason)"))
      #expect(await crew.run("any") == .lost("\(reason)"))
    }
  }

  @Test("a second answer ends the worker, not the task")
  func twice() async {
    await Crew.with(Crew()) { crew in
      #expect(await crew.run("twice") == .ended([]))
      #expect(crew.ends == [1])
    }
  }

  @Test("a remote shell that greets is found out")
  func banner() async {
    await Crew.with(Crew(launcher: "SELF --banner")) { crew in
      #expect(
        await crew.run("echo") == .lost(#"sent what is not of weft's protocol: "Welcome to ex…""#))
    }
  }

  @Test("a worker that does not obey a cancellation is killed and replaced")
  func disobedience() async throws {
    try await Crew.with(Crew(grace: 20_000_000)) { crew in
      let ticket = crew.start("hang")
      let process = try #require(pid_t(await crew.firstOutput(of: ticket)))
      crew.cancel(ticket)
      #expect(
        await crew.end(of: ticket)
          == .lost("did not answer within 0.02 s of its task being cancelled, and was killed"))
      #expect(kill(process, 0) != 0)
      #expect(await crew.answer("echo on") == "on")
    }
  }

  @Test("what takes no notice of the closed line is killed")
  func deaf() async {
    let crew = Crew(launcher: "SELF --deaf")
    let ticket = crew.start("echo")
    crew.cancel(ticket)
    #expect(await crew.end(of: ticket) == .cancelled)
    await crew.close()
  }

  // MARK: The start

  @Test("a program that is not there")
  func missing() async {
    await Crew.with(Crew(launcher: "", path: "/nowhere/weft")) { crew in
      #expect(
        await crew.run("echo")
          == .lost("could not be started: there is no program `/nowhere/weft`"))
      #expect(
        await crew.run("echo")
          == .lost("could not be started: there is no program `/nowhere/weft`"))
    }
  }

  @Test("a program that is no worker")
  func noWorker() async {
    await Crew.with(Crew(2, launcher: "", path: "/bin/false")) { crew in
      let tickets = (0..<5).map { _ in crew.start("echo") }
      for ticket in tickets {
        #expect(await crew.end(of: ticket) == .lost("ended with exit code 1"))
      }
    }
  }

  @Test("a worker that refuses the program says why")
  func refusal() async {
    await Crew.with(Crew(program: "refuse")) { crew in
      #expect(await crew.run("echo") == .lost("cannot run this program: it refuses every program"))
    }
  }

  @Test("a worker that dies over the program")
  func deathBeforeReady() async {
    await Crew.with(Crew(program: "die")) { crew in
      #expect(await crew.run("echo") == .lost("ended with exit code 4"))
    }
  }

  @Test("a worker that made something else of the program, or speaks otherwise")
  func otherVersion() async {
    await Crew.with(Crew(program: "as 17", identity: 17)) { crew in #expect(await crew.answer("echo same") == "same") }
    await Crew.with(Crew(program: "as 18", identity: 17)) { crew in
      #expect(
        await crew.run("echo")
          == .lost(
            "compiled the script to something else: the same weft has to be on both sides"))
    }
    await Crew.with(Crew(launcher: "SELF --raw old")) { crew in
      #expect(
        await crew.run("echo")
          == .lost(
            "speaks version 0 of weft's protocol instead of \(Frame.version): the same weft has to be on both sides"
          ))
    }
  }
}
