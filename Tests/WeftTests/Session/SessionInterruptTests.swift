import Testing
import Weft
import WeftMachine

/// Ending the input that runs, and nothing else.
struct SessionInterruptTests {
  /// Interrupts a session as soon as it prints a line that begins so.
  private final class Trigger: Sendable {
    private let session = Locked<Session?>(nil)
    private let word: String

    init(_ word: String) { self.word = word }

    func arm(_ session: Session) { self.session.withLock { $0 = session } }

    func see(_ text: String) {
      for line in text.split(separator: "\n") where line.hasPrefix(word) { session.withLock { $0 }?.interrupt() }
    }
  }

  private func conversation(
    _ clock: Session.Clock, on word: String = "now", fetcher: (any Fetcher)? = nil
  ) -> Conversation {
    let trigger = Trigger(word)
    let talk = Conversation(clock: clock, fetcher: fetcher, onOutput: { trigger.see($0) })
    trigger.arm(talk.session)
    return talk
  }

  @Test(arguments: [Session.Clock.real, .virtual])
  func inALoopThatNeverWaits(_ clock: Session.Clock) async {
    let talk = conversation(clock)
    await talk.say("task other() { sleep 1ms; sleep 1h }\nlet t = start other()\nvar n = 0")
    await talk.say("print(\"now\"); while true { n += 1 }", gives: "cancelled")
    await talk.say("[n > 0, t.done]", gives: "[true, false]")
    #expect(talk.session.runningTasks == 1)
    #expect(await talk.end())
  }

  @Test func inASleep() async {
    let talk = conversation(.real)
    #expect(
      await talk.say(
        "try { print(\"now\"); sleep 1h } catch e { print(\"caught\") } finally { sleep 1ms; print(\"left\") }")
        == "cancelled")
    #expect(talk.printed.text == "now\nleft\n")
    await talk.say("1", gives: "1")
    #expect(await talk.end())
  }

  @Test func inATreeOfTasks() async {
    let talk = conversation(.real)
    await talk.say("var left = 0\ntask nap() { try { sleep 1h } finally { left += 1 } }")
    await talk.say("gather { nap(); nap(); { sleep 1ms; print(\"now\"); nap() } }", gives: "cancelled")
    await talk.say("left", gives: "3")
    #expect(await talk.end())
  }

  @Test func inAFetch() async {
    let fetcher = SilentFetcher()
    let talk = conversation(.real, fetcher: fetcher)
    fetcher.onStart { [session = talk.session] in session.interrupt() }
    await talk.say("fetch \"http://a.test/\"", gives: "cancelled")
    #expect(fetcher.cancelled == ["http://a.test/"])
    #expect(await talk.end())
  }

  @Test func aSecondTimeEndsTheWaitOfACleanUp() async {
    let talk = conversation(.real)
    #expect(
      await talk.say("try { print(\"now\"); sleep 1h } finally(1h) { print(\"now\"); sleep 1h; print(\"never\") }")
        == "cancelled")
    #expect(talk.printed.text == "now\nnow\n")
    await talk.say("shield { print(\"now\"); print(\"now\"); sleep 1h }", gives: "cancelled")
    #expect(await talk.end())
  }

  @Test func inACompute() async {
    let talk = conversation(.real)
    await talk.say("compute { print(\"now\"); while true { } }", gives: "cancelled")
    await talk.say("compute { 6 * 7 }", gives: "42")
    #expect(await talk.end())
  }

  @Test func withNothingToEnd() async {
    let talk = Conversation(clock: .real)
    talk.session.interrupt()
    await talk.say("1 + 1", gives: "2")
    #expect(await talk.end())
  }

  @Test func cancellingTheCallerEndsItsInputAlone() async {
    let (lines, tell) = AsyncStream.makeStream(of: String.self)
    let talk = Conversation(clock: .real, onOutput: { tell.yield($0) })
    let first = Task { await talk.say("print(\"on\"); sleep 1h") }
    for await line in lines where line == "on\n" { break }
    let second = Task { await talk.say("2") }
    let third = Task { await talk.say("3") }
    second.cancel()
    #expect(await second.value == "cancelled")
    first.cancel()
    #expect(await first.value == "cancelled")
    #expect(await third.value == "3")
    #expect(await talk.end())
  }
}

/// A network on which nothing ever answers.
final class SilentFetcher: Fetcher {
  private struct State {
    var started: (@Sendable () -> Void)?
    var cancelled: [String] = []
  }
  private let state = Locked(State())

  func onStart(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.started = action } }

  var cancelled: [String] { state.withLock { $0.cancelled } }

  func start(
    _ request: FetchRequest, completion: @escaping @Sendable (Result<FetchResponse, FetchFailure>) -> Void
  ) -> any FetchCancelling {
    state.withLock { $0.started }?()
    return Exchange { [self] in state.withLock { $0.cancelled.append(request.url) } }
  }

  func shutdown() async {}

  private struct Exchange: FetchCancelling {
    let action: @Sendable () -> Void
    func cancel() { action() }
  }
}
