private typealias Words = UnsafePointer<UInt>
private typealias MutableWords = UnsafeMutablePointer<UInt>

extension BigUInt {
  static func + (left: BigUInt, right: BigUInt) -> BigUInt {
    let (long, short) = left.words.count < right.words.count ? (right, left) : (left, right)
    var words = long.words
    words.append(0)
    change(&words, by: short) { words, room, other, count in add(other, count, to: words, room) }
    return BigUInt(words: words)
  }

  /// `right` is at most `left`.
  static func - (left: BigUInt, right: BigUInt) -> BigUInt {
    var words = left.words
    change(&words, by: right) { words, room, other, count in subtract(other, count, from: words, room) }
    return BigUInt(words: words)
  }

  /// Nothing if one of them is 0.
  private static func change(
    _ words: inout [UInt], by other: BigUInt, _ body: (MutableWords, Int, Words, Int) -> Void
  ) {
    words.withUnsafeMutableBufferPointer { words in
      other.words.withUnsafeBufferPointer { other in
        guard let start = words.baseAddress, let otherStart = other.baseAddress else { return }
        body(start, words.count, otherStart, other.count)
      }
    }
  }
}

extension BigUInt {
  /// Below so many words the plain product is faster than Karatsuba's.
  private static let fewWords = 40

  static func * (left: BigUInt, right: BigUInt) -> BigUInt {
    let (long, short) = left.words.count < right.words.count ? (right, left) : (left, right)
    if short.isZero { return BigUInt() }
    var words = [UInt](repeating: 0, count: long.words.count + short.words.count)
    words.withUnsafeMutableBufferPointer { result in
      long.words.withUnsafeBufferPointer { long in
        short.words.withUnsafeBufferPointer { short in
          // unreachable: none of them is empty.
          guard let result = result.baseAddress, let a = long.baseAddress, let b = short.baseAddress else { return }
          multiply(a, long.count, b, short.count, into: result)
        }
      }
    }
    return BigUInt(words: words)
  }

  /// `a` has at least as many words as `b`, and the result as many as both.
  private static func multiply(_ a: Words, _ count: Int, _ b: Words, _ fewer: Int, into result: MutableWords) {
    if fewer < fewWords { return multiplyPlainly(a, count, b, fewer, into: result) }
    let scratch = MutableWords.allocate(capacity: 2 * fewer + scratchSize(fewer))
    defer { scratch.deallocate() }
    let rest = scratch + 2 * fewer
    // Piece by piece, each as long as `b`.
    multiplySquarely(a, b, fewer, into: result, rest)
    (result + 2 * fewer).update(repeating: 0, count: count - fewer)
    var start = fewer
    while start < count {
      let length = min(fewer, count - start)
      if length == fewer {
        multiplySquarely(a + start, b, fewer, into: scratch, rest)
      } else {
        multiply(b, fewer, a + start, length, into: scratch)
      }
      add(scratch, fewer + length, to: result + start, count + fewer - start)
      start += length
    }
  }

  private static func multiplyPlainly(_ a: Words, _ count: Int, _ b: Words, _ fewer: Int, into result: MutableWords) {
    result.update(repeating: 0, count: count)
    for index in 0..<fewer { result[index + count] = addProduct(a, count, b[index], to: result + index) }
  }

  private static func scratchSize(_ count: Int) -> Int {
    if count < fewWords { return 0 }
    let half = count - count / 2
    return 2 * half + max(scratchSize(half), 2 * half + 1)
  }

  /// Karatsuba's method, of two numbers with as many words.
  private static func multiplySquarely(
    _ a: Words, _ b: Words, _ count: Int, into result: MutableWords, _ scratch: MutableWords
  ) {
    if count < fewWords { return multiplyPlainly(a, count, b, count, into: result) }
    let high = count / 2
    let low = count - high
    let isNegativeA = difference(a, low, a + low, high, into: result)
    let isNegativeB = difference(b, low, b + low, high, into: result + low)
    let product = scratch
    let middle = scratch + 2 * low
    multiplySquarely(result, result + low, low, into: product, middle)
    multiplySquarely(a, b, low, into: result, middle)
    multiplySquarely(a + low, b + low, high, into: result + 2 * low, middle)
    middle.update(from: result, count: 2 * low)
    middle[2 * low] = 0
    add(result + 2 * low, 2 * high, to: middle, 2 * low + 1)
    if isNegativeA == isNegativeB {
      subtract(product, 2 * low, from: middle, 2 * low + 1)
    } else {
      add(product, 2 * low, to: middle, 2 * low + 1)
    }
    add(middle, 2 * low + 1, to: result + low, 2 * count - low)
  }

