public import WeftCompiler

/// What a machine remembers that takes one input after the other, instead of one program.
struct SessionState {
  /// Words of code that there is room for. They lie where fibers point at them, so the room is there from the start; what stays
  /// empty of it is never touched.
  let room: Int
  /// The main task of the input that runs.
  var input: FiberPointer?
  /// How many times it has been told to end.
  var interrupts = 0
  var inputEnd: InputEnd?
  /// The numbers of the tasks of the background.
  var numbers: [FiberPointer: Int] = [:]
  var lastNumber = 0
  var failures: [FailedTask] = []
  /// `endSession` was called.
  var isEnding = false

  // How much of the image the machine's own tables hold.
  var code = 0
  var functions = 0
  var constants = 0
  var globals = 0
  // What the tables that may move have room for.
  var functionRoom = 0
  var constantRoom = 0
  var globalRoom = 0

  /// - Parameter image: What the machine was made for.
  init(room: Int, _ image: Image) {
    self.room = max(room, image.code.count)
    code = image.code.count
    functions = image.functions.count
    constants = image.constants.count
    globals = image.globals.count
    functionRoom = max(1, functions)
    constantRoom = max(1, constants)
    globalRoom = max(1, globals)
  }
}

/// How an input ended.
public struct InputEnd: Sendable {
  public enum Outcome: Sendable {
    /// With a value: a picture of it, and its type.
    case value(ValueSnapshot, type: String)
    case failed(ErrorReport)
    case cancelled
  }

  public var outcome: Outcome
  public var failedExpectations: [FailedExpectation]
  /// When it ended, on the machine's clock.
  public var time: Int64
}

/// A task of the background that failed, and that nobody waited for.
public struct FailedTask: Sendable {
  public var number: Int
  public var call: String
  /// Nanoseconds since its start.
  public var elapsed: Int64
  public var report: ErrorReport
}

/// A session: one machine whose root scope stays open and keeps errors. It is given code piece by piece, and runs each piece as a
/// task of its own, while what earlier ones started goes on.
extension Machine {
  /// The globals that `_` and `_error` stand for, which the compiler of sessions declares first.
  public static let lastValueGlobal = 0
  public static let lastErrorGlobal = 1

  /// Opens the root scope; inputs follow.
  ///
  /// - Parameters:
  ///   - now: Nanoseconds on the driver's monotonic clock.
  ///   - wallClock: Nanoseconds since 1970 at the same instant.
  public func beginSession(at now: Int64, wallClock: Int64) {
    self.now = now
    startedAt = now
    wallClockAtStart = wallClock
    let root = openScope(.root, owner: nil, parent: nil)
    root.pointee.keepsErrors = true
    self.root = root
  }

  // MARK: More code

  /// Lets `change` add to the end of the program: code, functions, constants, globals. It may not change what is there. Between two
  /// calls of `run`, and in a machine that was made with room for code.
  public func extend<Result>(_ change: (inout Image) -> Result) -> Result {
    defer { takeNewParts() }
    return change(&image)
  }

