#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the command ends. Thrown by a command that has said what is wrong.
enum ExitStatus: Error {
  case done
  /// The script threw, or its output could not be written.
  case failed
  case usage
  case doesNotCompile
  /// A fault in weft.
  case fault
  /// An `expect` outside of tests was false.
  case expectation
  case timeLimit
  case stopped(StopSignal)
  /// Nobody reads the output any more.
  case brokenPipe

  var code: Int32 {
    switch self {
    case .done: 0
    case .failed: 1
    case .usage: 2
    case .doesNotCompile: 65
    case .fault: 70
    case .expectation: 99
    case .timeLimit: 124
    case .stopped(let signal): 128 + signal.number
    case .brokenPipe: 128 + SIGPIPE
    }
  }

  func exit() -> Never {
    #if canImport(Glibc)
      Glibc.exit(code)
    #else
      Darwin.exit(code)
    #endif
  }

  /// Ends the process without the clean-up of the C library, which other threads might hold up.
  func exitAtOnce() -> Never { _exit(code) }
}

/// The signals that ask a command to end.
enum StopSignal: String {
  case interrupt = "SIGINT"
  case terminate = "SIGTERM"
  case hangUp = "SIGHUP"

  var number: Int32 {
    switch self {
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    case .hangUp: SIGHUP
    }
  }
}
