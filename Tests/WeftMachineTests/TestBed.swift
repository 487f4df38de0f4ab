import Testing

@testable import WeftCompiler
@testable import WeftMachine

/// A value as a test writes it.
indirect enum Sample: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral,
  Sendable
{
  case none, unset
  case bool(Bool)
  case int(Int64)
  /// The digits of an integer of any size.
  case big(String)
  case float(Double)
  case string(String)
  /// Nanoseconds.
  case duration(Int64)
  case rate(Double)
  case list([Sample])
  case map([(Sample, Sample)])
  case range(Int64, Int64, inclusive: Bool)
  case bytes([UInt8])
  case kind(String)

  init(integerLiteral value: Int64) { self = .int(value) }
  init(floatLiteral value: Double) { self = .float(value) }
  init(stringLiteral value: String) { self = .string(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(arrayLiteral elements: Sample...) { self = .list(elements) }
  init(dictionaryLiteral elements: (Sample, Sample)...) { self = .map(elements) }
  init(nilLiteral: ()) { self = .none }

  static func s(_ seconds: Double) -> Sample { .duration(Int64((seconds * 1e9).rounded())) }
}

/// A machine for one test, which must end with as many blocks as it began with.
final class TestBed {
  let machine: Machine

  init(_ image: Image = Image(), limits: MachineLimits = MachineLimits(), memory: RunMemory = RunMemory()) {
    machine = Machine(image: image, limits: limits, memory: memory)
  }

  /// Runs a test on a machine of its own and looks for leaks.
  static func run(_ location: SourceLocation = #_sourceLocation, _ body: (TestBed) throws -> Void) rethrows {
    let bed = TestBed()
    let before = bed.ownBlocks
    try body(bed)
    #expect(bed.ownBlocks == before, "blocks leaked", sourceLocation: location)
  }

  /// Blocks without the texts that the machine keeps.
  private var ownBlocks: Int { heap.state.pointee.blocks - machine.interned.count }

  var heap: Heap { machine.heap }

  func make(_ sample: Sample) -> Value {
    switch sample {
    case .none: return .none
    case .unset: return .unset
    case .bool(let value): return Value(value)
    case .int(let value): return Value(value)
    case .float(let value): return Value(value)
    case .duration(let value): return .duration(value)
    case .rate(let value): return .rate(value)
    case .string(let text): return heap.makeString(text)
    case .list(let elements): return heap.makeList(taking: elements.map { make($0) })
    case .range(let lower, let upper, let inclusive): return heap.makeRange(lower, upper, inclusive: inclusive)
    case .bytes(let bytes): return bytes.withUnsafeBufferPointer { heap.makeBytes($0) }
    case .kind(let name): return heap.makeErrorKind(heap.makeString(name))
    case .big(let digits):
      let text = heap.makeString(digits)
      defer { heap.release(text) }
      return (try? machine.parseInt(StringBlock(text))) ?? .none
    case .map(let entries):
      var map = Value(heap.makeMap(capacity: 0).block)
      for (key, value) in entries {
        let key = make(key)
        heap.set(key, hash: (try? machine.hash(forKey: key)) ?? 1, to: make(value), inMap: &map)
      }
      return map
    }
  }

  /// The text of a value as it stands in a list; releases the value.
  func show(_ value: Value) -> String {
    defer { heap.release(value) }
    var output: [UInt8] = []
    do throws(Thrown) {
      try machine.describe(value, into: &output, quoted: true)
    } catch {
      return show(error)
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The text of an error with its hint; releases the error.
  func show(_ thrown: Thrown) -> String {
    defer { heap.release(thrown.error) }
    let error = ErrorBlock(thrown.error)
    let hint = error.hint.pointee
    let text = "\(error.kind.pointee.text): \(error.message.pointee.text)"
    return hint.tag == Kind.string ? "\(text) [\(hint.text)]" : text
  }

  /// The shown result of `body` with values made of samples, which are released afterwards.
  func with(_ samples: [Sample], _ body: (UnsafeMutablePointer<Value>) throws(Thrown) -> Value) -> String {
    let values = UnsafeMutablePointer<Value>.allocate(capacity: max(1, samples.count))
    for (index, sample) in samples.enumerated() { values[index] = make(sample) }
    defer {
      for index in samples.indices { heap.release(values[index]) }
      values.deallocate()
    }
    do throws(Thrown) {
      return show(try body(values))
    } catch {
      return show(error)
    }
  }

  func arithmetic(_ op: ArithmeticOp, _ left: Sample, _ right: Sample) -> String {
    with([left, right]) { values throws(Thrown) in try machine.arithmetic(op, values[0], values[1]) }
  }

  /// Calls a built-in function as compiled code does, with what is left out as unset values.
  func call(_ function: BuiltinFunction, _ arguments: Sample..., named: [String: Sample] = [:]) -> String {
    let signature = function.signature
    var all: [Sample] = []
    if signature.isVariadic {
      all = signature.parameters.map { named[$0.name] ?? .unset } + arguments
    } else {
      for (index, parameter) in signature.parameters.enumerated() {
        all.append(index < arguments.count ? arguments[index] : named[parameter.name] ?? .unset)
      }
    }
    return with(all) { values throws(Thrown) in
      try Machine.native(for: function)(machine, values, all.count)
    }
  }

  /// Calls a method. One that changes its receiver gives `result; receiver`.
  func method(_ receiver: Sample, _ name: String, _ arguments: Sample..., named: [String: Sample] = [:]) -> String {
    let value = make(receiver)
    let kind = Machine.receiverKind(of: value)
    heap.release(value)
    guard let id = BuiltinMethods.id(of: name), let index = BuiltinMethods.index(id: id, receiver: kind) else {
      return "no method"
    }
    let signature = BuiltinMethods.all[index]
    var all = [receiver]
    for (index, parameter) in signature.parameters.enumerated() {
      all.append(index < arguments.count ? arguments[index] : named[parameter.name] ?? .unset)
    }
    if let native = Machine.mutatingNative(forMethod: index) {
      var shownReceiver = ""
      let result = with(all) { values throws(Thrown) in
        // A second reference: the copy must not change.
        let copy = values[0].retained()
        let before = show(copy.retained())
        defer {
          #expect(show(copy) == before)
          shownReceiver = show(values[0].retained())
        }
        return try native(machine, values, values + 1, all.count - 1)
      }
      // Once more as the only reference, in place.
      let again = with(all) { values throws(Thrown) in
        let result = try native(machine, values, values + 1, all.count - 1)
        #expect(show(values[0].retained()) == shownReceiver)
        return result
      }
      #expect(again == result)
      return "\(result); \(shownReceiver)"
    }
    guard let native = Machine.native(forMethod: index) else { return "no native" }
    return with(all) { values throws(Thrown) in try native(machine, values, all.count) }
  }
}
