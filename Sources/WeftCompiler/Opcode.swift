/// The instruction set.
///
/// An instruction is one 64-bit word:
///
///     63      48 47      32 31      16 15    8 7     0
///     ┌─────────┬──────────┬──────────┬───────┬───────┐
///     │    c    │    b     │    a     │ flags │  op   │
///     └─────────┴──────────┴──────────┴───────┴───────┘
///      └──────── bx ──────┘  signed 32 bits: a jump's distance, a constant, a global …
///
/// `R` are the registers of the running frame. Each holds a value that it owns. A dead temporary never holds a heap
/// value: instructions that read temporaries *consume* them (flag 1 for `b`, flag 2 for `c`), so that values are unique
/// when they look unique and may be changed in place.
///
/// A call's window begins at `a`: R[a] the callee (then the result), R[a+1] the frame's link, R[a+2] … the arguments,
/// which become the first registers of the callee's frame.
///
/// Distances are counted from the following instruction; a conditional jump backwards takes one tick. "next" stands for an extra word whose `bx` is used.
public enum Opcode: UInt8, CaseIterable, Sendable {
  // Moving values
  case move  // R[a] = R[b]
  case take  // R[a] = R[b]; R[b] is consumed
  case loadConstant  // R[a] = constants[bx]
  case loadInt  // R[a] = bx
  case loadNone  // R[a] = none
  case loadBool  // R[a] = b != 0
  case loadUnset  // R[a] = unset: an argument left out
  case loadFunction  // R[a] = the task with index bx, without captures
  case loadBuiltin  // R[a] = the built-in function b
  case clear  // R[a ..< a+b] are released
  case getGlobal  // R[a] = globals[bx]; an error if it has no value yet
  case setGlobal  // globals[bx] = R[a]; R[a] is consumed
  case getCapture  // R[a] = captures[b]
  case getCaptureCell  // R[a] = captures[b].cell
  case setCaptureCell  // captures[b].cell = R[a]; R[a] is consumed
  case newCell  // R[a] = cell(R[b]); R[b] is consumed
  case getCell  // R[a] = R[b].cell
  case setCell  // R[b].cell = R[a]; R[a] is consumed
  // R[a] = functions[bx] with what it captures from here: a word for each, whose bx is a register or (flag 1) a capture
  case closure
  case getSelf  // R[a] = the running task

  // Operators: R[a] = R[b] op R[c]
  case add
  case subtract
  case multiply
  case divide
  case floorDivide
  case remainder
  case power
  case addInt  // R[a] = R[b] + c (signed)
  case equal
  case notEqual
  case less
  case lessOrEqual
  case contains  // R[a] = R[b] in R[c]
  case negate  // R[a] = -R[b]
  case not  // R[a] = not R[b]
  case typeTest  // R[a] = R[b] is of the kind named by R[c]

  // Jumps
  case jump  // pc += bx
  case jumpIfFalse  // if not R[a]: pc += bx; R[a] must be a Bool
  case jumpIfTrue
  case jumpIfNone  // if R[a] is none: pc += bx
  case jumpIfNotNone
  case jumpIfSet  // if R[a] has a value: pc += bx
  case jumpBack  // pc += bx, one tick
  // If the comparison of R[a] with R[b] is (flag 4: is not) true, take the jump in the next word; else skip it.
  // Flags 1 and 2 consume a and b.
  case testEqual
  case testLess
  case testLessOrEqual
  // The same with the signed number b.
  case testEqualInt
  case testLessInt
  case testLessOrEqualInt
  case testGreaterInt
  case testGreaterOrEqualInt

  // Loops
  case rangePrepare  // from R[a] to R[a+1] (flag 1: inclusive): R[a+2] is the first, or pc += bx if there is none
  case rangeNext  // if there is one more: R[a+2] is it, pc += bx, one tick
  case stepPrepare  // the same from R[a] up or down to, but without, R[a+1] by R[a+2]: R[a+3] is the first
  case stepNext
  case iteratePrepare  // R[a] is a sequence; R[a+1] becomes its cursor
  case iterateNext  // R[b] = the next element; when there is none, the jump in the next word is taken; one tick
  case iterateNextPair  // R[b], R[b+1] = the next key and value of a map, or the parts of a pair of a list

