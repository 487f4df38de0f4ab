import WeftCompiler
import WeftMachine

/// A session from its beginning to its end, on the loop's thread: one machine after the other, each until a reset.
struct SessionLife {
  private let settings: Session.Settings
  private let status: SessionStatus

  init(_ settings: Session.Settings, _ status: SessionStatus) {
    self.settings = settings
    self.status = status
  }

  func live() async -> Machine.Leftovers {
    var seed = settings.options.seed
    var left = Machine.Leftovers()
    while true {
      let mailbox = status.mailbox
      let host = SessionHost(settings, status, seed: seed)
      status.tellWaiters()
      switch settings.clock {
      case .real: await runReally(host, mailbox)
      case .virtual: await runVirtually(host, mailbox)
      }
      host.context.memory.runEnded()
      // A limit that is crossed ends all at once, as it does in a run.
      if case .exceeded? = host.machine.result {} else { left.add(host.machine.leftovers) }
      let (wish, late) = status.turn()
      var hasEnded = false
      if case .end = wish { hasEnded = true }
      host.conclude(hasEnded: hasEnded)
      for case .perform(let action) in late.take() { action(host) }
      switch wish {
      case .goOn: break
      case .reset(let new): seed = new ?? seed
      case .end:
        status.tellWaiters()
        return left
      }
    }
  }

  private func runReally(_ host: SessionHost, _ mailbox: Mailbox) async {
    let driver = MachineDriver(host.machine, host.context, mailbox, yields: false, output: settings.output)
    driver.session = host
    mailbox.join(host.context.activity)
    host.begin(at: host.context.startedAt, wallClock: host.context.wallClock) { LoopExecutor.now() }
    await driver.drive()
    await driver.finish()
  }

  private func runVirtually(_ host: SessionHost, _ mailbox: Mailbox) async {
    let run = VirtualRun(host, settings.options, VirtualWorld())
    await run.drive(host, mailbox, settings.output)
  }
}

extension Machine.Leftovers {
  fileprivate mutating func add(_ other: Machine.Leftovers) {
    fibers += other.fibers
    scopes += other.scopes
    timers += other.timers
    fetches += other.fetches
  }
}
