import WeftSyntax

/// A place in the code that jumps go to, known or still to come.
final class JumpLabel {
  var position: Int?
  /// Words whose `bx` is the distance to here, and the position that the distance is counted from.
  var waiting: [Int] = []
}

/// One function while its code is being made.
final class FunctionBuilder {
  let parent: FunctionBuilder?
  let name: String
  let role: Image.Role
  var parameters: [String] = []
  var required = 0
  var documentation: String?

  var code: [UInt64]
  var spans: [Span]
  var handlers: [Image.Handler] = []
  var captures: [Image.Capture] = []
  var cellCaptures: [Bool] = []
  private var captureIndexes: [ObjectIdentifier: Int] = [:]

  /// The first register that nothing uses yet.
  private(set) var next = 0
  private(set) var most = 0
  /// Loops, scopes and `finally`s around the current place.
  var enclosing: [Enclosing] = []
  /// The local task whose body this is.
  var selfDeclaration: Declaration?
  var span = Span(0, 0)

  /// - Parameter room: Where to put the code: the room of a function that is finished.
  init(parent: FunctionBuilder?, name: String, role: Image.Role, room: Room = Room()) {
    self.parent = parent
    self.name = name
    self.role = role
    code = room.code
    spans = room.spans
  }

  /// Empty arrays that have grown already.
  struct Room {
    var code: [UInt64] = []
    var spans: [Span] = []
  }

  /// Gives up the code, which has been copied, so that another function can use its room.
  func leaveRoom() -> Room {
    var room = Room()
    swap(&room.code, &code)
    swap(&room.spans, &spans)
    room.code.removeAll(keepingCapacity: true)
    room.spans.removeAll(keepingCapacity: true)
    return room
  }

  enum Enclosing {
    case loop(Loop)
    case cleanup(Cleanup)
  }

  final class Loop {
    let breakLabel = JumpLabel()
    let continueLabel = JumpLabel()
    /// Registers from here on belong to the body.
    let height: Int
    init(height: Int) { self.height = height }
  }

  /// A scope or a `finally`, which every way out of its body passes through.
  final class Cleanup {
    /// The first of two registers for the completion.
    let register: Int
    /// Registers from here on belong to the body.
    let height: Int
    let unwindLabel = JumpLabel()
    /// Ways out that are taken inside, by completion number.
    var exits: [(number: Int, exit: Exit)] = []
    init(register: Int, height: Int) {
      self.register = register
      self.height = height
    }
  }

  enum Exit {
    case breakLoop(Loop)
    case continueLoop(Loop)
    case returnValue
  }

  // MARK: Registers

  func allocate(_ count: Int = 1) -> Int {
    let register = next
    next += count
    most = max(most, next)
    return register
  }

  /// Frees all registers from `register` on.
  func free(to register: Int) { next = register }

  // MARK: Code

  var position: Int { code.count }

  func emit(_ op: Opcode, flags: UInt8 = 0, a: Int = 0, b: Int = 0, c: Int = 0) {
    code.append(Instruction(op, flags: flags, a: a, b: b, c: c).word)
    spans.append(span)
  }

  func emit(_ op: Opcode, flags: UInt8 = 0, a: Int = 0, bx: Int) {
    code.append(Instruction(op, flags: flags, a: a, bx: bx).word)
    spans.append(span)
  }

  /// Emits an instruction whose `bx` is the distance to `label`.
  func emitJump(_ op: Opcode, flags: UInt8 = 0, a: Int = 0, to label: JumpLabel) {
    if let target = label.position {
      emit(op, flags: flags, a: a, bx: target - position - 1)
    } else {
      label.waiting.append(position)
      emit(op, flags: flags, a: a, bx: 0)
    }
  }

  func place(_ label: JumpLabel) {
    label.position = position
    for word in label.waiting {
      let distance = UInt64(UInt32(truncatingIfNeeded: position - word - 1))
      code[word] = (code[word] & 0xFFFF_FFFF) | distance << 32
    }
    label.waiting = []
  }

  // MARK: Captures

  /// The index of the capture that holds `declaration`, which another function declares.
  func capture(_ declaration: Declaration) -> Int {
    let key = ObjectIdentifier(declaration)
    if let index = captureIndexes[key] { return index }
    let source: Image.Capture
    if let parent, parent !== declaration.owner {
      source = .capture(parent.capture(declaration))
    } else {
      source = .register(declaration.register)
    }
    captures.append(source)
    cellCaptures.append(declaration.isCell)
    captureIndexes[key] = captures.count - 1
    return captures.count - 1
  }
}
