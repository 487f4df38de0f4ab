extension WeftValue {
  /// Makes a Swift value of it.
  ///
  /// ```swift
  /// struct Order: Decodable { let id: Int, items: [String] }
  /// let order: Order = try value.decode()
  /// ```
  ///
  /// - Throws: A `DecodingError` that says where in the value what was expected.
  public func decode<T: Decodable>(as type: T.Type = T.self) throws -> T {
    try ValueDecoder(self, []).decode(type)
  }

  /// The same for the value under a key of a map.
  public func decode<T: Decodable>(as type: T.Type = T.self, at key: String) throws -> T {
    try ValueDecoder(self, []).container(keyedBy: ValueKey.self).decode(type, forKey: ValueKey(stringValue: key))
  }

  /// Makes one of a Swift value: a structure becomes a map, a `Duration` a Duration, `[UInt8]` Bytes.
  ///
  /// ```swift
  /// let value = try WeftValue(encoding: Order(id: 17, items: ["tea"]))
  /// value["id"]?.int  // 17
  /// ```
  ///
  /// - Throws: What the value's own `encode(to:)` throws.
  public init(encoding value: some Encodable) throws {
    if let simple = ValueEncoder.simple(value) {
      self = simple
      return
    }
    let slot = EncodingSlot()
    try value.encode(to: ValueEncoder(slot, []))
    self = slot.result
  }
}

/// A key of a map.
struct ValueKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "\(intValue)"
    self.intValue = intValue
  }
}

extension CodingKey {
  fileprivate var value: WeftValue { intValue.map { .int($0) } ?? .string(stringValue) }
}

/// The value as another type, which the caller has found to be the same one.
@inline(__always) func same<Value, Other>(_ value: Value, as other: Other.Type) -> Other {
  assert(Value.self == Other.self)
  return unsafeBitCast(value, to: other)
}

// MARK: - Decoding

struct ValueDecoder: Decoder, SingleValueDecodingContainer {
  let value: WeftValue
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ value: WeftValue, _ codingPath: [any CodingKey]) {
    self.value = value
    self.codingPath = codingPath
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    switch value {
    case .map(let map): KeyedDecodingContainer(MapDecoding(map: map, codingPath: codingPath))
    case .error(let error):
      KeyedDecodingContainer(MapDecoding(map: error.members, codingPath: codingPath))
    default: throw mismatch("a Map")
    }
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let elements) = value else { throw mismatch("a List") }
    return ListDecoding(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { value.isNone }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    if type == String.self {
      guard case .string(let text) = value else { throw mismatch("a String") }
      return same(text, as: type)
    }
    if type == Int.self {
      guard case .int(let int) = value else { throw mismatch("an Int") }
      return same(int, as: type)
    }
    if type == Bool.self {
      guard case .bool(let bool) = value else { throw mismatch("a Bool") }
      return same(bool, as: type)
    }
    if type == Double.self {
      guard let double = value.double else { throw mismatch("a Float") }
      return same(double, as: type)
    }
    if type == WeftValue.self { return same(value, as: type) }
    if type == Duration.self {
      guard case .duration(let duration) = value else { throw mismatch("a Duration") }
      return same(duration, as: type)
    }
    if type == [UInt8].self, case .bytes(let bytes) = value { return same(bytes, as: type) }
    if type == Float.self {
      guard let double = value.double else { throw mismatch("a Float") }
      return same(Float(double), as: type)
    }
    return try decodeOther(type)
  }

  /// Apart, because what is asked of the runtime here would else be asked at the start of each `decode`.
  @inline(never) private func decodeOther<T: Decodable>(_ type: T.Type) throws -> T {
    if let integer = type as? any FixedWidthInteger.Type, let decoded = try self.integer(integer) as? T {
      return decoded
    }
    return try type.init(from: self)
  }

  private func integer<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
    let converted: I?
    switch value {
    case .int(let int): converted = I(exactly: int)
    case .bigInt(let digits): converted = I(digits)
    default: throw mismatch("an Int")
    }
    guard let converted else {
      throw DecodingError.dataCorrupted(context("is \(value), which does not fit \(I.self)"))
    }
    return converted
  }

  private func mismatch(_ wanted: String) -> DecodingError {
    let actual = value.isNone ? "none" : article(value.typeName)
    return .typeMismatch(WeftValue.self, context("must be \(wanted), not \(actual)"))
  }

  private func article(_ name: String) -> String { ("AEIOU".contains(name.first ?? "x") ? "an " : "a ") + name }

  private func context(_ text: String) -> DecodingError.Context {
    DecodingError.Context(codingPath: codingPath, debugDescription: text)
  }
}

