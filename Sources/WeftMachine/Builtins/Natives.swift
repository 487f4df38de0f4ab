import WeftCompiler

extension Machine {
  /// What carries out a built-in function. Those that the prelude always carries out have a native that says so.
  static func native(for function: BuiltinFunction) -> Native {
    switch function {
    case .print: return OutputFunctions.print
    case .len: return SequenceFunctions.len
    case .sum: return SequenceFunctions.sum
    case .min: return SequenceFunctions.min
    case .max: return SequenceFunctions.max
    case .sorted: return SequenceFunctions.sorted
    case .reversed: return SequenceFunctions.reversed
    case .range: return SequenceFunctions.range
    case .enumerate: return SequenceFunctions.enumerate
    case .zip: return SequenceFunctions.zip
    case .any: return SequenceFunctions.any
    case .all: return SequenceFunctions.all
    case .abs: return NumberFunctions.abs
    case .round: return NumberFunctions.round
    case .divmod: return NumberFunctions.divmod
    case .pow: return NumberFunctions.pow
    case .int: return NumberFunctions.int
    case .float: return NumberFunctions.float
    case .str: return OutputFunctions.str
    case .bool: return NumberFunctions.bool
    case .list: return SequenceFunctions.list
    case .dict: return SequenceFunctions.dict
    case .bytes: return NumberFunctions.bytes
    case .duration: return NumberFunctions.duration
    case .type: return OutputFunctions.type
    case .repr: return OutputFunctions.repr
    case .chr: return OutputFunctions.chr
    case .ord: return OutputFunctions.ord
    case .hex: return OutputFunctions.hex
    case .bin: return OutputFunctions.bin
    case .oct: return OutputFunctions.oct
    case .now: return RandomFunctions.now
    case .elapsed: return RandomFunctions.elapsed
    case .random: return RandomFunctions.random
    case .randint: return RandomFunctions.randint
    case .choice: return RandomFunctions.choice
    case .shuffled: return RandomFunctions.shuffled
    case .sample: return RandomFunctions.sample
    case .jsonParse: return JSONParser.native
    case .jsonText: return JSONWriter.native
    case .sortByKeys: return SequenceFunctions.sortByKeys
    case .extremeByKeys: return SequenceFunctions.extremeByKeys
    case .uniqueByKeys: return SequenceFunctions.uniqueByKeys
    case .formatted: return OutputFunctions.formatted
    case .retryDelay: return RetryFunctions.delay
    case .errorIs: return RetryFunctions.errorIs
    case .semaphore: return HandleFunctions.semaphore
    case .lock: return HandleFunctions.lock
    case .rate: return HandleFunctions.rate
    case .queue: return HandleFunctions.queue
    case .shared: return HandleFunctions.shared
    case .completed: return HandleFunctions.completed
    case .unhandled: return HandlerFunctions.unhandled
    case .env: return EnvironmentFunctions.env
    case .shutdownRequested: return EnvironmentFunctions.shutdownRequested
    case .response: return ResponseFunctions.response
    case .during: return RandomFunctions.during
    case .map, .filter, .reduce, .read, .lines, .write, .shutdownWait: return ofPrelude
    // They have an instruction of their own.
    case .readFile, .writeFile, .awaitShutdown, .update: return ofPrelude
    case .mathPi, .mathE, .mathTau, .mathInf, .mathNan, .mathSqrt, .mathIsqrt, .mathCbrt, .mathFloor, .mathCeil,
      .mathTrunc, .mathSin, .mathCos, .mathTan, .mathAsin, .mathAcos, .mathAtan, .mathAtan2, .mathSinh, .mathCosh,
      .mathTanh, .mathExp, .mathLog, .mathLog2, .mathLog10, .mathLog1p, .mathPow, .mathHypot, .mathFmod, .mathGcd,
      .mathLcm, .mathFactorial, .mathComb, .mathDegrees, .mathRadians, .mathIsnan, .mathIsinf, .mathIsfinite:
      if let native = MathFunctions.native(for: function) { return native }
      return ofPrelude
    }
  }

  private static func ofPrelude(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    // unreachable: the compiler calls the task of the prelude instead.
    throw machine.raise(.error, "a function of the prelude was called as a native")
  }

  /// The name of a function value; nil for an anonymous task.
  func functionName(_ value: Value) -> String? {
    value.tag == Kind.builtin ? BuiltinFunction(rawValue: UInt16(truncatingIfNeeded: value.bits))?.name : nil
  }
}
