import WeftMachine

/// In the parent: carries out what the task of one worker process asks of the handles that it was given, and gives back what it
/// held when it ends, however it ends.
final class HandleService: Sendable {
  private struct Wait {
    let handle: SharedHandle
    let waiter: HandleWaiter
    var alarm: LoopExecutor.Alarm?
  }

  private struct State {
    var handles: [UInt64: SharedHandle] = [:]
    var waits: [UInt64: Wait] = [:]
    /// The task that runs; nil between tasks.
    var ticket: UInt64?
    /// Frames that went to the worker since its task began.
    var sent: UInt64 = 0
    /// The worker has said that nothing happens there before another frame comes.
    var isResting = false
  }

  private let state = Locked(State())
  private let user = HandleUser()
  private let context: RunContext
  private let send: @Sendable (Frame) -> Void
  /// Turns values that travel by reference into bytes.
  private let translator: ParcelTranslator

  init(_ context: RunContext, _ translator: ParcelTranslator, send: @escaping @Sendable (Frame) -> Void) {
    self.context = context
    self.send = send
    self.translator = translator
    user.notify = { [weak self] id in self?.check(id) }
    context.activity.register(ObjectIdentifier(self)) { [weak self] in self?.nothingWillCome() }
  }

  deinit { context.activity.remove(ObjectIdentifier(self)) }

  // MARK: The task

  func begin(_ ticket: UInt64, _ task: RemoteTask) {
    context.activity.add()
    state.withLock { state in
      state = State()
      state.ticket = ticket
      for handle in task.call.handles { state.handles[handle.number] = handle }
      for round in task.globals { for handle in round.values.handles { state.handles[handle.number] = handle } }
    }
  }

  /// What may be in the task's result.
  var handles: [SharedHandle] { state.withLock { Array($0.handles.values) } }

  /// The task holds nothing any more. `end` follows when its owner knows.
  func release() {
    let before = state.withLock { state in
      let before = state
      state.handles = [:]
      state.waits = [:]
      state.ticket = nil
      return before
    }
    for wait in before.waits.values { callOff(wait) }
    for handle in before.handles.values { handle.leave(user) }
  }

  func end() {
    let wasResting = state.withLock { state in
      defer { state.isResting = false }
      return state.isResting
    }
    if !wasResting { context.activity.subtract() }
  }

  /// A frame goes to the worker, which goes on for it.
  func noteSending() {
    state.withLock { state in
      state.sent += 1
      if !state.isResting { return }
      state.isResting = false
      context.activity.add()
    }
  }

  /// The worker waits, and had `received` frames by then.
  func rests(_ ticket: UInt64, received: UInt64) {
    let isNew = state.withLock { state in
      guard state.ticket == ticket, state.sent == received, !state.isResting else { return false }
      state.isResting = true
      return true
    }
    if isNew { context.activity.subtract() }
  }

  private func nothingWillCome() {
    guard let ticket = state.withLock({ $0.isResting ? $0.ticket : nil }) else { return }
    noteSending()
    send(Frame(.deadlock, ticket: ticket))
  }

  // MARK: Requests

  /// False when the bytes make no sense.
  func take(_ ticket: UInt64, _ payload: [UInt8]) -> Bool {
    let (handles, current) = state.withLock { (Array($0.handles.values), $0.ticket) }
    // What a task asked that has ended since.
    if current != ticket { return true }
    guard let request = HandleRequest(wire: payload, handles: handles) else { return false }
    guard let operation = request.operation else {
      callOff(request.id)
      return true
    }
    guard let handle = state.withLock({ $0.handles[request.handle] }) else { return false }
    let asker = HandleAsker(
      user: user, task: request.task, ticket: request.id, now: LoopExecutor.now(), place: request.place)
    switch handle.perform(operation, for: asker) {
    case .answer(let answer): if request.id != 0 { respond(request.id, answer) }
    case .waits(let waiter):
      let isOpen = state.withLock { state in
        if state.ticket == ticket { state.waits[request.id] = Wait(handle: handle, waiter: waiter) }
        return state.ticket == ticket
      }
      // It may have been answered before it was noted.
      if isOpen { check(request.id) } else { callOff(Wait(handle: handle, waiter: waiter)) }
    }
    return true
  }

  private func respond(_ id: UInt64, _ answer: HandleAnswer) {
    var answer = answer
    if case .item(.packed(let parcel)) = answer {
      let sent = translator.bytes(of: parcel)
      state.withLock { state in for handle in sent.handles { state.handles[handle.number] = handle } }
      answer = .item(.packed(sent))
    }
    guard let ticket = state.withLock({ $0.ticket }) else { return }
    noteSending()
    send(Frame(.handleAnswer, ticket: ticket, HandleResponse(id: id, answer).wire))
  }

  /// One that waits has an answer, or something to claim.
  private func check(_ id: UInt64) {
    guard let wait = state.withLock({ $0.waits[id] }) else { return }
    switch wait.handle.claim(wait.waiter, at: LoopExecutor.now()) {
    case .answer(let answer):
      guard let wait = state.withLock({ $0.waits.removeValue(forKey: id) }) else { return }
      endAlarm(of: wait)
      if case .item = answer, wait.handle.facts.kind == Kind.queue {
        _ = wait.handle.perform(.accept, for: wait.waiter.asker)
      }
      respond(id, answer)
    case .waits(let waiter): if let due = waiter.due { setAlarm(id, at: due) }
    }
  }

  /// An alarm is something that can still happen.
  private func setAlarm(_ id: UInt64, at due: Int64) {
    let alarm = LoopExecutor.shared.setAlarm(at: due) { [weak self] in self?.alarm(id) }
    let old = state.withLock { state -> LoopExecutor.Alarm? in
      guard let wait = state.waits[id] else { return alarm }
      state.waits[id]?.alarm = alarm
      if wait.alarm == nil { context.activity.add() }
      return wait.alarm
    }
    if let old { LoopExecutor.shared.cancelAlarm(old) }
  }

  private func alarm(_ id: UInt64) {
    let wasSet = state.withLock { state in
      defer { state.waits[id]?.alarm = nil }
      return state.waits[id]?.alarm != nil
    }
    check(id)
    if wasSet { context.activity.subtract() }
  }

  private func endAlarm(of wait: Wait) {
    guard let alarm = wait.alarm else { return }
    LoopExecutor.shared.cancelAlarm(alarm)
    context.activity.subtract()
  }

  /// The worker does not wait any more. It still gets an answer, so that it knows that none will come.
  private func callOff(_ id: UInt64) {
    guard let wait = state.withLock({ $0.waits.removeValue(forKey: id) }) else { return }
    callOff(wait)
    respond(id, .refused)
  }

  private func callOff(_ wait: Wait) {
    endAlarm(of: wait)
    guard let answer = wait.handle.cancel(wait.waiter) else { return }
    let operation: HandleOperation
    switch answer {
    case .item(let item): operation = wait.handle.facts.kind == Kind.queue ? .takeBack(item) : .abandon
    case .done where wait.handle.facts.kind == Kind.rateLimiter: operation = .returnToken
    case .done where wait.handle.facts.kind != Kind.queue && wait.handle.facts.kind != Kind.shared: operation = .release
    default: return
    }
    _ = wait.handle.perform(operation, for: wait.waiter.asker)
  }
}
