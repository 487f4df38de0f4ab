import WeftCompiler

/// The plain records that the scheduler works on. They come from the machine's allocator and hold no Swift references.

typealias FiberPointer = UnsafeMutablePointer<Fiber>
typealias ScopePointer = UnsafeMutablePointer<Scope>

/// What the heap of timers orders. It is the first field of a fiber and of a scope, so that both can be found from it.
struct TimerNode {
  /// Nanoseconds on the machine's clock.
  var deadline: Int64 = 0
  /// Orders timers of the same deadline.
  var sequence: UInt64 = 0
  /// The place in the heap; -1 when no timer is set.
  var position: Int32 = -1
  var isScope = false
}

/// What a fiber waits for. It waits for exactly one thing at a time.
enum Wait: UInt8 {
  case nothing, timer, join, task, fetch
  /// A limiter, before a task begins or in a `with`.
  case gate
  /// A queue: for an item, for room, for its items to be done.
  case get, put, drain
  /// The value of an imported file that another task works out.
  case lazy
  /// The driver, for a file, or for a function of the host.
  case file, host
  case shutdown
  /// A worker, which carries this task out, or the driver, which keeps a core busy for it.
  case remote, burn
  /// A handle that has crossed; and then for its turn to run, with what it was given.
  case handle, granted
  /// For its turn to run: it was given a permit, a token or an item, which a cancellation takes back until then.
  case turn
}

/// Fibers that wait in one line, first come, first served. A fiber stands in one line at most, so it holds the links.
struct WaitList {
  private(set) var first: FiberPointer?
  private var last: FiberPointer?

  mutating func append(_ fiber: FiberPointer) {
    fiber.pointee.next = nil
    fiber.pointee.previous = last
    if let last { last.pointee.next = fiber } else { first = fiber }
    last = fiber
  }

  mutating func remove(_ fiber: FiberPointer) {
    if let previous = fiber.pointee.previous {
      previous.pointee.next = fiber.pointee.next
    } else {
      first = fiber.pointee.next
    }
    if let next = fiber.pointee.next {
      next.pointee.previous = fiber.pointee.previous
    } else {
      last = fiber.pointee.previous
    }
    fiber.pointee.next = nil
    fiber.pointee.previous = nil
  }
}

/// One running script task.
struct Fiber {
  var timer = TimerNode()
  var wait = Wait.nothing
  /// It has not run yet.
  var isFresh = true
  /// It has passed the gates of its home.
  var holdsPermits = false
  /// What to do when it runs again: 0 go on, 1 throw `pending`, 2 leave for a cancelled scope.
  var resume: UInt8 = 0
  /// Counts the machine's fibers, from 1.
  var number: UInt32 = 0
  /// Registers and frames: each frame has the callee and a link below its registers.
  var stack: UnsafeMutablePointer<Value>
  var stackEnd: UnsafeMutablePointer<Value>
  var base: UnsafeMutablePointer<Value>
  var pc: UnsafePointer<UInt64>
  /// The innermost open scope: its own, or the one that it was started in.
  var scope: ScopePointer
  /// The scope that it was started in.
  var home: ScopePointer
  var previousSibling: FiberPointer?
  var nextSibling: FiberPointer?
  /// Links of the one line in which it waits: the ready list, a limiter's, a queue's, a task's.
  var previous: FiberPointer?
  var next: FiberPointer?
  /// What it waits for: a scope (join), or the block of a task, a limiter or a queue.
  var target: UnsafeMutableRawPointer?
  /// The block of its handle, or nil if it was started without one.
  var handle: BlockPointer?
  /// An error to throw, or an item of a queue, when it runs again.
  var pending: Value = .none
  /// It draws the elements of a loop from a queue: what it waits for is the loop's next element.
  var isDrawing = false
  /// `pending` is the item that it draws.
  var hasDrawn = false
  /// What it draws from has no further item.
  var hasDrawnEnd = false
  /// The end of a slice stood before what it does now with a handle.
  var hasSwitched = false
  /// How many functions given to `update` it is in.
  var updates: Int32 = 0
  var random: UInt64 = 0
  var startedAt: Int64 = 0
  /// When it last had its turn to run.
  var ranAt: Int64 = 0
  /// Which child of its home it is, from 0.
  var index: Int32 = 0
  /// The register that takes the outcome of a wait, counted from `base`.
  var resultRegister: Int32 = 0
  /// How many children it has started; their random streams come from it.
  var started: UInt32 = 0
  /// Where it was started: an index into the image's code.
  var startedFrom: Int32 = 0
  /// The scope that `t.cancel()` put between the fiber and its home.
  var cancelScope: ScopePointer?
  /// When the time for the clean-up of this cancelled task is over; 0 before it began.
  var cleanupDeadline: Int64 = 0
}

