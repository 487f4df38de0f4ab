import WeftCompiler

/// A value of an imported file's top level, which the first task that uses it works out. Others wait for that. When that
/// task is cancelled meanwhile, the next in line begins anew; a failure is kept, and thrown at each use.
struct LazyValue {
  enum State {
    case idle
    case begun(FiberPointer)
    case ready
    /// The machine holds a reference.
    case failed(Value)
  }

  var state = State.idle
  var waiters: [FiberPointer] = []
  /// The place in the random stream that the working fiber goes on from: who works a value out must not change it.
  var random: UInt64 = 0
  var started: UInt32 = 0
}

extension Machine {
  enum LazyStep {
    /// The current fiber works it out.
    case begin
    case ready
    /// The fiber's record has changed.
    case leave
  }

  func beginLazy(_ index: Int) -> LazyStep {
    guard let fiber = core.pointee.fiber else { return .leave }
    switch lazyValues[index].state {
    case .ready: return .ready
    case .failed(let error):
      unwind(fiber, .thrown, error.retained())
      return .leave
    case .idle:
      begin(index, by: fiber)
      return .begin
    case .begun(let worker):
      var ancestor: FiberPointer? = fiber
      while let current = ancestor {
        if current == worker {
          fail(needsItself(index))
          return .leave
        }
        ancestor = current.pointee.home.pointee.owner
      }
      if mustNotWait(fiber) { return .leave }
      lazyValues[index].waiters.append(fiber)
      fiber.pointee.wait = .lazy
      fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: index + 1)
      core.pointee.fiber = nil
      return .leave
    }
  }

  private func begin(_ index: Int, by fiber: FiberPointer) {
    lazyValues[index].state = .begun(fiber)
    lazyValues[index].random = fiber.pointee.random
    lazyValues[index].started = fiber.pointee.started
    fiber.pointee.random = Machine.mix(seed ^ Machine.mix(UInt64(index) &+ 1))
    fiber.pointee.started = 0
  }

  private func needsItself(_ index: Int) -> Thrown {
    let function = image.functions[image.initializers[index]]
    let place = image.sources.indices.contains(function.source) ? " of `\(image.sources[function.source].name)`" : ""
    return raise(
      .nameError, "`\(function.name)`\(place) needs itself to be worked out",
      hint: "what its value is made from uses it again")
  }

  /// `completion` is how the working out ended.
  func endLazy(_ index: Int, _ completion: UnsafeMutablePointer<Value>) {
    guard let fiber = core.pointee.fiber else { return }
    fiber.pointee.random = lazyValues[index].random
    fiber.pointee.started = lazyValues[index].started
    let waiters = lazyValues[index].waiters
    switch Int(completion.pointee.int) {
    case Completion.thrown:
      lazyValues[index].waiters = []
      lazyValues[index].state = .failed(completion[1].retained())
      for waiter in waiters { wake(waiter, throwing: completion[1].retained()) }
    case Completion.cancelled:
      guard let next = waiters.first else {
        lazyValues[index].state = .idle
        return
      }
      lazyValues[index].waiters.removeFirst()
      begin(index, by: next)
      // Past the jump that leaves the working out.
      next.pointee.pc += 1
      makeReady(next)
    default:
      lazyValues[index].waiters = []
      lazyValues[index].state = .ready
      for waiter in waiters { makeReady(waiter) }
    }
  }

  func leaveLazy(_ fiber: FiberPointer) {
    let index = Int(bitPattern: fiber.pointee.target) - 1
    lazyValues[index].waiters.removeAll { $0 == fiber }
  }

  func lazyName(_ fiber: FiberPointer) -> String {
    image.functions[image.initializers[Int(bitPattern: fiber.pointee.target) - 1]].name
  }

  func forgetLazyValues() {
    for index in lazyValues.indices {
      if case .failed(let error) = lazyValues[index].state { heap.release(error) }
      lazyValues[index] = LazyValue()
    }
  }
}
