/// Values on their way from one machine to another.
public struct Parcel: Sendable {
  /// The encoded values.
  public let bytes: [UInt8]
  /// What travels by reference, within one run of one process only.
  let blocks: ParcelBlocks?
  /// The handles in it. Their numbers are in the bytes.
  public let handles: [SharedHandle]
  /// The host's objects in it, which go by reference. Their places in here are in the bytes.
  let objects: [HostReference]

  /// A parcel that came as bytes, from another process.
  ///
  /// - Parameter handles: Those that may be in it. Others are looked for by `Machine.findHandle`.
  public init(bytes: [UInt8], handles: [SharedHandle] = []) {
    self.bytes = bytes
    blocks = nil
    self.handles = handles
    objects = []
  }

  init(bytes: [UInt8], blocks: ParcelBlocks?, handles: [SharedHandle] = [], objects: [HostReference] = []) {
    self.bytes = bytes
    self.blocks = blocks
    self.handles = handles
    self.objects = objects
  }

  /// Blocks up to this size are copied: quicker than counting references atomically from then on.
  static let largestCopy = 256
}

/// How a parcel travels.
public enum Carrier: Sendable {
  /// To a machine of the same run, in the same process.
  case memory
  /// Anywhere: all of the parcel is in its bytes.
  case bytes
}

/// References to shared blocks, given up when the last parcel with them goes, wherever that is.
final class ParcelBlocks: @unchecked Sendable {
  // Shared blocks never change, and their counts are atomic.
  let blocks: [BlockPointer]
  let memory: RunMemory

  /// `blocks` are shared ones.
  init(_ blocks: [BlockPointer], of memory: RunMemory) {
    for block in blocks { retain(block) }
    self.blocks = blocks
    self.memory = memory
  }

  deinit {
    for block in blocks { memory.release(block) }
  }
}

extension Parcel {
  /// All of it is in its bytes.
  public var isPlainBytes: Bool { blocks == nil && objects.isEmpty }
}

extension Machine {
  /// The same values in a parcel that is all bytes; an empty one when there is no room for that. A machine that does this carries
  /// out no task.
  public func bytes(of parcel: Parcel) -> Parcel {
    guard let values = unpack(parcel) else { return Parcel(bytes: [0]) }
    defer { for value in values { heap.release(value) } }
    do throws(Thrown) { return try pack(values, for: .bytes) } catch {
      heap.release(error.error)
      return Parcel(bytes: [0])
    }
  }

  /// Packs values, which stay the caller's.
  ///
  /// Lists, maps and texts go by reference where the carrier allows it. Variables that a task captured are copied, and so are
  /// the errors and responses. What comes out again at the other end has the same shape: what was one closure, variable or
  /// error is one there.
  ///
  /// - Throws: A TypeError that names what cannot travel and where it stands in the value.
  func pack(_ values: [Value], for carrier: Carrier) throws(Thrown) -> Parcel {
    var functions: Set<Int> = []
    return try pack(values, for: carrier, functions: &functions)
  }

  /// Packs values, and adds the functions that occur in them to `functions`.
  func pack(_ values: [Value], for carrier: Carrier, functions: inout Set<Int>) throws(Thrown) -> Parcel {
    var writer = ParcelWriter(self, carrier)
    defer { writer.end() }
    let isInner = isPacking
    isPacking = true
    defer { isPacking = isInner }
    do throws(Thrown) {
      let parcel = try writer.parcel(of: values)
      functions.formUnion(writer.functions)
      if !isInner, !crossings.isEmpty { try finishCrossings(&functions) }
      return parcel
    } catch {
      if !isInner { forgetCrossings() }
      throw error
    }
  }

  /// The values, each with a reference of its own. Nil when the bytes make no sense or there is no room for them.
  func unpack(_ parcel: Parcel) -> [Value]? {
    if let blocks = parcel.blocks, blocks.memory !== heap.memory { return nil }
    return parcel.bytes.withUnsafeBytes { bytes in
      var reader = ParcelReader(self, bytes, parcel)
      return reader.values()
    }
  }
}

/// What the first byte of an encoded value says. Numbers follow as bytes of seven bits, lowest first; signed ones zigzag, so
/// that small ones are short.
enum ParcelTag: UInt8 {
  case none, `false`, `true`, unset
  /// A signed number.
  case int, duration
  /// The time that is left.
  case during
  /// Eight bytes.
  case float, rate
  /// An index.
  case function, builtin
  /// A number of bytes, and the bytes.
  case string, bytes, errorKind
  /// Sixteen bytes.
  case wideInt
  /// A number of limbs, and those.
  case positiveInt, negativeInt
  /// Both bounds.
  case openRange, closedRange
  /// A number of elements, and those.
  case list
  /// A list of integers alone: bytes for each, their number, and those.
  case ints
  /// A number of entries, then key and value of each.
  case map
  /// A function, a number of captures, and those.
  case closure
  case cell
  case error, response
  /// Before a value that is referred to later; these are counted from 0.
  case numbered
  /// The number of an earlier value.
  case reference
  /// An index into the blocks that travel by reference.
  case attached
  /// A number, and the facts of the handle.
  case handle
  /// An index: a function of the host, or one of the objects that travel by reference.
  case hostFunction, object
}

/// The values that an error is made of, in the order in which they are written. Its trace is no value: it is written in front.
enum ErrorParts {
  static let slots = [0, 1, 2, 3, 4, 6]
  static let cause = 3
}

/// Zigzag: small numbers of either sign are small.
@inline(__always) func zigzag(_ number: Int64) -> UInt64 {
  UInt64(bitPattern: number) << 1 ^ UInt64(bitPattern: number >> 63)
}

@inline(__always) func unzigzag(_ bits: UInt64) -> Int64 {
  Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
}
