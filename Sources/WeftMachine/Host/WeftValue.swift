/// A value as a host sees it: a copy of what a script has, or what a script is to get. It belongs to no run, and may go to
/// any task or thread.
///
/// ```swift
/// let order: WeftValue = ["id": 17, "items": ["tea", "milk"], "within": .duration(.seconds(3))]
/// order["items"]?[1]?.string  // "milk"
/// let id: Int = try order.decode(at: "id")
/// ```
public enum WeftValue: Sendable, Equatable {
  case none
  case bool(Bool)
  case int(Int)
  /// The decimal digits of an integer that does not fit 64 bits, with a `-` in front of a negative one.
  case bigInt(String)
  case float(Double)
  case string(String)
  case bytes([UInt8])
  /// What scripts have is counted in nanoseconds; finer parts are cut off, and 292 years are the most.
  case duration(Duration)
  /// Events a second.
  case rate(Double)
  case list([WeftValue])
  /// In the order of its entries.
  case map(WeftMap)
  case error(WeftError)
  /// An object of the host.
  case object(HostReference)
  /// What cannot leave its interpreter, such as a task or a lock: the name of its type, and how it prints. To give one back to a
  /// script is an error.
  case opaque(type: String, text: String)
}

extension WeftValue {
  /// The name of its type, as scripts and error messages have it.
  public var typeName: String {
    switch self {
    case .none: "None"
    case .bool: "Bool"
    case .int, .bigInt: "Int"
    case .float: "Float"
    case .string: "String"
    case .bytes: "Bytes"
    case .duration: "Duration"
    case .rate: "Rate"
    case .list: "List"
    case .map: "Map"
    case .error: "Error"
    case .object(let reference): reference.typeName
    case .opaque(let type, _): type
    }
  }

  public var isNone: Bool { self == .none }

  // Each is nil for a value of another type.

  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var int: Int? { if case .int(let value) = self { value } else { nil } }
  /// A Float, or an Int as one.
  public var double: Double? {
    switch self {
    case .float(let value): value
    case .int(let value): Double(value)
    case .bigInt(let digits): Double(digits)
    default: nil
    }
  }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
  public var duration: Duration? { if case .duration(let value) = self { value } else { nil } }
  public var list: [WeftValue]? { if case .list(let value) = self { value } else { nil } }
  public var map: WeftMap? { if case .map(let value) = self { value } else { nil } }

  /// The value under a key of a map; nil for anything else.
  public subscript(key: String) -> WeftValue? { map?[key] }

  /// An element of a list; nil for anything else.
  public subscript(index: Int) -> WeftValue? {
    guard let list, list.indices.contains(index) else { return nil }
    return list[index]
  }
}

/// A map as a host sees it: keys and values, in the order of a script's map.
///
/// ```swift
/// var map: WeftMap = ["name": "Ada", "age": 36]
/// map["age"] = 37
/// map.entries.map(\.value)  // ["Ada", 37]
/// ```
public struct WeftMap: Sendable {
  /// An entry. Most keys are Strings; Ints, Bools and Durations can be keys as well.
  public struct Entry: Sendable, Equatable {
    public let key: WeftValue
    public var value: WeftValue
  }

  public private(set) var entries: [Entry] = []
  /// Where the entries with a String for a key are; only of a large map.
  private var places: [String: Int] = [:]
  private static let smallest = 8

  public init() {}

  public var count: Int { entries.count }
  public var isEmpty: Bool { entries.isEmpty }

  /// The value under a String; setting nil takes the entry away.
  public subscript(key: String) -> WeftValue? {
    get { place(of: key).map { entries[$0].value } }
    set {
      if let newValue {
        set(.string(key), to: newValue)
      } else if let place = place(of: key) {
        entries.remove(at: place)
        index()
      }
    }
  }

  /// The value under any key.
  public subscript(key: WeftValue) -> WeftValue? {
    if case .string(let text) = key { return self[text] }
    return entries.first { $0.key == key }?.value
  }

  /// Puts a value under a key, in the place of the one that is there.
  public mutating func set(_ key: WeftValue, to value: WeftValue) {
    let place: Int?
    if case .string(let text) = key {
      place = self.place(of: text)
    } else {
      place = entries.firstIndex { $0.key == key }
    }
    if let place { entries[place].value = value } else { append(key, value) }
  }

