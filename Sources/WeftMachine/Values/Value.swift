/// What a script value is. Kinds from `firstHeap` on have a counted block behind them.
public enum Kind {
  public static let none: UInt64 = 0
  public static let bool: UInt64 = 1
  public static let int: UInt64 = 2
  public static let float: UInt64 = 3
  /// Nanoseconds as an `Int64`.
  public static let duration: UInt64 = 4
  /// Events a second, as a `Double`.
  public static let rate: UInt64 = 5
  /// A task without captured values: an index into the machine's function table.
  public static let function: UInt64 = 6
  /// A native function: the raw value of a `BuiltinFunction`.
  public static let builtin: UInt64 = 7
  /// A register, global or argument that has no value yet. Scripts never see it.
  public static let unset: UInt64 = 8
  /// Bookkeeping of the machine (a completion, an iterator). Scripts never see it.
  public static let raw: UInt64 = 9
  /// The sequence 0, 1, 2 … until an instant: nanoseconds on the machine's clock as an `Int64`.
  public static let during: UInt64 = 10

  /// The handle of a `mock`: an index into the machine's mocks.
  public static let mock: UInt64 = 11

  public static let firstHeap: UInt64 = 16
  public static let string: UInt64 = 16
  public static let list: UInt64 = 17
  public static let map: UInt64 = 18
  /// An integer that does not fit 64 bits.
  public static let bigInt: UInt64 = 19
  public static let bytes: UInt64 = 20
  public static let range: UInt64 = 21
  public static let closure: UInt64 = 22
  public static let error: UInt64 = 23
  /// A captured variable. Scripts never see it.
  public static let cell: UInt64 = 24
  public static let response: UInt64 = 25
  /// The handle of a started task.
  public static let task: UInt64 = 26
  /// The handle of a `taskgroup`.
  public static let group: UInt64 = 27
  /// A kind of error, such as `TimeoutError`: holds its name.
  public static let errorKind: UInt64 = 28
  public static let semaphore: UInt64 = 29
  public static let lock: UInt64 = 30
  public static let rateLimiter: UInt64 = 31
  public static let queue: UInt64 = 32
  /// A cell that several tasks see; laid out as a captured variable.
  public static let shared: UInt64 = 33
}

/// One script value: 16 bytes of plain data. Copying one does not count a reference; `retain` and `release` do.
public struct Value: Sendable {
  public var tag: UInt64
  public var bits: UInt64

  @inline(__always) public init(tag: UInt64, bits: UInt64) {
    self.tag = tag
    self.bits = bits
  }

  @inline(__always) public init(_ int: Int64) { self.init(tag: Kind.int, bits: UInt64(bitPattern: int)) }
  @inline(__always) public init(_ int: Int) { self.init(tag: Kind.int, bits: UInt64(bitPattern: Int64(int))) }
  @inline(__always) public init(_ bool: Bool) { self.init(tag: Kind.bool, bits: bool ? 1 : 0) }
  @inline(__always) public init(_ float: Double) { self.init(tag: Kind.float, bits: float.bitPattern) }
  @inline(__always) init(_ block: BlockPointer) {
    self.init(tag: block.kind, bits: UInt64(UInt(bitPattern: block)))
  }

  @inline(__always) public static var none: Value { Value(tag: Kind.none, bits: 0) }
  @inline(__always) public static var unset: Value { Value(tag: Kind.unset, bits: 0) }
  @inline(__always) public static func duration(_ nanoseconds: Int64) -> Value {
    Value(tag: Kind.duration, bits: UInt64(bitPattern: nanoseconds))
  }
  @inline(__always) public static func during(until deadline: Int64) -> Value {
    Value(tag: Kind.during, bits: UInt64(bitPattern: deadline))
  }
  @inline(__always) public static func rate(_ perSecond: Double) -> Value {
    Value(tag: Kind.rate, bits: perSecond.bitPattern)
  }

  @inline(__always) public var isHeap: Bool { tag >= Kind.firstHeap }
  @inline(__always) public var isInt: Bool { tag == Kind.int }
  /// The payload of an int or a duration.
  @inline(__always) public var int: Int64 { Int64(bitPattern: bits) }
  /// The payload of a float or a rate.
  @inline(__always) public var float: Double { Double(bitPattern: bits) }
  @inline(__always) public var bool: Bool { bits != 0 }

  /// The block behind a heap value.
  @inline(__always) var block: BlockPointer {
    assert(isHeap)
    // unreachable: a heap value's bits are always a block's address.
    return BlockPointer(bitPattern: UInt(bits)).unsafelyUnwrapped
  }

  /// Same kind and same payload: the same immediate value or the very same block.
  @inline(__always) func isIdentical(to other: Value) -> Bool { tag == other.tag && bits == other.bits }
}