  private func takeNewParts() {
    guard var state = session else { return }
    let room = { (needed: Int, old: Int) in needed <= old ? old : max(needed, 2 * old) }
    for index in state.code..<max(state.code, image.code.count) {
      (core.pointee.code + index).initialize(to: image.code[index])
    }
    state.code = image.code.count

    let functionRoom = room(image.functions.count, state.functionRoom)
    if functionRoom > state.functionRoom {
      core.pointee.functions = moved(core.pointee.functions, state.functions, to: functionRoom)
      state.functionRoom = functionRoom
    }
    if image.functions.count > state.functions {
      let new = state.functions..<image.functions.count
      for index in new {
        (core.pointee.functions + index).initialize(to: FunctionInfo(image.functions[index], core.pointee.code))
      }
      functionOrder += new.sorted { image.functions[$0].start < image.functions[$1].start }
      state.functions = image.functions.count
    }

    let constantRoom = room(image.constants.count, state.constantRoom)
    if constantRoom > state.constantRoom {
      core.pointee.constants = moved(core.pointee.constants, state.constants, to: constantRoom)
      state.constantRoom = constantRoom
    }
    for index in state.constants..<max(state.constants, image.constants.count) {
      (core.pointee.constants + index).initialize(to: value(of: image.constants[index]))
    }
    state.constants = image.constants.count

    let globalRoom = room(image.globals.count, state.globalRoom)
    if globalRoom > state.globalRoom {
      core.pointee.globals = moved(core.pointee.globals, state.globals, to: globalRoom)
      state.globalRoom = globalRoom
    }
    for index in state.globals..<max(state.globals, image.globals.count) {
      (core.pointee.globals + index).initialize(to: index <= Self.lastErrorGlobal ? .none : .unset)
    }
    state.globals = image.globals.count
    while lazyValues.count < image.initializers.count { lazyValues.append(LazyValue()) }
    session = state
  }

  /// Only the run loop keeps addresses of these tables, and it reads them anew at each call of `run`.
  private func moved<Element>(
    _ table: UnsafeMutablePointer<Element>, _ count: Int, to room: Int
  ) -> UnsafeMutablePointer<Element> {
    let new = UnsafeMutablePointer<Element>.allocate(capacity: room)
    new.moveInitialize(from: table, count: count)
    table.deallocate()
    return new
  }

  // MARK: Inputs

  /// Starts a function without parameters as the input; `takeInputEnd` tells of its end.
  public func beginInput(_ function: Int) {
    guard let root, session != nil, outcome == nil else { return }
    failedExpectations = []
    deadlockReport = nil
    var none = Value.none
    let fiber = makeFiber(calling: .none, function: function, arguments: &none, count: 0, in: root)
    if let number = session?.numbers.removeValue(forKey: fiber) { session?.lastNumber = number - 1 }
    session?.input = fiber
    session?.interrupts = 0
    session?.inputEnd = nil
    makeReady(fiber)
  }

  /// How the input ended; nil if there is none or it still runs. Tells of each end once.
  public func takeInputEnd() -> InputEnd? {
    defer { session?.inputEnd = nil }
    return session?.inputEnd
  }

  /// Cancels the input that runs, and nothing else. The second time, its shields and clean-ups no longer hold that off.
  public func interruptInput() {
    guard let fiber = session?.input else { return }
    session?.interrupts += 1
    if session?.interrupts == 1 { cancelTask(fiber, .host) } else { endShields(of: fiber) }
  }

  private func endShields(of fiber: FiberPointer) {
    guard let scope = fiber.pointee.cancelScope else { return }
    let (scopes, fibers) = descendants(of: scope)
    for scope in scopes {
      scope.pointee.isShield = false
      inheritCancellation(scope)
    }
    for fiber in [fiber] + fibers { interrupt(fiber) }
  }

  /// Cancels a task of the background, and what it has started; false if there is none of that number.
  public func cancelTask(number: Int) -> Bool {
    guard let fiber = session?.numbers.first(where: { $0.value == number })?.key else { return false }
    cancelTask(fiber, .host)
    return true
  }

  /// Cancels all that runs, in order; the second time, shields do not hold that off. `run` says that it is finished when nothing
  /// is left.
  public func endSession() {
    guard let root, outcome == nil else { return }
    if session?.isEnding == true {
      _ = endShields()
      return
    }
    session?.isEnding = true
    cancel(root, .outside)
    if root.pointee.children == 0 { outcome = .cancelled }
  }

  /// Failures of the background since the last call.
  public func takeFailedTasks() -> [FailedTask] {
    defer { session?.failures = [] }
    return session?.failures ?? []
  }

  /// How many tasks of the background run, those in their blocks not counted.
  public var backgroundTasks: Int { session?.numbers.count ?? 0 }