  /// Adds an entry whose key is not there yet.
  mutating func append(_ key: WeftValue, _ value: WeftValue) {
    entries.append(Entry(key: key, value: value))
    if entries.count == Self.smallest + 1 {
      index()
    } else if entries.count > Self.smallest, case .string(let text) = key {
      places[text] = entries.count - 1
    }
  }

  private mutating func index() {
    places = [:]
    if entries.count <= Self.smallest { return }
    for (place, entry) in entries.enumerated() { if case .string(let text) = entry.key { places[text] = place } }
  }

  private func place(of key: String) -> Int? {
    if entries.count > Self.smallest { return places[key] }
    return entries.firstIndex { if case .string(key) = $0.key { true } else { false } }
  }
}

extension WeftMap: Equatable {
  /// The order makes no difference, as in scripts.
  public static func == (left: WeftMap, right: WeftMap) -> Bool {
    left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
  }
}

extension WeftMap: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, WeftValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}

/// An error, as a host sees it and as it throws one: what a script catches by its kind.
///
/// ```swift
/// weft.define(error: "NotFound")
/// weft.define("lookup") { (id: Int) in
///   guard let user = users[id] else { throw WeftError("NotFound", "there is no user \(id)", ["id": .int(id)]) }
///   return user
/// }
/// ```
public struct WeftError: Error, Sendable, Equatable {
  public var kind: String
  /// Lower case, no full stop.
  public var message: String
  /// Its own fields: a script reads them as members.
  public var fields: WeftMap
  public var hint: String?

  public init(_ kind: String, _ message: String, _ fields: WeftMap = [:], hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.fields = fields
    self.hint = hint
  }
}

/// An object of the host that scripts hold and pass on, and whose methods they call.
public final class HostReference: Sendable, Equatable {
  /// The object.
  public let object: any AnyObject & Sendable
  public let typeName: String

  public init(_ object: any AnyObject & Sendable) {
    self.object = object
    typeName = "\(type(of: object))"
  }

  /// The same object.
  public static func == (left: HostReference, right: HostReference) -> Bool { left.object === right.object }
}

// MARK: - Literals

extension WeftValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .none }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .float(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: WeftValue...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (String, WeftValue)...) {
    var map = WeftMap()
    for (key, value) in elements { map[key] = value }
    self = .map(map)
  }
}

// MARK: - Text

extension WeftValue: CustomStringConvertible {
  /// As a script prints it: a string without quotes, a map as its literal.
  public var description: String {
    if case .string(let text) = self { return text }
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .none: text += "none"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += "\(value)"
    case .bigInt(let digits): text += digits
    case .float(let value): text += Machine.text(value)
    case .string(let value):
      text += Self.text { output in Array(value.utf8).withUnsafeBufferPointer { Machine.quote($0, into: &output) } }
    case .bytes(let bytes): text += "<\(bytes.count) bytes>"
    case .duration(let duration): text += Machine.text(duration: duration.nanoseconds)
    case .rate(let rate): text += Machine.text(rate: rate)
    case .list(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        element.write(to: &text)
      }
      text += "]"
    case .map(let map):
      text += "{"
      for (index, entry) in map.entries.enumerated() {
        if index > 0 { text += ", " }
        if case .string(let key) = entry.key, Array(key.utf8).withUnsafeBufferPointer({ Machine.isWord($0) }) {
          text += key
        } else {
          entry.key.write(to: &text)
        }
        text += ": "
        entry.value.write(to: &text)
      }
      text += "}"
    case .error(let error): text += error.message.isEmpty ? error.kind : "\(error.kind): \(error.message)"
    case .object(let reference): text += "<\(reference.typeName)>"
    case .opaque(_, let shown): text += shown
    }
  }

  private static func text(_ write: (inout [UInt8]) -> Void) -> String {
    var output: [UInt8] = []
    write(&output)
    return String(decoding: output, as: UTF8.self)
  }
}

extension Duration {
  /// As scripts count it: clamped to what 64 bits hold.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, isTooMuch) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return isTooMuch ? (seconds < 0 ? .min : .max) : sum
  }
}