/// Why a scope was cancelled.
enum CancelReason: UInt8 {
  case none
  /// One of its tasks failed.
  case failure
  /// Its deadline passed.
  case deadline
  /// Another child of the race won.
  case winner
  /// Its body was left by a throw or a cancellation.
  case bodyLeft
  /// `g.cancel()`, `t.cancel()`.
  case asked
  /// The host ended the run, or a signal did.
  case outside
  /// Nothing could go on.
  case deadlock
  /// The host of a session ended this task or input.
  case host
}

/// One open block that owns what is started in it.
struct Scope {
  var timer = TimerNode()
  /// A `ScopeKind`.
  var kind: UInt8
  var keepsErrors = false
  var hasElse = false
  /// A `gather` whose value nobody takes.
  var dropsResults = false
  var isCancelled = false
  var isShield = false
  /// Counts the machine's scopes, from 1.
  var number: UInt32 = 0
  /// The cancelled scope whose cancellation reaches into this one: the outermost inside the innermost shield. It may be
  /// this one, and is never gone before this one is.
  var reachedBy: ScopePointer?
  /// Its body has ended; it waits for its tasks.
  var isExiting = false
  var reason = CancelReason.none
  /// A child ended because of a cancellation.
  var lostChild = false
  /// How many of the errors of a race came before any cancellation.
  var earlyErrors = 0
  /// A permit is held for the child that is started next.
  var isReserved = false
  var owner: FiberPointer?
  var parent: ScopePointer?
  var firstChild: FiberPointer?
  var children = 0
  /// The nearest limiter of the same fiber, itself included; what is started here passes it.
  var gate: ScopePointer?
  /// The next limiter further out.
  var outerGate: ScopePointer?
  /// Of a limiter, or what a `with` holds: the block of a semaphore, lock or rate limiter.
  var limiter: BlockPointer?
  /// A `with` has what it asked for.
  var holdsPermit = false
  /// Children so far.
  var nextIndex = 0
  /// The outcome: a list of results (`gather`), the winner (`race`), else unset.
  var results: Value = .unset
  /// The labels of a `gather { name: … }`, a list; else none.
  var labels: Value = .none
  /// A list of the errors of its tasks, in the order of failing; none before the first.
  var errors: Value = .none
  /// The group's handle, if there is one.
  var handle: BlockPointer?
  /// The first of the two registers of its completion, counted from the owner's base.
  var register: Int32 = 0
  /// Nanoseconds: of a `timeout`, or of the clean-up of a `finally`.
  var limit: Int64 = 0
  /// Where it was opened: an index into the image's code.
  var openedAt: Int32 = 0
  var openedTime: Int64 = 0
  /// Of a `pool`: a `PoolKind`, and the name that the driver knows it by.
  var poolKind: UInt8 = 0
  var pool: UInt64 = 0
  var workers = 0
  /// For `.cancel()`: where it was called, an index into the image's code; else -1.
  var cancelledFrom: Int32 = -1
}

extension FiberPointer {
  /// The scopes that lie between a fiber and its home, innermost first: those that it has opened, and its `cancelScope`.
  var openScopes: some Sequence<ScopePointer> {
    let home = pointee.home
    return sequence(first: pointee.scope) { $0.pointee.parent }.lazy.prefix { $0 != home }
  }
}

extension ScopePointer {
  /// The fibers started in a scope, the latest first.
  var children: some Sequence<FiberPointer> {
    sequence(state: pointee.firstChild) { next in
      defer { next = next?.pointee.nextSibling }
      return next
    }
  }
}

/// What the run loop needs of a function.
struct FunctionInfo {
  var code: UnsafePointer<UInt64>
  var registers: Int
  var parameters: Int
  var required: Int
  var captures: Int

  init(_ function: Image.Function, _ code: UnsafeMutablePointer<UInt64>) {
    self.code = UnsafePointer(code + function.start)
    registers = function.registers
    parameters = function.parameters.count
    required = function.required
    captures = function.captures.count
  }
}

/// The state that the run loop works on, apart from Swift's objects.
struct Core {
  var fiber: FiberPointer?
  /// Work left in this slice: one for each call and iteration, ⌈work / 64⌉ for natives.
  var ticks = 0
  var functions: UnsafeMutablePointer<FunctionInfo>
  var constants: UnsafeMutablePointer<Value>
  var globals: UnsafeMutablePointer<Value>
  var code: UnsafeMutablePointer<UInt64>
  var firstReady: FiberPointer?
  var lastReady: FiberPointer?
  var fibers = 0
  var scopes = 0
  /// Live blocks that circles of references may pass through.
  var linked: BlockPointer?
  /// Below the first are the tickets of requests, which order the answers of mocks.
  var sequence: UInt64 = 1 << 48
  /// The machine carries out a task of another one.
  var isWorker = false
  /// Somebody wants to know what happens; see `Observation`.
  var isObserved = false
  /// Fibers and scopes made so far.
  var fiberCount: UInt32 = 0
  var scopeCount: UInt32 = 0
  /// What the driver has not answered.
  var outstanding = 0
}