  /// `target += a * factor`; gives what goes beyond.
  @inline(__always) private static func addProduct(
    _ a: Words, _ count: Int, _ factor: UInt, to target: MutableWords
  ) -> UInt {
    var carry: UInt = 0
    for index in 0..<count {
      let product = a[index].multipliedFullWidth(by: factor)
      let (sum, overflow) = target[index].addingReportingOverflow(product.low)
      let (result, overflow2) = sum.addingReportingOverflow(carry)
      target[index] = result
      carry = product.high &+ (overflow ? 1 : 0) &+ (overflow2 ? 1 : 0)
    }
    return carry
  }

  /// `target += a`; what goes beyond `room` words is 0.
  private static func add(_ a: Words, _ count: Int, to target: MutableWords, _ room: Int) {
    var carry: UInt = 0
    var index = 0
    while index < room, index < count || carry > 0 {
      let (sum, overflow) = target[index].addingReportingOverflow(index < count ? a[index] : 0)
      let (result, overflow2) = sum.addingReportingOverflow(carry)
      target[index] = result
      carry = overflow || overflow2 ? 1 : 0
      index += 1
    }
  }

  /// `target -= a`, which is not more than that.
  private static func subtract(_ a: Words, _ count: Int, from target: MutableWords, _ room: Int) {
    var borrow: UInt = 0
    var index = 0
    while index < room, index < count || borrow > 0 {
      let (rest, overflow) = target[index].subtractingReportingOverflow(index < count ? a[index] : 0)
      let (result, overflow2) = rest.subtractingReportingOverflow(borrow)
      target[index] = result
      borrow = overflow || overflow2 ? 1 : 0
      index += 1
    }
  }

  /// How far apart two numbers are; true if `a` is the smaller one. `b` has no more words than `a`.
  private static func difference(
    _ a: Words, _ count: Int, _ b: Words, _ fewer: Int, into result: MutableWords
  ) -> Bool {
    var index = count - 1
    while index >= 0, a[index] == (index < fewer ? b[index] : 0) { index -= 1 }
    let isLess = index >= 0 && a[index] < (index < fewer ? b[index] : 0)
    var borrow: UInt = 0
    for index in 0..<count {
      let other = index < fewer ? b[index] : 0
      let (rest, overflow) =
        isLess
        ? other.subtractingReportingOverflow(a[index]) : a[index].subtractingReportingOverflow(other)
      let (word, overflow2) = rest.subtractingReportingOverflow(borrow)
      result[index] = word
      borrow = overflow || overflow2 ? 1 : 0
    }
    return isLess
  }
}

extension BigUInt {
  /// `divisor` is not 0.
  func quotientAndRemainder(dividingBy divisor: BigUInt) -> (quotient: BigUInt, remainder: BigUInt) {
    quotientAndRemainder(dividingBy: divisor, pausing: {})
  }

