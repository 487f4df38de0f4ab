import Testing
import Weft
import WeftMachine

/// `shutdown` on the virtual clock.
@Suite struct ShutdownTests {
  private func run(_ text: String, shutdownAt: Int64?, orderSeed: UInt64? = nil) throws -> String {
    var world = VirtualWorld(orderSeed: orderSeed)
    world.shutdownAt = shutdownAt
    let script = try Script(compiling: text, name: "s.weft")
    let (result, output) = script.outcome(in: world)
    #expect(result.leftovers.isClean)
    return output
  }

  private static let draining = """
    var done = 0
    task work() {
      while not shutdown.requested {
        sleep 1s
        done += 1
      }
    }
    start { shutdown.wait(); print("asked at", elapsed()) }
    gather for i in 1...3 { work() }
    print(done, elapsed())

    """

  @Test(arguments: [nil, 1, 2, 3] as [UInt64?])
  func theScriptFinishesWhatIsInFlight(_ seed: UInt64?) throws {
    #expect(try run(Self.draining, shutdownAt: 2_500 * millisecond, orderSeed: seed) == "asked at 2.5s\n9 3s\n")
  }

  @Test func itIsKnownFromTheStart() throws {
    #expect(
      try run("sleep 0s\nprint(shutdown.requested)\nshutdown.wait()\nprint(elapsed())\n", shutdownAt: 0) == "true\n0s\n"
    )
  }

  @Test func everyWaiterIsWoken() throws {
    let text = "gather for i in 1...3 { shutdown.wait(); print(elapsed()) }\nshutdown.wait()\nprint(shutdown.wait())\n"
    #expect(try run(text, shutdownAt: second) == "1s\n1s\n1s\nnone\n")
  }

  @Test func aScriptThatDoesNotMentionItIsCancelled() throws {
    let text = "try { sleep 5s } finally { print(\"cleaned\", elapsed()) }\n"
    #expect(try run(text, shutdownAt: second) == "cleaned 1s\ncancelled\n")
  }

  @Test func whatIsCalledShutdownIsNotIt() throws {
    let text = "let shutdown = {requested: 1}\ntry { sleep 5s } finally { print(shutdown.requested) }\n"
    #expect(try run(text, shutdownAt: second) == "1\ncancelled\n")
  }

  @Test func aWaitCanBeCancelled() throws {
    #expect(
      try run("print(timeout(1s) { shutdown.wait() } else { \"not yet\" }, elapsed())\n", shutdownAt: nil)
        == "not yet 1s\n")
    #expect(
      try run("let w = shutdown.wait\nprint(race { w(); { sleep 1s; 7 } })\n", shutdownAt: 5 * second) == "7\n")
  }

  @Test func waitingForItAloneIsADeadlockOnlyWhereItCannotCome() throws {
    #expect(
      try run("shutdown.wait()\nprint(elapsed())\n", shutdownAt: 3600 * second)
        == "3600s\n".replacing("3600s", with: "1h"))
    let text = try run("try { shutdown.wait() } finally { print(\"cleaned\") }\n", shutdownAt: nil)
    #expect(text.hasPrefix("cleaned\nerror: DeadlockError: "))
    #expect(text.contains("waits in line 1 for a shutdown"))
  }

  @Test func theResultTells() throws {
    var world = VirtualWorld()
    world.shutdownAt = second
    let script = try Script(compiling: "shutdown.wait()\n")
    #expect(script.runVirtually(in: world).wasShutDown)
    #expect(try !Script(compiling: "sleep 5s\n").runVirtually(in: world).wasShutDown)
    #expect(try !Script(compiling: "print(shutdown.requested)\n").runVirtually(in: world).wasShutDown)
  }

  @Test func onTheRealClock() async throws {
    let script = try Script(compiling: "print(\"waits\")\nshutdown.wait()\nprint(\"ends\")\n")
    let control = RunControl()
    let result = await script.run(control: control, observer: RunObserver(output: { _ in control.shutdown() }))
    guard case .completed = result.outcome else {
      Issue.record("it did not complete")
      return
    }
    #expect(result.wasShutDown && result.leftovers.isClean)
  }

  @Test func nothingIsLeftWheneverItIsCancelled() throws {
    let script = try Script(compiling: Self.draining)
    for instant in stride(from: 0, through: 3 * second, by: Int(100 * millisecond)) {
      for shutdown in [nil, second, 2 * second] {
        var world = VirtualWorld(orderSeed: UInt64(instant))
        world.cancelAt = Int64(instant)
        world.shutdownAt = shutdown
        #expect(script.runVirtually(in: world).leftovers.isClean, "cancelled at \(instant)")
      }
    }
  }
}
