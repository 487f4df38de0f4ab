import WeftSyntax

/// What the host adds: its functions and the methods of its objects.
extension Emitter {
  /// The index of a function of the host, which the program names from here on.
  func hostFunction(_ function: HostInterface.Function) -> Int {
    if let index = image.hostFunctions.firstIndex(of: function.name) { return index }
    image.hostFunctions.append(function.name)
    return image.hostFunctions.count - 1
  }

  /// The id of a method that only host objects have; nil if none has it.
  func hostMethod(_ name: String) -> Int? {
    guard host.methods[name] != nil else { return nil }
    if let index = image.hostMethods.firstIndex(of: name) { return BuiltinMethods.names.count + index }
    image.hostMethods.append(name)
    return BuiltinMethods.names.count + image.hostMethods.count - 1
  }

  func emitHostCall(
    _ function: HostInterface.Function, _ arguments: [Argument], to target: Int, _ span: Span
  ) {
    let names = function.parameters.map(\.name)
    let first = window(target: target, size: max(1, names.count + arguments.count))
    var count = place(arguments, parameters: names, at: first)
    while count < names.count {
      f.emit(.loadUnset, a: first + count)
      count += 1
    }
    f.span = span
    f.emit(.callHost, a: first, b: count, c: hostFunction(function))
    if first != target { f.emit(.take, a: target, b: first) }
  }
}
