// An integer that does not fit 64 bits has a block: an `Int128` (flags 0), or a sign and limbs beyond 128 bits (flags 1).
// Both are normalised: what fits the smaller form is always in it, so equal integers have equal forms.

/// A view of the block of an integer beyond 64 bits.
struct IntegerBlock {
  let block: BlockPointer
  private static let limbsOffset = 32
  /// The most bits that an integer may have. Quadratic work (division, decimal digits) stays well below a second.
  static let mostBits = 1 << 20

  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var isWide: Bool { block.flags & 1 == 0 }
  /// The number, when `isWide`.
  @inline(__always) var wide: Int128 {
    get { block.at(16, as: Int128.self).pointee }
    nonmutating set { block.at(16, as: Int128.self).pointee = newValue }
  }
  /// How many limbs there are, when not `isWide`.
  var count: Int {
    get { block.at(16, as: Int.self).pointee }
    nonmutating set { block.at(16, as: Int.self).pointee = newValue }
  }
  var isNegative: Bool {
    get { isWide ? wide < 0 : block.at(24, as: Int.self).pointee != 0 }
    nonmutating set { block.at(24, as: Int.self).pointee = newValue ? 1 : 0 }
  }
  /// Least significant first.
  var limbs: UnsafeMutablePointer<UInt> { block.at(Self.limbsOffset) }

  static func size(limbs: Int) -> Int { limbsOffset + limbs * 8 }

  /// The bytes that tell one integer from another.
  var content: UnsafeBufferPointer<UInt8> {
    let end = isWide ? 32 : Self.size(limbs: count)
    return UnsafeBufferPointer(start: block.at(16), count: end - 16)
  }

  static func == (left: IntegerBlock, right: IntegerBlock) -> Bool {
    left.block == right.block || (left.isWide == right.isWide && left.content.elementsEqual(right.content))
  }
}

extension Value {
  @inline(__always) var isInteger: Bool { tag == Kind.int || tag == Kind.bigInt }

  /// An integer that fits 128 bits; nil for a larger one.
  @inline(__always) var wide: Int128? {
    if tag == Kind.int { return Int128(int) }
    let integer = IntegerBlock(self)
    return integer.isWide ? integer.wide : nil
  }

  /// Any integer.
  var big: BigInt {
    if let wide { return BigInt(wide: wide) }
    let integer = IntegerBlock(self)
    let magnitude = BigUInt(words: Array(UnsafeBufferPointer(start: integer.limbs, count: integer.count)))
    return BigInt(sign: integer.isNegative ? .minus : .plus, magnitude: magnitude)
  }

  var isNegativeInteger: Bool { tag == Kind.int ? int < 0 : IntegerBlock(self).isNegative }
}

extension Heap {
  @inline(__always) func makeInt(_ wide: Int128) -> Value {
    if let small = Int64(exactly: wide) { return Value(small) }
    let integer = IntegerBlock(allocate(kind: Kind.bigInt, size: 32))
    integer.wide = wide
    return Value(integer.block)
  }

  /// The caller has made sure that it has at most `IntegerBlock.mostBits`.
  func makeInt(_ big: BigInt) -> Value {
    if let wide = big.wide { return makeInt(wide) }
    let words = big.magnitude.words
    let integer = IntegerBlock(allocate(kind: Kind.bigInt, size: IntegerBlock.size(limbs: words.count)))
    integer.block.flags = 1
    integer.count = words.count
    integer.isNegative = big.sign == .minus
    for (index, word) in words.enumerated() { integer.limbs[index] = word }
    return Value(integer.block)
  }
}

extension Machine {
  /// A new integer, or an error when it has too many bits.
  func makeInt(_ big: BigInt) throws(Thrown) -> Value {
    try checkBits(big.magnitude.bitWidth)
    return heap.makeInt(big)
  }

  /// Ask before making an integer of about that many bits.
  func checkBits(_ bits: Int) throws(Thrown) {
    if bits <= IntegerBlock.mostBits { return }
    throw raise(
      .valueError, "the result would have more than 1,048,576 bits, the limit of an Int",
      hint: "a Float such as `2.0 ** 100` keeps the size of a number and gives up its last digits")
  }
}

// MARK: - Floats and integers

extension Value {
  /// The nearest Float to an integer (ties to even); infinite if it is too large for one.
  var integerAsFloat: Double {
    if tag == Kind.int { return Double(int) }
    return Value.float(of: big)
  }

  static func float(of big: BigInt) -> Double {
    let magnitude = big.magnitude
    let width = magnitude.bitWidth
    if width > 1100 { return big.sign == .minus ? -.infinity : .infinity }
    let shift = max(0, width - 64)
    var top = (magnitude >> shift).lowWord
    // The lowest bit stands for all that was cut off, so that the conversion rounds as it should.
    if shift > 0, magnitude.trailingZeroBitCount < shift { top |= 1 }
    let size = Double(sign: .plus, exponent: shift, significand: Double(top))
    return big.sign == .minus ? -size : size
  }
}

extension BigInt {
  init(wide: Int128) {
    let size = wide.magnitude
    let words = [UInt(truncatingIfNeeded: size), UInt(truncatingIfNeeded: size >> 64)]
    self.init(sign: wide < 0 ? .minus : .plus, magnitude: BigUInt(words: words))
  }

  /// The same number in 128 bits; nil if it needs more.
  var wide: Int128? {
    if magnitude.bitWidth > 128 { return nil }
    var size: UInt128 = 0
    for (index, word) in magnitude.words.enumerated() where index < 2 { size |= UInt128(word) << (64 * index) }
    if sign == .plus { return Int128(exactly: size) }
    if size > UInt128(1) << 127 { return nil }
    return Int128(truncatingIfNeeded: 0 &- size)
  }

  /// A finite Float without its fraction.
  init(truncating value: Double) {
    if let wide = Int128(exactly: value.rounded(.towardZero)) {
      self.init(wide: wide)
      return
    }
    // Beyond 127 bits every bit of the significand is above the point.
    let significand = BigUInt(UInt(value.significandBitPattern | 1 << 52))
    let magnitude = significand << (Int(value.exponent) - 52)
    self.init(sign: value < 0 ? .minus : .plus, magnitude: magnitude)
  }
}

/// How an integer stands to a Float: exact, without rounding either. Nil for nan.
func exactOrder(integer: Value, float: Double) -> Int? {
  if float.isNaN { return nil }
  if float == .infinity { return -1 }
  if float == -.infinity { return 1 }
  let whole = float.rounded(.down)
  if integer.tag == Kind.int, let small = Int64(exactly: whole) {
    if integer.int != small { return integer.int < small ? -1 : 1 }
  } else {
    let left = integer.big
    let right = BigInt(truncating: whole)
    if left != right { return left < right ? -1 : 1 }
  }
  return whole < float ? -1 : 0
}

/// How two integers stand to each other: -1, 0 or 1.
func exactOrder(integer left: Value, integer right: Value) -> Int {
  if left.tag == Kind.int, right.tag == Kind.int { return left.int < right.int ? -1 : left.int > right.int ? 1 : 0 }
  if let left = left.wide, let right = right.wide { return left < right ? -1 : left > right ? 1 : 0 }
  let left = left.big
  let right = right.big
  return left < right ? -1 : left > right ? 1 : 0
}
