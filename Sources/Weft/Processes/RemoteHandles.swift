import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// In a worker process: the way to the handles of the parent and to the functions of the host, which the parent has.
final class RemoteHandles: Sendable {
  private struct Wait {
    let handle: RemoteHandle
    let operation: HandleOperation
    /// Nil when nobody waits any more: what comes is given back.
    var waiter: HandleWaiter?
    var call: Call?
  }

  /// One that blocks its thread until the answer is there.
  private final class Call: @unchecked Sendable {
    // What is unchecked is sound because `mutex` guards the answer.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var answer: HandleAnswer?

    init() {
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(condition, nil)
    }

    deinit {
      pthread_cond_destroy(condition)
      pthread_mutex_destroy(mutex)
      condition.deallocate()
      mutex.deallocate()
    }

    func end(_ answer: HandleAnswer) {
      pthread_mutex_lock(mutex)
      self.answer = answer
      pthread_cond_signal(condition)
      pthread_mutex_unlock(mutex)
    }

    func wait() -> HandleAnswer {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while true {
        if let answer { return answer }
        pthread_cond_wait(condition, mutex)
      }
    }
  }

  private struct State {
    var handles: [UInt64: RemoteHandle] = [:]
    var waits: [UInt64: Wait] = [:]
    var last: UInt64 = 0
    /// Calls of the host's functions, by the machine's ticket.
    var hostCalls: [UInt64: @Sendable (HostAnswer) -> Void] = [:]

    mutating func add(_ wait: Wait) -> UInt64 {
      last += 1
      waits[last] = wait
      return last
    }
  }

  private let state = Locked(State())
  private let send: @Sendable ([UInt8]) -> Void
  private let callHost: @Sendable ([UInt8]) -> Void

  /// - Parameters:
  ///   - send: Takes a request to the parent, in order.
  ///   - callHost: The same for a call of a function of the host.
  init(send: @escaping @Sendable ([UInt8]) -> Void, callHost: @escaping @Sendable ([UInt8]) -> Void) {
    self.send = send
    self.callHost = callHost
  }

  // MARK: Functions of the host

  /// Calls a function of the host for the task that runs.
  func callHost(
    _ ticket: UInt64, _ function: Int, _ arguments: Parcel, completion: @escaping @Sendable (HostAnswer) -> Void
  ) {
    state.withLock { $0.hostCalls[ticket] = completion }
    callHost(HostRequest(id: ticket, function: function, arguments: arguments).wire)
  }

  /// Nobody waits for that call any more.
  func cancelHostCall(_ ticket: UInt64) {
    let wasOpen = state.withLock { $0.hostCalls.removeValue(forKey: ticket) } != nil
    if wasOpen { callHost(HostRequest(id: ticket, function: nil).wire) }
  }

  func take(_ response: HostResponse) {
    let completion = state.withLock { $0.hostCalls.removeValue(forKey: response.id) }
    completion?(.parcel(Parcel(bytes: response.bytes), isError: response.isError))
  }

  // MARK: Handles

  func handle(_ number: UInt64, _ facts: HandleFacts) -> SharedHandle {
    state.withLock { state in
      if let known = state.handles[number] { return known }
      let handle = RemoteHandle(number, facts, self)
      state.handles[number] = handle
      return handle
    }
  }

  func request(_ handle: RemoteHandle, _ operation: HandleOperation, _ asker: HandleAsker, id: UInt64 = 0) {
    let request = HandleRequest(
      id: id, handle: handle.number, task: asker.task, place: asker.place, operation: operation)
    send(request.wire)
  }

  func ask(_ handle: RemoteHandle, _ operation: HandleOperation, _ asker: HandleAsker) -> HandleAnswer {
    let call = Call()
    let id = state.withLock { $0.add(Wait(handle: handle, operation: operation, call: call)) }
    request(handle, operation, asker, id: id)
    return call.wait()
  }

  func wait(_ handle: RemoteHandle, _ operation: HandleOperation, _ asker: HandleAsker) -> HandleWaiter {
    let waiter = HandleWaiter(asker, operation)
    let id = state.withLock { $0.add(Wait(handle: handle, operation: operation, waiter: waiter)) }
    request(handle, operation, asker, id: id)
    return waiter
  }

  func answer(of waiter: HandleWaiter) -> HandleAnswer? { state.withLock { _ in waiter.answer } }

  func cancel(_ waiter: HandleWaiter) -> HandleAnswer? {
    let (answer, id) = state.withLock { state -> (HandleAnswer?, UInt64?) in
      if let answer = waiter.answer { return (answer, nil) }
      guard let id = state.waits.first(where: { $0.value.waiter === waiter })?.key else { return (nil, nil) }
      state.waits[id]?.waiter = nil
      return (nil, id)
    }
    if let id { send(HandleRequest(id: id, handle: 0, task: 0, place: -1, operation: nil).wire) }
    return answer
  }

  /// The parent has answered.
  func take(_ response: HandleResponse) {
    let found = state.withLock { state in
      let wait = state.waits.removeValue(forKey: response.id)
      wait?.waiter?.answer = response.answer
      return wait
    }
    guard let wait = found else { return }
    if let call = wait.call { return call.end(response.answer) }
    if let waiter = wait.waiter {
      waiter.tell()
      return
    }
    giveBack(response.answer, wait)
  }

  private func giveBack(_ answer: HandleAnswer, _ wait: Wait) {
    let operation: HandleOperation
    switch (wait.operation, answer) {
    case (.take, .done): operation = wait.handle.facts.kind == Kind.rateLimiter ? .returnToken : .release
    case (.get, .item(let item)): operation = .takeBack(item)
    case (.begin, .item): operation = .abandon
    default: return
    }
    send(HandleRequest(id: 0, handle: wait.handle.number, task: 0, place: -1, operation: operation).wire)
  }

  /// The task has ended: the parent gives back what it held.
  func forgetAll() {
    let handles = state.withLock { state in
      defer {
        state.handles = [:]
        state.waits = [:]
        state.hostCalls = [:]
      }
      return Array(state.handles.values)
    }
    _ = handles
  }
}

/// A handle of the parent, in a worker process.
final class RemoteHandle: SharedHandle, @unchecked Sendable {
  private let home: RemoteHandles

  init(_ number: UInt64, _ facts: HandleFacts, _ home: RemoteHandles) {
    self.home = home
    super.init(number: number, facts)
  }

  override var carrier: Carrier { .bytes }

  override func perform(_ operation: HandleOperation, for asker: HandleAsker) -> HandleReply {
    switch operation {
    // The parent has noted that as it sent the item.
    case .accept: return .answer(.done)
    case .release, .returnToken, .takeBack, .close, .end, .abandon:
      home.request(self, operation, asker)
      return .answer(.done)
    case .read, .count, .isClosed, .taskDone: return .answer(home.ask(self, operation, asker))
    case .take, .put, .get, .join, .write, .begin: return .waits(home.wait(self, operation, asker))
    }
  }

  override func claim(_ waiter: HandleWaiter, at now: Int64) -> HandleReply {
    home.answer(of: waiter).map { .answer($0) } ?? .waits(waiter)
  }

  override func cancel(_ waiter: HandleWaiter) -> HandleAnswer? { home.cancel(waiter) }
}
