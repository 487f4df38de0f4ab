/// The functions that are in scope everywhere. The raw value stands in bytecode and in function values.
///
/// A name with a dot belongs to a namespace (`json`, `math`); a name with two underscores is for the prelude alone.
public enum BuiltinFunction: UInt16, CaseIterable, Sendable {
  case print, len, sum, min, max, sorted, reversed, range, enumerate, zip, map, filter, reduce, any, all, abs, round
  case divmod, pow, int, float, str, bool, list, dict, bytes, duration, type, repr, chr, ord, hex, bin, oct, now
  case elapsed, random, randint, choice, shuffled, sample
  case jsonParse, jsonText
  case mathPi, mathE, mathTau, mathInf, mathNan, mathSqrt, mathIsqrt, mathCbrt, mathFloor, mathCeil, mathTrunc
  case mathSin, mathCos, mathTan, mathAsin, mathAcos, mathAtan, mathAtan2, mathSinh, mathCosh, mathTanh, mathExp
  case mathLog, mathLog2, mathLog10, mathLog1p, mathPow, mathHypot, mathFmod, mathGcd, mathLcm, mathFactorial
  case mathComb, mathDegrees, mathRadians, mathIsnan, mathIsinf, mathIsfinite
  case sortByKeys, extremeByKeys, uniqueByKeys
  case semaphore, lock, rate, queue, shared, completed, update
  case formatted, retryDelay, errorIs, unhandled
  case read, lines, write, env, readFile, writeFile
  case shutdownRequested, shutdownWait, awaitShutdown
  case during
  case response

  /// A member of a namespace that is written without parentheses, such as `math.pi`: the compiler calls it where it is named.
  public var isConstant: Bool {
    switch self {
    case .mathPi, .mathE, .mathTau, .mathInf, .mathNan, .shutdownRequested: true
    default: false
    }
  }

  public var name: String { signature.name }
}
