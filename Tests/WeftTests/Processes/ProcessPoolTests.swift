import Foundation
import Testing

@testable import Weft

@Suite("pools of worker processes")
struct ProcessPoolTests {
  @Test("tasks are answered, by one process as long as it lives")
  func reuse() async {
    await Crew.with(Crew()) { crew in
      #expect(await crew.answer("echo one") == "one")
      let first = await crew.answer("pid")
      #expect(await crew.answer("pid") == first)
      #expect(Int32(first) != getpid())
    }
  }

  @Test("as many processes start as tasks wait, and no more than the pool has")
  func size() async {
    await Crew.with(Crew(3)) { crew in
      let waiting = (0..<3).map { _ in crew.start("hang") }
      var processes: Set<String> = []
      for ticket in waiting { processes.insert(await crew.firstOutput(of: ticket)) }
      #expect(processes.count == 3)
      let fourth = crew.start("echo")
      crew.pool.cancel(fourth)
      #expect(await crew.end(of: fourth) == .cancelled)
    }
  }

  @Test("a large answer to a large task")
  func large() async {
    await Crew.with(Crew()) { crew in
      let bytes = (0..<(10 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      #expect(await crew.end(of: crew.start(Array("echo ".utf8) + bytes)) == .ended(bytes))
      #expect(await crew.end(of: crew.start(Array("echo ".utf8) + bytes)) == .ended(bytes))
    }
  }

  @Test("what a task prints comes in order, before its end")
  func output() async {
    await Crew.with(Crew()) { crew in
      let ticket = crew.start("count 1000")
      #expect(await crew.end(of: ticket) == .ended([]))
      #expect(crew.output(of: ticket) == (0..<1000).map { "\($0) " }.joined())
    }
  }

  @Test("standard input and output of a worker are not the line")
  func privateLine() async {
    await Crew.with(Crew()) { crew in
      #expect(await crew.answer("line") == "0")
      #expect(await crew.answer("echo after") == "after")
    }
  }

  @Test("a worker is in a group of its own, where no Ctrl-C of the terminal comes")
  func group() async {
    await Crew.with(Crew()) { crew in #expect(await crew.answer("group") == (await crew.answer("pid"))) }
  }

  @Test("a worker takes no notice of SIGINT")
  func interrupt() async throws {
    try await Crew.with(Crew()) { crew in
      let text = await crew.answer("pid")
      let process = try #require(pid_t(text))
      #expect(kill(process, SIGINT) == 0)
      #expect(await crew.answer("pid") == text)
    }
  }

  @Test("a cancelled task ends in its own way")
  func cancel() async {
    await Crew.with(Crew()) { crew in
      let ticket = crew.start("wait")
      crew.pool.cancel(ticket)
      switch await crew.end(of: ticket) {
      // It may have been cancelled before a worker had it.
      case .cancelled: break
      case let end: #expect(end == .ended(Array("cancelled".utf8)))
      }
      #expect(await crew.answer("echo on") == "on")
      let second = crew.start("wait")
      crew.pool.cancel(second)
      crew.pool.cancel(second)
      #expect(await crew.end(of: second) == .ended(Array("cancelled".utf8)))
    }
  }

  @Test("a launcher's words stand in front")
  func launcher() async {
    await Crew.with(Crew(launcher: "/usr/bin/env WEFT=1")) { crew in #expect(await crew.answer("echo far") == "far") }
    await Crew.with(Crew(launcher: "env")) { crew in #expect(await crew.answer("echo by name") == "by name") }
  }

  @Test("a pool that is never used starts nothing; one that is closed takes nothing")
  func closed() async {
    let crew = Crew(4)
    await crew.pool.close()
    #expect(await crew.run("echo") == .lost("the pool of processes is closed"))
  }

  @Test("closing ends tasks that run, and those that wait")
  func closeWhileRunning() async throws {
    let crew = Crew()
    let ticket = crew.start("hang")
    let process = try #require(pid_t(await crew.firstOutput(of: ticket)))
    let waiting = crew.start("echo")
    await crew.pool.close()
    #expect(await crew.end(of: ticket) == .lost("the worker process ended with exit code 0"))
    #expect(await crew.end(of: waiting) == .cancelled)
    #expect(kill(process, 0) != 0)
  }
}
