extension ParcelWriter {
  /// The error for a value that belongs to its machine.
  func cannotLeave(_ value: Value) -> Thrown {
    let hint: String? =
      switch value.tag {
      case Kind.task: "await it first and send its value"
      case Kind.group: "start the tasks of the group where it is open"
      default: nil
      }
    let name = Machine.typeName(value)
    return machine.raise(.typeError, "\(machine.article(name))\(place) cannot leave its interpreter", hint: hint)
  }

  /// The error for a handle that a worker process would send to another one.
  func cannotLeaveProcess(_ value: Value) -> Thrown {
    let name = Machine.typeName(value)
    return machine.raise(
      .typeError, "\(machine.article(name))\(place) that a worker process made cannot leave it",
      hint: "make it before the `pool`, and let the tasks use it")
  }

  /// Where the part that is written just now stands.
  private var place: String {
    let most = 8
    var steps: [String] = []
    var owner = ""
    for container in open.reversed() {
      if container.block.kind == Kind.closure {
        let function = machine.image.functions[ClosureBlock(container.block).function]
        switch function.role {
        case .task: owner = " captured by `\(function.name)`"
        case .closure: owner = " captured by an anonymous task"
        case .child, .main, .test, .bench: owner = " captured by what a block starts"
        }
        break
      }
      steps.append(step(into: container))
      if steps.count > most {
        steps[most] = "…"
        break
      }
    }
    let path = steps.reversed().joined()
    return (path.isEmpty ? "" : " in `\(path.first == "." ? String(path.dropFirst()) : path)`") + owner
  }

  private func step(into container: Open) -> String {
    let position = container.position - 1
    switch container.block.kind {
    case Kind.list: return "[\(position)]"
    case Kind.map:
      let key = MapBlock(container.block).entries[position].key
      if key.tag == Kind.string, Machine.isWord(StringBlock(key).buffer) {
        return "." + Machine.excerpt(StringBlock(key))
      }
      return "[\(machine.preview(key))]"
    case Kind.error:
      switch ErrorParts.slots[position] {
      case ErrorParts.cause: return ".cause"
      case 4: return ".all"
      // An error's own fields are its members.
      default: return ""
      }
    default: return ""
    }
  }
}