  // Parts of values
  case getIndex  // R[a] = R[b][R[c]]
  case setIndex  // R[a][R[b]] = R[c]; flag 1 consumes b, flag 2 consumes c
  case getMember  // R[a] = R[b].constants[c]; flag 2: the name is in R[c], consumed
  case getMemberOptional  // R[a] = R[b]?.constants[c]
  // A path is a root (flags: 0 R[bx], 1 R[bx].cell, 2 captures[bx].cell, 3 globals[bx], 4 R[bx], of which only what a
  // Shared inside holds may change, with bx in the next word) and the
  // c keys in R[b] …, which are consumed. All of it happens in place and at once, or not at all.
  case setPath  // root[keys…] = R[a]; R[a] is consumed
  case updatePath  // root[keys…] op= R[a]; the next word's a is the operator
  // R[a] = root[keys…].method(R[a+2] …); the next word's a is the method, its flags the argument count. Where that is a
  // `beginUpdate`, a `jump` follows, and behind it what calls the function R[a+1] with the value R[a+3] of the Shared R[a]
  case callPathMethod
  case newList  // R[a] = [R[b] ..< R[b+c]], consumed
  case listAppend  // R[a].append(R[b]), consumed
  case newMap  // R[a] = {}
  case mapSet  // R[a][R[b]] = R[b+1], both consumed
  case newRange  // R[a] = R[b] ..< R[c]; flag 4: inclusive
  case concatenate  // R[a] = the text of R[b] ..< R[b+c], consumed
  case unpackList  // R[a] ..< R[a+c] = the parts of the list R[b], which must have c elements

  // Calls
  case call  // R[a](b arguments)
  case callFunction  // functions[c](b arguments), window at a
  case callNamed  // R[a](b arguments); the next word's bx is the constant that lists the labels of the last arguments
  case callBuiltin  // R[a] = builtin c(R[a] ..< R[a+b]); flag 1: the result is dropped
  case callMethod  // R[a] = R[a+2].method c(b arguments from R[a+3]); flag 1: the result is dropped
  case returnValue  // return R[a]; R[0 ..< b] are released
  case returnNone  // return none; R[0 ..< b] are released
  case endFiber  // the first frame has returned

  // Errors
  case throwError  // throw R[a]
  case catchKinds  // R[a] = whether all single errors of R[b] are of the kinds named in the list R[c]
  case catchEach  // R[a] = the errors of R[b] that are of the kinds R[c]; R[b] = an error of the others, or none
  // an `expect` whose condition R[a] is false fails, and shows R[b] ..< R[b+c]: flag 1, the sides of a comparison; flag 2, what
  // a `throws` block threw or gave; else by the names in the constant that the next word's bx names
  case expectation

  // Tests
  // R[a] = a mock of the task with the index in the next word's bx, or (flag 2) of `fetch` with the pattern R[b+1], that
  // answers with R[b], consumed; flag 1: with one element of it after the other; flag 4: its calls are not kept
  case mock
  // if the running task is mocked: R[a] = the mock's answer, with a window for its call, and the next word is left out
  case mocked
  // R[b] = what a mock answers to the request R[a] ..< R[a+7], with a window for its call; unset if none does
  case askMocks

  // Shared cells
  case beginUpdate  // R[a] = the value of the Shared R[b], which nobody else changes until `finishUpdate`
  case finishUpdate  // the Shared R[b] has the value R[a] from now on, and so has R[b]

  // Completions: what is going on in R[a], its value in R[a+1]
  case setCompletion  // R[a] = kind b, R[a+1] = R[c] when the kind has a value (consumed)
  case resume  // go on with a throw or a cancellation in R[a]; other completions fall through
  case jumpIfCompletion  // if R[a] is completion c: pc += next bx

