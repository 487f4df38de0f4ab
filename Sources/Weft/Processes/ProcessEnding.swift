#if Processes
  import Subprocess

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Darwin)
    import Darwin
  #endif

  extension TerminationStatus {
    /// Follows "the worker process".
    var inWords: String {
      switch self {
      case .exited(let code): return "ended with exit code \(code)"
      case .signaled(let signal):
        guard let name = Self.signalNames[signal] else { return "was killed by signal \(signal)" }
        return "was killed by signal \(signal) (\(name))"
      }
    }

    private static let signalNames: [Int32: String] = [
      SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT",
      SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE",
      SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU", SIGSYS: "SIGSYS",
    ]
  }
#endif
