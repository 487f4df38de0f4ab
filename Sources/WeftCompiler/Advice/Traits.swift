/// What may happen when a piece of a script runs.
struct Traits: OptionSet {
  let rawValue: UInt16

  /// It waits for something, so that other tasks go on.
  static let waits = Traits(rawValue: 1)
  static let fetches = Traits(rawValue: 1 << 1)
  /// It takes its time on purpose.
  static let paces = Traits(rawValue: 1 << 2)
  /// It starts tasks.
  static let starts = Traits(rawValue: 1 << 3)
  /// It calls what cannot be seen here.
  static let callsUnknown = Traits(rawValue: 1 << 4)
  /// It sends something, so that the order may matter to somebody else.
  static let sends = Traits(rawValue: 1 << 5)
  /// `break`, `continue`, `return`.
  static let jumps = Traits(rawValue: 1 << 6)
  /// A task changes what is declared outside of it.
  static let changesOuter = Traits(rawValue: 1 << 7)
  /// An error may come of it.
  static let fails = Traits(rawValue: 1 << 8)
  /// It deals with errors.
  static let catches = Traits(rawValue: 1 << 9)
  /// It may compute for long: it goes round in a loop, or calls itself.
  static let computes = Traits(rawValue: 1 << 10)
  /// It reads what a Shared holds and then writes it, with no lock held.
  static let updatesShared = Traits(rawValue: 1 << 11)
}
