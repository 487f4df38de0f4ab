/// The handles of a run that have crossed.
final class HandleRegistry: Sendable {
  private struct State {
    // A handle leaves when it goes, so that these references hold; weak ones would make every call of a handle slower.
    var handles: [UInt64: Unmanaged<SharedHandle>] = [:]
    var last: UInt64 = 0
  }

  private let state = Guarded(State())

  func nextNumber() -> UInt64 {
    state.locked { state in
      state.last += 1
      return state.last
    }
  }

  func numberFromAbove() { state.locked { $0.last = 1 << 62 } }

  func insert(_ handle: SharedHandle) {
    state.locked { $0.handles[handle.number] = .passUnretained(handle) }
  }

  /// A handle calls this as the first thing when it goes.
  func remove(_ handle: SharedHandle) {
    state.locked { $0.handles[handle.number] = nil }
  }

  /// The run is over: what handles hold may refer to themselves.
  func emptyAll() {
    let held = state.locked { state in state.handles.values.map { $0.takeUnretainedValue().takeAll() } }
    for content in held { Cargo.drop(content) }
  }
}

extension Cargo {
  private struct Drops {
    var left: [Cargo] = []
    var isDropping = false
  }

  private static let drops = Guarded(Drops())

  /// Lets values go one after the other: handles may hold handles, any number of times.
  static func drop(_ content: [Cargo]) {
    let deep = content.filter { if case .packed(let parcel) = $0 { !parcel.handles.isEmpty } else { false } }
    if deep.isEmpty { return }
    let isFirst = drops.locked { drops in
      drops.left += deep
      defer { drops.isDropping = true }
      return !drops.isDropping
    }
    if !isFirst { return }
    while true {
      // What goes here adds to the list.
      let next = drops.locked { drops in
        let next = drops.left.popLast()
        if next == nil { drops.isDropping = false }
        return next
      }
      if next == nil { return }
    }
  }
}