  // Scopes
  // open a scope of kind b; its options are in R[c] …; flag 1: `errors: keep`, flag 2: has `else`, flag 4: keeps no results
  case enterScope
  case scopeHandle  // R[a] = a handle of the innermost scope
  // the body is left by the completion in R[a]: wait for all that was started; the completion may change
  case leaveScope
  case gate  // wait until a task may begin, unless the sequence R[a] has no further element
  case acquire  // take what the innermost scope, a `with`, asks for
  // a child that calls the closure R[a]; flag 1: with the argument R[b], consumed; flag 2: labelled constants[next
  // bx]
  case spawn
  case start  // R[a] = a handle; window at b with c arguments; flag 1: in the group R[a]
  case await  // R[a] = the outcome of R[b]

  // Work
  case sleep  // R[a] is a duration
  case burn  // R[a] is a duration that one core is kept busy for; R[a] = none
  // R[a] = the response to R[a] ..< R[a+7]: url, method, headers, body, json, timeout, limit; flag 1: if R[a+7] is set, it is
  // what a mock answers
  case fetch
  case readClock  // the machine's clock is brought up to date

  // Values of imported files, which are worked out on first use
  case beginLazy  // begin to work out value bx, or wait for whoever does; the next word is left out if it begins here
  case endLazy  // value bx has been worked out, or not, as the completion in R[a] says

  // Waiting for something outside
  case waitBuiltin  // R[a] = what the waiting built-in c gives for R[a] ..< R[a+b], consumed

  // Functions of the host
  case loadHost  // R[a] = the host's function b
  case callHost  // R[a] = host function c(R[a] ..< R[a+b]), consumed; the task may wait for it
}

/// Builds and takes apart instruction words.
public struct Instruction: Sendable, Equatable {
  public var word: UInt64

  @inline(__always) public init(word: UInt64) { self.word = word }

  public init(_ op: Opcode, flags: UInt8 = 0, a: Int = 0, b: Int = 0, c: Int = 0) {
    word =
      UInt64(op.rawValue) | UInt64(flags) << 8 | UInt64(UInt16(truncatingIfNeeded: a)) << 16
      | UInt64(UInt16(truncatingIfNeeded: b)) << 32 | UInt64(UInt16(truncatingIfNeeded: c)) << 48
  }

  public init(_ op: Opcode, flags: UInt8 = 0, a: Int = 0, bx: Int) {
    word =
      UInt64(op.rawValue) | UInt64(flags) << 8 | UInt64(UInt16(truncatingIfNeeded: a)) << 16
      | UInt64(UInt32(truncatingIfNeeded: bx)) << 32
  }

  @inline(__always) public var op: UInt8 { UInt8(truncatingIfNeeded: word) }
  @inline(__always) public var flags: UInt8 { UInt8(truncatingIfNeeded: word >> 8) }
  @inline(__always) public var a: Int { Int(UInt16(truncatingIfNeeded: word >> 16)) }
  @inline(__always) public var b: Int { Int(UInt16(truncatingIfNeeded: word >> 32)) }
  @inline(__always) public var c: Int { Int(word >> 48) }
  @inline(__always) public var signedB: Int { Int(Int16(truncatingIfNeeded: word >> 32)) }
  @inline(__always) public var signedC: Int { Int(Int16(truncatingIfNeeded: word >> 48)) }
  @inline(__always) public var bx: Int { Int(Int32(truncatingIfNeeded: word >> 32)) }
}

/// How a block was left. The raw value stands in the first of two registers, a value in the second.
/// From `firstJump` on each number is a `break` or `continue` of the function.
public enum Completion {
  public static let normal = 0
  public static let thrown = 1
  public static let cancelled = 2
  public static let returned = 3
  /// A `timeout` whose own deadline passed goes on in its `else`.
  public static let otherwise = 4
  public static let firstJump = 8
}

/// Where the tasks of a `pool` run.
public enum PoolKind: UInt8, Sendable {
  /// One task on each core, for `compute`.
  case compute
  /// Threads of the operating system, which block while their task waits.
  case threads
  /// Swift tasks on Swift's cooperative pool.
  case tasks
  /// Worker processes.
  case processes
}

/// The kinds of scope that `enterScope` opens.
public enum ScopeKind: UInt8, Sendable {
  case root, gather, race, taskgroup, timeout, semaphore, rate, retry, shield, finally, with, pool, compute
}