  /// Algorithm D of Knuth's “The Art of Computer Programming”, section 4.3.1. It calls `pause` every few milliseconds, which may end it.
  func quotientAndRemainder<Problem>(
    dividingBy divisor: BigUInt, pausing pause: () throws(Problem) -> Void
  ) throws(Problem) -> (quotient: BigUInt, remainder: BigUInt) {
    if self < divisor { return (BigUInt(), self) }
    if divisor.words.count == 1 {
      var quotient = self
      let remainder = quotient.divide(by: divisor.lowWord)
      return (quotient, BigUInt(remainder))
    }
    // So that the divisor's highest bit is set.
    let shift = divisor.words[divisor.words.count - 1].leadingZeroBitCount
    var rest = (self << shift).words
    rest.append(contentsOf: repeatElement(0, count: words.count + 1 - rest.count))
    let by = (divisor << shift).words
    var quotient = [UInt](repeating: 0, count: rest.count - by.count)
    var place = quotient.count
    while place > 0 {
      let next = max(0, place - 256)
      rest.withUnsafeMutableBufferPointer { rest in
        by.withUnsafeBufferPointer { by in
          // unreachable: none of them is empty.
          guard let rest = rest.baseAddress, let by = by.baseAddress else { return }
          for place in (next..<place).reversed() {
            quotient[place] = Self.takeDigit(rest + place, by, divisor.words.count)
          }
        }
      }
      place = next
      try pause()
    }
    rest.removeLast(rest.count - by.count)
    return (BigUInt(words: quotient), BigUInt(words: rest) >> shift)
  }

  static func / (left: BigUInt, right: BigUInt) -> BigUInt { left.quotientAndRemainder(dividingBy: right).quotient }

  /// How many times `by` fits `rest`, which has one word more: less than a word's range. Takes them away.
  private static func takeDigit(_ rest: MutableWords, _ by: Words, _ count: Int) -> UInt {
    let first = by[count - 1]
    var digit: UInt
    var remainder: UInt
    var isDone = false
    if rest[count] == first {
      digit = .max
      (remainder, isDone) = rest[count - 1].addingReportingOverflow(first)
    } else {
      (digit, remainder) = first.dividingFullWidth((rest[count], rest[count - 1]))
    }
    while !isDone {
      let product = digit.multipliedFullWidth(by: by[count - 2])
      if product.high < remainder || (product.high == remainder && product.low <= rest[count - 2]) { break }
      digit -= 1
      (remainder, isDone) = remainder.addingReportingOverflow(first)
    }
    var borrow: UInt = 0
    for index in 0..<count {
      let product = by[index].multipliedFullWidth(by: digit)
      let (low, overflow) = product.low.addingReportingOverflow(borrow)
      let (word, overflow2) = rest[index].subtractingReportingOverflow(low)
      rest[index] = word
      borrow = product.high &+ (overflow ? 1 : 0) &+ (overflow2 ? 1 : 0)
    }
    let isTooMuch = rest[count] < borrow
    rest[count] &-= borrow
    if !isTooMuch { return digit }
    // One time too many.
    add(by, count, to: rest, count + 1)
    return digit - 1
  }

  /// Lehmer's method: quotients of the leading words stand for those of the whole numbers, many at a time.
  func greatestCommonDivisor(with other: BigUInt) -> BigUInt {
    var (a, b) = self < other ? (other, self) : (self, other)
    while b.words.count > 1 {
      let shift = a.bitWidth - 62
      var (x, y) = (Int((a >> shift).lowWord), Int((b >> shift).lowWord))
      var (p, q, r, s) = (1, 0, 0, 1)
      while y + r != 0, y + s != 0 {
        let quotient = (x + p) / (y + r)
        if quotient != (x + q) / (y + s) { break }
        (p, r) = (r, p - quotient * r)
        (q, s) = (s, q - quotient * s)
        (x, y) = (y, x - quotient * y)
      }
      if q == 0 {
        (a, b) = (b, a.quotientAndRemainder(dividingBy: b).remainder)
      } else {
        (a, b) = (Self.sum(p, a, q, b), Self.sum(r, a, s, b))
      }
    }
    if b.isZero { return a }
    var (small, rest) = (b.lowWord, a.divide(by: b.lowWord))
    while rest != 0 { (small, rest) = (rest, small % rest) }
    return BigUInt(small)
  }

  /// `p * a + q * b`, which is not negative; one of the factors may be.
  private static func sum(_ p: Int, _ a: BigUInt, _ q: Int, _ b: BigUInt) -> BigUInt {
    var (left, right) = (a, b)
    left.multiply(by: p.magnitude)
    right.multiply(by: q.magnitude)
    return p < 0 ? right - left : q < 0 ? left - right : left + right
  }
}
