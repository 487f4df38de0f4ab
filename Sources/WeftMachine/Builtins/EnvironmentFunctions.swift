/// Natives that look at what the host tells of its surroundings.
enum EnvironmentFunctions {
  static func env(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let name = try machine.stringArgument(arguments[0], "the argument of `env`")
    if let value = machine.environment[String(decoding: name.buffer, as: UTF8.self)] {
      return machine.heap.makeString(value)
    }
    return arguments[1].tag == Kind.unset ? .none : arguments[1].retained()
  }

  static func shutdownRequested(
    _ machine: Machine, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    Value(machine.isShutdownRequested)
  }
}
