/// What a program is compiled for.
///
/// For its tests or benches a script has its declarations only: what else stands at its top level does not run, and a value there
/// is worked out when it is first used.
public enum Purpose: UInt8, Sendable {
  /// Its top level runs.
  case run
  /// Its `test` blocks run, each by itself.
  case test
  /// Its `bench` blocks run, each by itself.
  case bench
  /// Its top level runs in a pretended world, with the mocks that stand in it.
  case simulation

  /// Blocks of it run each by itself, and its top level does not: a value there is worked out when it is first used.
  public var hasEntries: Bool { self == .test || self == .bench }
  /// `mock` works.
  public var hasMocks: Bool { self == .test || self == .simulation }
}
