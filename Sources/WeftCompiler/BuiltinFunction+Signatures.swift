extension BuiltinFunction {
  /// Its name, its parameters and what it does.
  public var signature: BuiltinSignature {
    switch self {
    case .print:
      .init(
        "print", [.optional("sep"), .optional("end")], variadic: true,
        "writes the values with a space between them and a newline at the end")
    case .len: .init("len", [.needed("x")], "how many elements, entries, characters or bytes there are")
    case .sum: .init("sum", [.needed("xs"), .optional("start")], "the sum of a sequence")
    case .min:
      .init(
        "min", [.optional("by")], variadic: true, prelude: "__min_by", preludeFor: "by",
        "the least of its arguments, or of one sequence")
    case .max:
      .init(
        "max", [.optional("by")], variadic: true, prelude: "__max_by", preludeFor: "by",
        "the greatest of its arguments, or of one sequence")
    case .sorted:
      .init(
        "sorted", [.needed("xs"), .optional("by"), .optional("reverse")], prelude: "__sorted", preludeFor: "by",
        "a sorted list; equal elements keep their order")
    case .reversed: .init("reversed", [.needed("xs")], "a list or string in the opposite order")
    case .range:
      .init(
        "range", [.needed("start"), .optional("stop"), .optional("step")],
        "the integers from 0 or `start` up to, but without, `stop`")
    case .enumerate: .init("enumerate", [.needed("xs"), .optional("start")], "a list of `[index, element]`")
    case .zip: .init("zip", variadic: true, "a list of lists: the first elements, the second ones, … of the shortest")
    case .map: .init("map", [.needed("f"), .needed("xs")], prelude: "__map", "a list of `f(x)` for each `x`")
    case .filter:
      .init(
        "filter", [.needed("f"), .needed("xs")], prelude: "__filter",
        "a list of each `x` for which `f(x)` is true")
    case .reduce:
      .init(
        "reduce", [.needed("f"), .needed("xs"), .optional("initial")], prelude: "__reduce",
        "combines all elements by `f(total, x)`")
    case .any:
      .init(
        "any", [.needed("xs"), .optional("by")], prelude: "__any", preludeFor: "by",
        "whether one of the elements, or `by` of it, is true")
    case .all:
      .init(
        "all", [.needed("xs"), .optional("by")], prelude: "__all", preludeFor: "by",
        "whether all of the elements, or `by` of them, are true")
    case .abs: .init("abs", [.needed("x")], "the size of a number or duration")
    case .round:
      .init(
        "round", [.needed("x"), .optional("digits")],
        "the nearest Int, or Float with that many decimals; halves go to the even neighbour")
    case .divmod: .init("divmod", [.needed("a"), .needed("b")], "`[a // b, a % b]`")
    case .pow:
      .init(
        "pow", [.needed("base"), .needed("exponent"), .optional("modulus")],
        "`base ** exponent`, or that modulo `modulus`")
    case .int:
      .init(
        "int", [.optional("x"), .optional("base")],
        "an Int from a number, a Bool or a text; a Float loses its fraction")
    case .float: .init("float", [.optional("x")], "a Float from a number, a Bool or a text")
    case .str: .init("str", [.optional("x")], "the text that `print` shows")
    case .bool: .init("bool", [.optional("x")], "false for `false`, `none`, zero and what is empty; true for the rest")
    case .list: .init("list", [.optional("xs")], "a list of the elements of a sequence")
    case .dict: .init("dict", [.optional("pairs")], "a map from a list of `[key, value]`")
    case .bytes: .init("bytes", [.optional("x")], "bytes from a text or a list of Ints")
    case .duration: .init("duration", [.needed("x")], "a duration from a text such as \"1.5s\" or a number of seconds")
    case .type: .init("type", [.needed("x")], "the name of a value's type")
    case .repr: .init("repr", [.needed("x")], "the text of a value as it stands inside a list: strings are quoted")
    case .chr: .init("chr", [.needed("code")], "the character with a Unicode number")
    case .ord: .init("ord", [.needed("character")], "the Unicode number of a character")
    case .hex: .init("hex", [.needed("x")], "an Int in hexadecimal: `0xff`")
    case .bin: .init("bin", [.needed("x")], "an Int in binary: `0b101`")
    case .oct: .init("oct", [.needed("x")], "an Int in octal: `0o17`")
    case .now: .init("now", [], "the time of day, as a duration since 1970")
    case .elapsed: .init("elapsed", [], "the time since the run began")
    case .random:
      .init(
        "random", [.optional("low"), .optional("high")],
        "a Float in 0..<1, or a value of that type between two bounds; Ints include both")
    case .randint:
      .init("randint", [.needed("low"), .needed("high")], "a random Int from `low` to `high`, both included")
    case .choice: .init("choice", [.needed("xs")], "a random element")
    case .shuffled: .init("shuffled", [.needed("xs")], "the elements in a random order")
    case .sample: .init("sample", [.needed("xs"), .needed("count")], "`count` different elements in a random order")
    case .jsonParse: .init("json.parse", [.needed("text")], "the value that a JSON text stands for")
    case .jsonText: .init("json.text", [.needed("value"), .optional("indent")], "a value as JSON text")
    case .sortByKeys:
      .init(
        "__sort_by_keys", [.needed("xs"), .needed("keys"), .needed("reverse")],
        "the elements in the order of their keys")
    case .extremeByKeys:
      .init(
        "__extreme_by_keys", [.needed("xs"), .needed("keys"), .needed("greatest")],
        "the element with the least or greatest key")
    case .uniqueByKeys:
      .init("__unique_by_keys", [.needed("xs"), .needed("keys")], "the elements whose key has not come before")
    case .formatted:
      .init("format:", [.needed("x"), .optional("width"), .optional("decimals")], "what `\\(x:12.2)` makes of `x`")
    case .retryDelay:
      .init(
        "__retry_delay", [.needed("backoff"), .needed("factor"), .needed("jitter"), .needed("number")],
        "how long a `retry` waits before its try `number`")
    case .semaphore: .init("semaphore", [.needed("permits")], "a Semaphore: `with` takes one of its permits")
    case .lock: .init("lock", [], "a Lock: one task at a time holds it, by `with`")
    case .rate:
      .init(
        "rate", [.needed("rate"), .optional("burst")],
        "a RateLimiter: each `with` takes one token of a bucket that holds `burst` (1) and fills at that rate")
    case .queue: .init("queue", [.optional("limit")], "a Queue that holds at most `limit` items, or any number")
    case .shared: .init("shared", [.needed("value")], "a cell that all tasks see, with `.value` and `.update(f)`")
    case .completed:
      .init(
        "completed", [.needed("handles")], "a sequence of the handles of started tasks in the order in which they end")
    case .update: .init("__update", [.needed("cell"), .needed("f")], "what `update` of a Shared does")
    case .errorIs:
      .init("__error_is", [.needed("e"), .optional("kinds")], "whether `retry` repeats after an error")
    case .unhandled:
      .init(
        "__unhandled", ["completion", "value", "matched", "next", "rest"].map { .needed($0) },
        "what to throw when the body of a `catch each` was left before its last error, or none")
    case .read:
      .init(
        "read", [.needed("path"), .optional("bytes"), .optional("limit")], prelude: "__read",
        "the text of a file, or its Bytes when `bytes` is true")
    case .lines:
      .init("lines", [.needed("path"), .optional("limit")], prelude: "__lines", "a list of the lines of a file")
    case .write:
      .init(
        "write", [.needed("path"), .needed("text"), .optional("append")], prelude: "__write",
        "makes a file of a text or Bytes, or adds that to its end when `append` is true")
    case .env:
      .init("env", [.needed("name"), .optional("default")], "a variable of the environment; else `default`, or none")
    case .readFile:
      .init("__read_file", [.needed("path"), .needed("bytes"), .needed("limit")], "what `read` waits for")
    case .writeFile:
      .init("__write_file", [.needed("path"), .needed("text"), .needed("append")], "what `write` waits for")
    case .shutdownRequested: .init("shutdown.requested", [], "whether the run has been asked to end")
    case .shutdownWait:
      .init("shutdown.wait", [], prelude: "__shutdown_wait", "waits until the run is asked to end")
    case .awaitShutdown: .init("__await_shutdown", [], "what `shutdown.wait` waits for")
    case .during: .init("during", [.needed("time")], "0, 1, 2 …, until that time from now on has passed")
    case .response:
      .init(
        "response",
        [
          .optional("status"), .optional("body"), .optional("json"), .optional("headers"), .optional("delay"),
          .optional("url"),
        ], "a Response that a `mock fetch` gives, after a `delay`")
    case .mathPi, .mathE, .mathTau, .mathInf, .mathNan, .mathSqrt, .mathIsqrt, .mathCbrt, .mathFloor, .mathCeil,
      .mathTrunc, .mathSin, .mathCos, .mathTan, .mathAsin, .mathAcos, .mathAtan, .mathAtan2, .mathSinh, .mathCosh,
      .mathTanh, .mathExp, .mathLog, .mathLog2, .mathLog10, .mathLog1p, .mathPow, .mathHypot, .mathFmod, .mathGcd,
      .mathLcm, .mathFactorial, .mathComb, .mathDegrees, .mathRadians, .mathIsnan, .mathIsinf, .mathIsfinite:
      mathSignature
    }
  }
}
