import Weft
import WeftMachine

/// A pointer for C, with the reference that its `_free` gives up.
func handOut(_ object: AnyObject) -> UnsafeMutableRawPointer { Unmanaged.passRetained(object).toOpaque() }

/// The object behind a pointer of C's, which keeps it; nil for NULL.
func borrowed<Object: AnyObject>(_ pointer: UnsafeRawPointer?, _: Object.Type = Object.self) -> Object? {
  pointer.map { Unmanaged<Object>.fromOpaque($0).takeUnretainedValue() }
}

/// The same, giving up C's reference.
func taken<Object: AnyObject>(_ pointer: UnsafeRawPointer?, _: Object.Type = Object.self) -> Object? {
  pointer.map { Unmanaged<Object>.fromOpaque($0).takeRetainedValue() }
}

/// A text of C's; `length` is -1 for one that ends with a NUL.
func string(_ text: UnsafePointer<CChar>?, _ length: Int = -1) -> String? {
  guard let text else { return nil }
  if length < 0 { return String(cString: text) }
  return UnsafeBufferPointer(start: text, count: length).withMemoryRebound(to: UInt8.self) {
    String(decoding: $0, as: UTF8.self)
  }
}

func handOut(_ value: WeftValue) -> UnsafeMutableRawPointer { handOut(ValueBox(value)) }

@_cdecl("weft_none") public func weftNone() -> UnsafeMutableRawPointer { handOut(WeftValue.none) }
@_cdecl("weft_bool") public func weftBool(_ value: Bool) -> UnsafeMutableRawPointer { handOut(.bool(value)) }
@_cdecl("weft_int") public func weftInt(_ value: Int64) -> UnsafeMutableRawPointer { handOut(.int(Int(value))) }
@_cdecl("weft_float") public func weftFloat(_ value: Double) -> UnsafeMutableRawPointer { handOut(.float(value)) }
@_cdecl("weft_list") public func weftList() -> UnsafeMutableRawPointer { handOut(.list([])) }
@_cdecl("weft_map") public func weftMap() -> UnsafeMutableRawPointer { handOut(.map(WeftMap())) }

@_cdecl("weft_string") public func weftString(_ text: UnsafePointer<CChar>?, _ length: Int) -> UnsafeMutableRawPointer {
  handOut(.string(string(text, length) ?? ""))
}

@_cdecl("weft_bytes") public func weftBytes(_ bytes: UnsafeRawPointer?, _ count: Int) -> UnsafeMutableRawPointer {
  handOut(.bytes(Array(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : max(0, count)))))
}

@_cdecl("weft_duration") public func weftDuration(_ nanoseconds: Int64) -> UnsafeMutableRawPointer {
  handOut(.duration(.nanoseconds(nanoseconds)))
}

@_cdecl("weft_value_free") public func weftValueFree(_ value: UnsafeMutableRawPointer?) {
  _ = taken(value, ValueBox.self)
}

@_cdecl("weft_list_append")
public func weftListAppend(_ list: UnsafeMutableRawPointer?, _ element: UnsafeMutableRawPointer?) {
  guard let element = taken(element, ValueBox.self), let box = borrowed(list, ValueBox.self),
    case .list(var elements) = box.value
  else { return }
  // The only reference, so that the list grows in place.
  box.value = .none
  elements.append(element.value)
  box.value = .list(elements)
}

@_cdecl("weft_map_set")
public func weftMapSet(
  _ map: UnsafeMutableRawPointer?, _ key: UnsafePointer<CChar>?, _ element: UnsafeMutableRawPointer?
) {
  guard let element = taken(element, ValueBox.self), let box = borrowed(map, ValueBox.self), let key = string(key),
    case .map(var entries) = box.value
  else { return }
  box.value = .none
  entries[key] = element.value
  box.value = .map(entries)
}

private func value(_ pointer: UnsafeRawPointer?) -> WeftValue? { borrowed(pointer, ValueBox.self)?.value }

@_cdecl("weft_value_kind") public func weftValueKind(_ pointer: UnsafeRawPointer?) -> Int32 {
  switch value(pointer) {
  case nil, .some(.none): 0
  case .bool: 1
  case .int: 2
  case .bigInt: 3
  case .float: 4
  case .string: 5
  case .bytes: 6
  case .duration: 7
  case .rate: 8
  case .list: 9
  case .map: 10
  case .error: 11
  case .object: 12
  case .opaque: 13
  }
}

@_cdecl("weft_value_bool") public func weftValueBool(_ pointer: UnsafeRawPointer?) -> Bool {
  value(pointer)?.bool ?? false
}

@_cdecl("weft_value_int") public func weftValueInt(_ pointer: UnsafeRawPointer?) -> Int64 {
  Int64(value(pointer)?.int ?? 0)
}

@_cdecl("weft_value_float") public func weftValueFloat(_ pointer: UnsafeRawPointer?) -> Double {
  if case .rate(let rate)? = value(pointer) { return rate }
  return value(pointer)?.double ?? 0
}

@_cdecl("weft_value_duration") public func weftValueDuration(_ pointer: UnsafeRawPointer?) -> Int64 {
  value(pointer)?.duration?.nanoseconds ?? 0
}

@_cdecl("weft_value_string")
public func weftValueString(_ pointer: UnsafeRawPointer?, _ length: UnsafeMutablePointer<Int>?) -> UnsafePointer<CChar>?
{
  let text = borrowed(pointer, ValueBox.self)?.string
  length?.pointee = text?.length ?? 0
  return text.map { UnsafePointer($0.start) }
}

@_cdecl("weft_value_bytes")
public func weftValueBytes(_ pointer: UnsafeRawPointer?, _ count: UnsafeMutablePointer<Int>?) -> UnsafeRawPointer? {
  let box = borrowed(pointer, ValueBox.self)
  count?.pointee = box?.value.bytes?.count ?? 0
  return box?.bytes.flatMap { UnsafeRawPointer($0.baseAddress) }
}

@_cdecl("weft_value_count") public func weftValueCount(_ pointer: UnsafeRawPointer?) -> Int {
  value(pointer)?.list?.count ?? value(pointer)?.map?.count ?? 0
}

@_cdecl("weft_value_at")
public func weftValueAt(_ pointer: UnsafeRawPointer?, _ index: Int) -> UnsafeMutableRawPointer? {
  if let element = value(pointer)?[index] { return handOut(element) }
  guard let entries = value(pointer)?.map?.entries, entries.indices.contains(index) else { return nil }
  return handOut(entries[index].value)
}

@_cdecl("weft_value_key_at")
public func weftValueKeyAt(_ pointer: UnsafeRawPointer?, _ index: Int) -> UnsafeMutableRawPointer? {
  guard let entries = value(pointer)?.map?.entries, entries.indices.contains(index) else { return nil }
  return handOut(entries[index].key)
}

@_cdecl("weft_value_get")
public func weftValueGet(_ pointer: UnsafeRawPointer?, _ key: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer? {
  string(key).flatMap { value(pointer)?[$0] }.map { handOut($0) }
}

@_cdecl("weft_value_text") public func weftValueText(_ pointer: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
  borrowed(pointer, ValueBox.self).map { UnsafePointer($0.description.start) }
}