  /// `endSession` has been called.
  public var isEnding: Bool { session?.isEnding ?? false }

  /// Whether an input runs.
  public var hasInput: Bool { session?.input != nil }

  // MARK: Values

  /// Whether a global has a value.
  public func isSet(global: Int) -> Bool {
    image.globals.indices.contains(global) && core.pointee.globals[global].tag != Kind.unset
  }

  /// A picture of the value of a global, and its type; nil if it has none.
  public func snapshot(ofGlobal global: Int, limits: SnapshotLimits = SnapshotLimits()) -> (
    value: ValueSnapshot, type: String
  )? {
    guard isSet(global: global) else { return nil }
    let value = core.pointee.globals[global]
    return (snapshot(of: value, limits), Machine.typeName(value))
  }

  private func set(global: Int, to value: Value) {
    guard image.globals.indices.contains(global) else { return }
    let old = core.pointee.globals[global]
    core.pointee.globals[global] = value.retained()
    heap.release(old)
  }
}

// MARK: - What the scheduler tells

extension Machine {
  /// A task of the root scope has begun.
  func noteBegun(_ fiber: FiberPointer) {
    guard let number = session?.lastNumber else { return }
    session?.lastNumber = number + 1
    session?.numbers[fiber] = number + 1
  }

  /// A task of the root scope has ended; the outcome stays the caller's.
  func noteEnded(_ fiber: FiberPointer, _ outcome: FiberOutcome) {
    if fiber == session?.input {
      session?.input = nil
      session?.inputEnd = inputEnd(outcome)
      failedExpectations = []
      deadlockReport = nil
      endSliceSoon()
    } else if let number = session?.numbers.removeValue(forKey: fiber), case .failed(let error) = outcome,
      !isAwaited(fiber)
    {
      session?.failures.append(
        FailedTask(
          number: number, call: call(of: fiber), elapsed: now - fiber.pointee.startedAt, report: report(of: error)))
      endSliceSoon()
    }
    if session?.isEnding == true, root?.pointee.children == 0, self.outcome == nil { self.outcome = .cancelled }
  }

  private func inputEnd(_ outcome: FiberOutcome) -> InputEnd {
    let end: InputEnd.Outcome
    switch outcome {
    case .value(let value):
      if value.tag != Kind.none { set(global: Self.lastValueGlobal, to: value) }
      end = .value(snapshot(of: value, SnapshotLimits()), type: Machine.typeName(value))
    case .failed(let error):
      set(global: Self.lastErrorGlobal, to: error)
      end = .failed(report(of: error))
    case .cancelled:
      if let report = deadlockReport {
        let error = raise(.deadlockError, report.message, hint: report.hint).error
        set(global: Self.lastErrorGlobal, to: error)
        heap.release(error)
        end = .failed(report)
      } else {
        end = .cancelled
      }
    }
    return InputEnd(outcome: end, failedExpectations: failedExpectations, time: now)
  }

  /// Somebody waits for how a task ends, and so will learn of its failure.
  private func isAwaited(_ fiber: FiberPointer) -> Bool {
    guard let handle = fiber.pointee.handle else { return false }
    return TaskBlock(handle).waiters.pointee.first != nil || TaskBlock(handle).watchers != nil
  }

  /// No task can go on, and nothing outside is awaited. That is how it should be between inputs. An input that waits is told that
  /// it waits in vain; false if there is none, or it knows already.
  func endStuckInput() -> Bool {
    if session?.isEnding == true {
      // What shields keep from ending holds up the end of the session.
      if !endShields() { outcome = .cancelled }
      return true
    }
    guard let fiber = session?.input else { return false }
    if deadlockReport == nil, fiber.pointee.cancelScope == nil {
      deadlockReport = reportOfDeadlock()
      cancelTask(fiber, .deadlock)
    } else {
      session?.interrupts = 2
      endShields(of: fiber)
    }
    return core.pointee.firstReady != nil
  }
}
