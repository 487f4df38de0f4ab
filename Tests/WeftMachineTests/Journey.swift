import Testing
import Weft

@testable import WeftCompiler
@testable import WeftMachine

/// Two machines of one run that send values to each other. Nothing may be left over at the end.
struct Journey {
  let memory: RunMemory
  let parent: TestBed
  let worker: TestBed

  static func run(
    _ image: Image = Image(), _ location: SourceLocation = #_sourceLocation, _ body: (Journey) throws -> Void
  ) rethrows {
    let memory = RunMemory()
    do {
      let journey = Journey(
        memory: memory, parent: TestBed(image, memory: memory), worker: TestBed(image, memory: memory))
      try body(journey)
    }
    // Each machine looks for leaks of its own when it goes.
    #expect(memory.liveBlocks == 0, "shared blocks leaked", sourceLocation: location)
    #expect(memory.live == 0, sourceLocation: location)
  }

  /// A value of the parent's, which is taken over, as the worker gets it.
  func send(_ value: Value, _ carrier: Carrier) throws -> Value {
    defer { parent.heap.release(value) }
    let values = try #require(worker.machine.unpack(try pack([value], carrier)))
    try #require(values.count == 1)
    return values[0]
  }

  func pack(_ values: [Value], _ carrier: Carrier) throws -> Parcel {
    do throws(Thrown) {
      return try parent.machine.pack(values, for: carrier)
    } catch {
      throw Refusal(text: parent.show(error))
    }
  }

  struct Refusal: Error, Equatable { let text: String }

  /// What a value, which is taken over, is told when it cannot travel; the same for both carriers.
  func refusal(_ value: Value) -> String {
    defer { parent.heap.release(value) }
    let texts = [Carrier.memory, .bytes].map { carrier in
      do {
        _ = try pack([value], carrier)
        return "no error"
      } catch { return (error as? Refusal)?.text ?? "\(error)" }
    }
    #expect(texts[0] == texts[1])
    return texts[0]
  }
}

extension TestBed {
  /// Runs the machine's program on its own clock to the end, and gives what it printed. Nobody answers its effects: who waits
  /// for that is cancelled.
  func runProgram() -> String {
    machine.begin(at: 0, wallClock: 0)
    while true {
      switch machine.run(ticks: 1_000) {
      case .finished: return String(decoding: machine.takeOutput(), as: UTF8.self)
      case .idle(let deadline):
        if deadline == nil { machine.cancelRun() }
        machine.advance(to: deadline ?? machine.now)
      case .slice, .clock: machine.advance(to: machine.now)
      }
    }
  }

  /// A global variable; what is put into one takes over the reference.
  subscript(global name: String) -> Value {
    get {
      let index = machine.image.globals.firstIndex { $0.name == name }
      return index.map { machine.core.pointee.globals[$0] } ?? .unset
    }
    set {
      guard let index = machine.image.globals.firstIndex(where: { $0.name == name }) else { return }
      machine.heap.release(machine.core.pointee.globals[index])
      machine.core.pointee.globals[index] = newValue
    }
  }
}
