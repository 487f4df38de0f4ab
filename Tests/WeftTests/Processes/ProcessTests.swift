import Foundation
import Testing

@testable import Weft

@Suite("worker processes")
struct ProcessTests {
  @Test("tasks are answered, by one process as long as it lives")
  func reuse() async {
    await Crew.with(Crew()) { crew in
      #expect(await crew.answer("echo one") == "one")
      let first = await crew.answer("pid")
      #expect(await crew.answer("pid") == first)
      #expect(Int32(first) != getpid())
    }
  }

  @Test("each place has a process of its own, which starts with its first task")
  func places() async {
    await Crew.with(Crew(3)) { crew in
      let tickets = (0..<3).map { _ in crew.start("hang") }
      var processes: Set<String> = []
      for ticket in tickets { processes.insert(await crew.firstOutput(of: ticket)) }
      #expect(processes.count == 3)
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
      crew.cancel(ticket)
      switch await crew.end(of: ticket) {
      // It may have been cancelled before a worker had it.
      case .cancelled: break
      case let end: #expect(end == .ended(Array("cancelled".utf8)))
      }
      #expect(await crew.answer("echo on") == "on")
      let second = crew.start("wait")
      crew.cancel(second)
      crew.cancel(second)
      #expect(await crew.end(of: second) == .ended(Array("cancelled".utf8)))
    }
  }

  @Test("a launcher's words stand in front")
  func launcher() async {
    await Crew.with(Crew(launcher: "/usr/bin/env WEFT=1 SELF --tricks")) { crew in
      #expect(await crew.answer("echo far") == "far")
    }
    await Crew.with(Crew(launcher: "env SELF --tricks")) { crew in
      #expect(await crew.answer("echo by name") == "by name")
    }
  }

  @Test("the wish that a task ends in its own way reaches it")
  func shutdown() async {
    await Crew.with(Crew()) { crew in
      let ticket = crew.start("drain")
      #expect(await crew.firstOutput(of: ticket) == "working")
      crew.shutdown(ticket)
      #expect(await crew.end(of: ticket) == .ended(Array("drained".utf8)))
    }
  }

  @Test("a place that is never used starts nothing; one that is closed takes nothing")
  func closed() async {
    let crew = Crew(4)
    await crew.close()
    #expect(await crew.run("echo") == .lost("is closed or has another task"))
  }

  @Test("closing ends a task that runs")
  func closeWhileRunning() async throws {
    let crew = Crew()
    let ticket = crew.start("hang")
    let process = try #require(pid_t(await crew.firstOutput(of: ticket)))
    await crew.close()
    #expect(await crew.end(of: ticket) == .lost("ended with exit code 0"))
    #expect(kill(process, 0) != 0)
  }

  @Test("closing cancels a task that has not begun")
  func closeWhileStarting() async {
    let crew = Crew()
    let ticket = crew.start("echo")
    await crew.close()
    let end = await crew.end(of: ticket)
    #expect([.cancelled, .ended([]), .lost("ended with exit code 0")].contains(end))
    #expect(crew.ends == [1])
  }
}
