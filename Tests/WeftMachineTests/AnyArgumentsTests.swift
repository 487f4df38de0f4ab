import Testing
import WeftCompiler

@testable import WeftMachine

/// Nothing that a script passes may trap or leak: each call ends in a value or an error.
@Suite struct AnyArgumentsTests {
  private static var samples: [Sample] {
    [
      nil, true, false, 0, 1, -1, 2, 5, 100, .int(.max), .int(.min), .big("99999999999999999999"),
      .big("-170141183460469231731687303715884105729"), .big("1" + String(repeating: "0", count: 200)), 0.0, -0.0, 1.5,
      -2.5,
      1e300, .float(.infinity), .float(.nan), .float(.leastNonzeroMagnitude), .s(0), .s(1.5), .duration(.max),
      .duration(.min),
      .rate(5), .rate(0), .rate(.infinity), "", "a", "abc", "é🎉z", "12", "-1.5", " x y ", "a,b", "\u{0}", [], [1],
      [3, 1, 2],
      ["b", "a"], [[1, 2], [3, 4]], [1, "a", nil], [true, false], ["k": 1], [:], ["a": [1], "b": nil], .bytes([]),
      .bytes([0, 255]),
      .range(0, 5, inclusive: false), .range(1, 3, inclusive: true), .range(5, 1, inclusive: true),
      .range(.max, .max, inclusive: true), .range(.min, .min, inclusive: false), .range(-3, -1, inclusive: true),
      .kind("Busy"),
      .unset,
    ]
  }

  private struct Chance {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  @Test func functions() {
    let samples = Self.samples
    var chance = Chance(state: 1)
    TestBed.run { bed in
      bed.heap.state.pointee.limit = 1 << 24
      for function in BuiltinFunction.allCases {
        // Outside of a task there is no stream of random numbers.
        if [.choice, .shuffled, .sample, .random, .randint].contains(function) { continue }
        // Only the compiler names these, with arguments of the right types.
        if [.errorIs, .retryDelay, .unhandled].contains(function) { continue }
        let signature = function.signature
        for _ in 0..<400 {
          let count = signature.isVariadic ? signature.parameters.count + chance.next(4) : signature.parameters.count
          var arguments: [Sample] = []
          for index in 0..<count {
            let isOptional = index < signature.parameters.count && signature.parameters[index].isOptional
            var sample = isOptional && chance.next(2) == 0 ? .unset : samples[chance.next(samples.count)]
            if !isOptional, case .unset = sample { sample = nil }
            // The prelude takes these calls.
            if index < signature.parameters.count, signature.parameters[index].name == signature.preludeParameter {
              sample = .unset
            }
            arguments.append(sample)
          }
          bed.machine.output = []
          _ = bed.with(arguments) { values throws(Thrown) in
            try Machine.native(for: function)(bed.machine, values, count)
          }
        }
      }
    }
  }

  @Test func methods() {
    var chance = Chance(state: 2)
    let samples = Self.samples
    TestBed.run { bed in
      bed.heap.state.pointee.limit = 1 << 24
      for (index, method) in BuiltinMethods.all.enumerated() {
        let receivers = samples.filter { sample in
          let value = bed.make(sample)
          defer { bed.heap.release(value) }
          if case .unset = sample { return false }
          return Machine.receiverKind(of: value) == method.receiver
        }
        if receivers.isEmpty { continue }
        for _ in 0..<400 {
          var arguments = [receivers[chance.next(receivers.count)]]
          for parameter in method.parameters {
            var sample = parameter.isOptional && chance.next(2) == 0 ? .unset : samples[chance.next(samples.count)]
            if !parameter.isOptional, case .unset = sample { sample = nil }
            arguments.append(parameter.name == method.preludeParameter ? .unset : sample)
          }
          _ = bed.with(arguments) { values throws(Thrown) in
            if let native = Machine.mutatingNative(forMethod: index) {
              return try native(bed.machine, values, values + 1, arguments.count - 1)
            }
            guard let native = Machine.native(forMethod: index) else { return .none }
            return try native(bed.machine, values, arguments.count)
          }
        }
      }
    }
  }

  @Test func placesAndOperators() {
    let samples = Self.samples
    TestBed.run { bed in
      bed.heap.state.pointee.limit = 1 << 24
      for left in samples {
        for right in samples {
          _ = bed.with([left, right]) { values throws(Thrown) in
            try bed.machine.setIndex(values, values[1], values[1].retained())
            return .none
          }
          _ = bed.with([left, right]) { values throws(Thrown) in
            try bed.machine.slot(values, values[1]).pointee.retained()
          }
          _ = bed.with([left, right]) { values throws(Thrown) in
            try bed.machine.addInPlace(values, values[1])
            return values[0].retained()
          }
          _ = bed.with([left, right]) { values in Value(bed.machine.equal(values[0], values[1])) }
          for op in ArithmeticOp.allCases { _ = bed.arithmetic(op, left, right) }
        }
        for width in [0, 7, 1 << 30] {
          _ = bed.with([left]) { v throws(Thrown) in try bed.machine.formatted(v[0], width: width, decimals: nil) }
          _ = bed.with([left]) { v throws(Thrown) in try bed.machine.formatted(v[0], width: width, decimals: width) }
        }
      }
    }
  }
}