extension WeftError {
  /// As a script reads them.
  fileprivate var members: WeftMap {
    var map = fields
    map["kind"] = .string(kind)
    map["message"] = .string(message)
    return map
  }
}

private struct MapDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let map: WeftMap
  let codingPath: [any CodingKey]

  var allKeys: [Key] {
    map.entries.compactMap { entry in
      switch entry.key {
      case .string(let text): Key(stringValue: text)
      case .int(let int): Key(intValue: int) ?? Key(stringValue: "\(int)")
      default: nil
      }
    }
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }

  private func find(_ key: some CodingKey) -> WeftValue? {
    key.intValue.flatMap { map[.int($0)] } ?? map[key.stringValue]
  }

  private func decoder(_ key: some CodingKey) throws -> ValueDecoder {
    guard let value = find(key) else {
      throw DecodingError.keyNotFound(
        key, DecodingError.Context(codingPath: codingPath + [key], debugDescription: "is missing"))
    }
    return ValueDecoder(value, codingPath + [key])
  }

  func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(key).decode(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try decoder(ValueKey(stringValue: "super")) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct ListDecoding: UnkeyedDecodingContainer {
  let elements: [WeftValue]
  let codingPath: [any CodingKey]
  var currentIndex = 0

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  private var decoder: ValueDecoder {
    get throws {
      let path = codingPath + [ValueKey(intValue: currentIndex)]
      guard !isAtEnd else {
        throw DecodingError.valueNotFound(
          WeftValue.self, DecodingError.Context(codingPath: path, debugDescription: "is missing"))
      }
      return ValueDecoder(elements[currentIndex], path)
    }
  }

  mutating func decodeNil() throws -> Bool {
    guard try decoder.decodeNil() else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let value = try decoder.decode(type)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    defer { currentIndex += 1 }
    return try decoder.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    defer { currentIndex += 1 }
    return try decoder.unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder {
    defer { currentIndex += 1 }
    return try decoder
  }
}

// MARK: - Encoding

/// A place that an encoded value is put into, piece by piece.
final class EncodingSlot {
  enum Content {
    case empty
    case value(WeftValue)
    case list([EncodingSlot])
    case map([(key: WeftValue, slot: EncodingSlot)])
  }

  var content = Content.empty

  /// What is in it: an empty container if it was only opened.
  var result: WeftValue {
    switch content {
    case .empty: return .map(WeftMap())
    case .value(let value): return value
    case .list(let slots): return .list(slots.map(\.result))
    case .map(let entries):
      var map = WeftMap()
      for entry in entries { map.set(entry.key, to: entry.slot.result) }
      return .map(map)
    }
  }

  func add() -> EncodingSlot {
    let slot = EncodingSlot()
    guard case .list(var slots) = content else {
      content = .list([slot])
      return slot
    }
    // The only reference, so that the list grows in place.
    content = .empty
    slots.append(slot)
    content = .list(slots)
    return slot
  }

  func add(_ key: WeftValue) -> EncodingSlot {
    let slot = EncodingSlot()
    guard case .map(var entries) = content else {
      content = .map([(key, slot)])
      return slot
    }
    content = .empty
    entries.append((key, slot))
    content = .map(entries)
    return slot
  }
}

struct ValueEncoder: Encoder, SingleValueEncodingContainer {
  let slot: EncodingSlot
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ slot: EncodingSlot, _ codingPath: [any CodingKey]) {
    self.slot = slot
    self.codingPath = codingPath
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .empty = slot.content { slot.content = .map([]) }
    return KeyedEncodingContainer(MapEncoding(slot: slot, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .empty = slot.content { slot.content = .list([]) }
    return ListEncoding(slot: slot, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  mutating func encodeNil() { slot.content = .value(.none) }
  mutating func encode<T: Encodable>(_ value: T) throws { try put(value) }

  func put<T: Encodable>(_ value: T) throws {
    if let simple = Self.simple(value) {
      slot.content = .value(simple)
    } else {
      try value.encode(to: self)
    }
  }

  /// The value of what needs no container; nil for anything else.
  static func simple<T>(_ value: T) -> WeftValue? {
    if T.self == String.self { return .string(same(value, as: String.self)) }
    if T.self == Int.self { return .int(same(value, as: Int.self)) }
    if T.self == Bool.self { return .bool(same(value, as: Bool.self)) }
    if T.self == Double.self { return .float(same(value, as: Double.self)) }
    if T.self == WeftValue.self { return same(value, as: WeftValue.self) }
    if T.self == Duration.self { return .duration(same(value, as: Duration.self)) }
    if T.self == [UInt8].self { return .bytes(same(value, as: [UInt8].self)) }
    if T.self == Float.self { return .float(Double(same(value, as: Float.self))) }
    if let integer = value as? any FixedWidthInteger {
      return Int(exactly: integer).map { .int($0) } ?? .bigInt("\(integer)")
    }
    return nil
  }
}

private struct MapEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: EncodingSlot
  let codingPath: [any CodingKey]

  private func encoder(_ key: some CodingKey) -> ValueEncoder { ValueEncoder(slot.add(key.value), codingPath + [key]) }

  mutating func encodeNil(forKey key: Key) { slot.add(key.value).content = .value(.none) }
  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder(key).put(value) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { encoder(key).container(keyedBy: type) }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { encoder(ValueKey(stringValue: "super")) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

private struct ListEncoding: UnkeyedEncodingContainer {
  let slot: EncodingSlot
  let codingPath: [any CodingKey]
  var count: Int { if case .list(let slots) = slot.content { slots.count } else { 0 } }

  private var encoder: ValueEncoder {
    let path = codingPath + [ValueKey(intValue: count)]
    return ValueEncoder(slot.add(), path)
  }

  mutating func encodeNil() { slot.add().content = .value(.none) }
  mutating func encode<T: Encodable>(_ value: T) throws { try encoder.put(value) }

  mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    encoder.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
  mutating func superEncoder() -> any Encoder { encoder }
}

// MARK: - Codable of its own

extension WeftValue: Codable {
  public func encode(to encoder: any Encoder) throws {
    if let encoder = encoder as? ValueEncoder {
      encoder.slot.content = .value(self)
      return
    }
    var container = encoder.singleValueContainer()
    switch self {
    case .none: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .float(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .bytes(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .map(let map):
      var keyed = encoder.container(keyedBy: ValueKey.self)
      for entry in map.entries { try keyed.encode(entry.value, forKey: ValueKey(stringValue: "\(entry.key)")) }
    case .error(let error): try WeftValue.map(error.members).encode(to: encoder)
    case .bigInt, .duration, .rate, .object, .opaque: try container.encode("\(self)")
    }
  }

  /// From JSON and the like; what a format has no word for, such as a Duration, is a String there.
  public init(from decoder: any Decoder) throws {
    if let decoder = decoder as? ValueDecoder {
      self = decoder.value
      return
    }
    if let map = try? decoder.container(keyedBy: ValueKey.self) {
      var result = WeftMap()
      for key in map.allKeys { result[key.stringValue] = try map.decode(WeftValue.self, forKey: key) }
      self = .map(result)
      return
    }
    if var list = try? decoder.unkeyedContainer() {
      var elements: [WeftValue] = []
      while !list.isAtEnd { elements.append(try list.decode(WeftValue.self)) }
      self = .list(elements)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .float(value)
    } else {
      self = .string(try container.decode(String.self))
    }
  }
}

/// An object of the host, as an argument or the result of a host function. Scripts hold it, pass it on, and call the methods
/// that the host has defined for it.
///
/// ```swift
/// final class Counter: Sendable { … }
/// weft.define("counter") { (start: Int) in HostObject(Counter(start)) }
/// weft.define("total") { (counters: [HostObject<Counter>]) in counters.reduce(0) { $0 + $1.object.value } }
/// ```
public struct HostObject<Object: AnyObject & Sendable>: Sendable, Codable {
  public let object: Object

  public init(_ object: Object) { self.object = object }

  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? ValueEncoder else {
      throw EncodingError.invalidValue(
        self,
        EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "a host's object goes to scripts alone")
      )
    }
    encoder.slot.content = .value(.object(HostReference(object)))
  }

  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? ValueDecoder, case .object(let reference) = decoder.value,
      let object = reference.object as? Object
    else {
      let actual = (decoder as? ValueDecoder).map { $0.value.isNone ? "none" : "a \($0.value.typeName)" } ?? "that"
      throw DecodingError.typeMismatch(
        Object.self,
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "must be a \(Object.self), not \(actual)"))
    }
    self.object = object
  }
}

extension DecodingError {
  /// What is wrong, in the words of a script: "`items[0].name` must be a String, not an Int".
  func text(_ whole: String) -> String {
    let context: Context
    switch self {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    @unknown default: return "\(whole) does not fit"
    }
    var path = whole
    for key in context.codingPath {
      if let index = key.intValue { path += "[\(index)]" } else { path += (path.isEmpty ? "" : ".") + key.stringValue }
    }
    return path.isEmpty ? context.debugDescription : "`\(path)` \(context.debugDescription)"
  }
}
