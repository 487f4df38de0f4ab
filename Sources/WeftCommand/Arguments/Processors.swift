#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

enum Processors {
  /// The cores of this machine.
  static let count = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
