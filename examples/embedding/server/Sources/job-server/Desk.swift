import Synchronization
import Weft

/// What a user may use up.
struct Plan: Sendable {
  var runs: Int
  var memory: ByteCount
  var operations: Int
  var time: Duration

  static let free = Plan(runs: 1, memory: .megabytes(8), operations: 2_000_000, time: .seconds(10))
  static let paid = Plan(runs: 4, memory: .megabytes(64), operations: 100_000_000, time: .seconds(60))
}

struct User: Sendable {
  var name: String
  var plan: Plan

  /// By their keys.
  static let known = ["ada": User(name: "ada", plan: .paid), "bob": User(name: "bob", plan: .free)]
}

/// What one user's scripts keep from run to run.
actor Notes {
  private var values: [String: WeftValue] = [:]

  func recall(_ name: String) -> WeftValue { values[name] ?? .none }
  func remember(_ name: String, _ value: WeftValue) { values[name] = value }
}

/// Who runs what.
final class Desk: Sendable {
  private struct State {
    var notes: [String: Notes] = [:]
    var places: [Int: (user: String, run: Run?)] = [:]
    var last = 0
  }

  private let state = Mutex(State())

  /// What scripts of that user may do: nothing but compute, wait, and call these functions.
  func interpreter(for user: User) -> Interpreter {
    let notes = state.withLock { state in
      let notes = state.notes[user.name] ?? Notes()
      state.notes[user.name] = notes
      return notes
    }
    var weft = Interpreter()
    weft.limits.memory = user.plan.memory
    weft.limits.operations = user.plan.operations
    weft.limits.time = user.plan.time
    // What is printed is sent at once.
    weft.capabilities.append(.output(.discard))
    weft.define("recall", parameters: ["name"], documentation: "what an earlier run remembered") {
      (name: String) async in await notes.recall(name)
    }
    weft.define("remember", parameters: ["name", "value"], documentation: "keeps a value for later runs") {
      (name: String, value: WeftValue) async in await notes.remember(name, value)
    }
    return weft
  }

  /// Nil if the user has as many runs as may be.
  func place(for user: User) -> Place? {
    state.withLock { state in
      guard state.places.values.count(where: { $0.user == user.name }) < user.plan.runs else { return nil }
      state.last += 1
      state.places[state.last] = (user.name, nil)
      return Place(id: state.last, desk: self)
    }
  }

  fileprivate func hold(_ run: Run, at id: Int) { state.withLock { $0.places[id]?.run = run } }
  fileprivate func leave(_ id: Int) { state.withLock { $0.places[id] = nil } }

  /// False if there is no such run of that user.
  func cancel(_ id: Int, by user: User) -> Bool {
    let run = state.withLock { state in state.places[id].flatMap { $0.user == user.name ? $0.run : nil } }
    run?.cancel(reason: "\(user.name) asked for it", grace: .seconds(1))
    return run != nil
  }
}

/// A user's right to one run, which is given back when nobody holds it any more, however the request ends.
final class Place: Sendable {
  let id: Int
  private let desk: Desk

  init(id: Int, desk: Desk) {
    self.id = id
    self.desk = desk
  }

  deinit { desk.leave(id) }

  func hold(_ run: Run) { desk.hold(run, at: id) }
}
