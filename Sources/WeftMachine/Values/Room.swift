#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The C function; a machine's own `free` gives fibers back.
private func systemFree(_ pointer: UnsafeMutableRawPointer) { free(pointer) }

extension Machine {
  /// Counts work of a native against the run's limits: one tick for each 64 units. What is too much for the whole run does not begin.
  func charge(work: Int) throws(Thrown) {
    if !count(ticks: (work + 63) / 64) { throw stopped() }
  }

  /// In the midst of work that has been counted before: leaves it if the run has ended meanwhile.
  func lookAround() throws(Thrown) { try charge(work: 0) }

  /// The same in ticks; false when the run has ended.
  @inline(__always) func count(ticks: Int) -> Bool {
    core.pointee.ticks -= ticks
    return core.pointee.ticks >= 0 || isWithinLimits()
  }

  @inline(never) private func isWithinLimits() -> Bool {
    if ticks > limits.operations {
      cross(.operations)
      return false
    }
    if core.pointee.ticks < nextInterruption {
      nextInterruption = core.pointee.ticks - Self.ticksBetweenInterruptions
      switch interruption?() {
      case .timeIsUp(let limit): exceedTime(limit)
      case .ended: terminate()
      case nil: return true
      }
      return false
    }
    return true
  }

  /// Such work of natives takes about a millisecond at most.
  private static let ticksBetweenInterruptions = 2_000

  /// Ask before allocating anything whose size a script chooses.
  @inline(__always) func checkRoom(_ size: Int) throws(Thrown) {
    if size < 1 << 16, heap.hasRoom(for: size) { return }
    try checkMuchRoom(size)
  }

  /// Room for `count` pieces of `stride` bytes, with no overflow on the way.
  func checkRoom(_ count: Int, stride: Int) throws(Thrown) {
    let (size, overflow) = count.multipliedReportingOverflow(by: stride)
    try checkRoom(overflow ? .max : size)
  }

  @inline(never) private func checkMuchRoom(_ size: Int) throws(Thrown) {
    if size > limits.valueSize { throw crossing(.valueSize) }
    let isPossible = size >= 0 && size < 1 << 46 && heap.hasRoom(besideShared: size)
    if isPossible, size < 1 << 27 { return }
    // The system may refuse what the run's limit allows, and a refused block cannot be an error any more.
    if isPossible, let probe = malloc(size) {
      systemFree(probe)
      return
    }
    if limits.memory != Int.max { throw crossing(.memory) }
    throw raise(.limitError, "this machine has no memory for \(Machine.byteSize(size)) more")
  }

  /// A number of bytes for people: `1.2 KB`.
  static func byteSize(_ size: Int) -> String {
    if size < 1000 { return "\(size) B" }
    var tenths = size / 100
    var units = ["KB", "MB", "GB", "TB", "PB"][...]
    while tenths >= 10_000, units.count > 1 {
      tenths /= 1000
      units.removeFirst()
    }
    let unit = units.first ?? "B"
    return tenths >= 1000 || tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
  }
}
