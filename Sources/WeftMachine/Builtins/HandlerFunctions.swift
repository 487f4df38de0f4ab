import WeftCompiler

/// The native behind `catch each`.
enum HandlerFunctions {
  /// The body was left, as the completion in the first two arguments says, before it had handled all of `matched`; the
  /// next would have been the one at an index; `rest` holds the errors of other kinds. Gives what is to be thrown, or none.
  ///
  /// An error that the body throws goes on together with all that is left. A jump out of it says that the matched errors
  /// are done with, but not the others.
  static func unhandled(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let completion = Int(arguments[0].int)
    let rest = arguments[4]
    guard completion == Completion.thrown else {
      return completion == Completion.cancelled ? .none : rest.retained()
    }
    let heap = machine.heap
    let matched = ListBlock(arguments[2])
    var singles = Value(heap.makeList(capacity: matched.count).block)
    var known: Set<UInt64> = []
    machine.appendSingles(of: arguments[1], to: &singles, &known)
    for index in Int(arguments[3].int)..<max(Int(arguments[3].int), matched.count) {
      machine.appendSingles(of: matched.elements[index], to: &singles, &known)
    }
    if rest.tag == Kind.error { machine.appendSingles(of: rest, to: &singles, &known) }
    return machine.combined(singles)
  }
}
