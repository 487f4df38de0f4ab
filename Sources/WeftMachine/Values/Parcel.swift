// STUB until codec is merged
public struct Parcel: @unchecked Sendable { public let bytes: [UInt8]; var values: [Value] }
public enum Carrier: Sendable { case memory, bytes }
public final class RunMemory: @unchecked Sendable {
  var workers = 0
  public init() {}
}
extension Machine {
  func pack(_ values: [Value], for carrier: Carrier, functions: inout Set<Int>) throws(Thrown) -> Parcel {
    for v in values where v.tag == Kind.function { functions.insert(Int(v.bits)) }
    for v in values where v.tag == Kind.closure { functions.insert(ClosureBlock(v).function) }
    return Parcel(bytes: [], values: values.map { $0.isHeap ? .none : $0 })
  }
  func unpack(_ parcel: Parcel) -> [Value]? { parcel.values }
}
