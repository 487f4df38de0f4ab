import Weft

@_cdecl("weft_interpreter_new") public func weftInterpreterNew() -> UnsafeMutableRawPointer {
  handOut(InterpreterBox())
}

@_cdecl("weft_interpreter_free") public func weftInterpreterFree(_ pointer: UnsafeMutableRawPointer?) {
  _ = taken(pointer, InterpreterBox.self)
}

private func change(_ pointer: UnsafeMutableRawPointer?, _ body: (inout Interpreter) -> Void) {
  if let box = borrowed(pointer, InterpreterBox.self) { body(&box.interpreter) }
}

@_cdecl("weft_limit_memory") public func weftLimitMemory(_ pointer: UnsafeMutableRawPointer?, _ bytes: Int64) {
  change(pointer) { $0.limits.memory = ByteCount(Int(max(0, bytes))) }
}

@_cdecl("weft_limit_operations") public func weftLimitOperations(_ pointer: UnsafeMutableRawPointer?, _ count: Int64) {
  change(pointer) { $0.limits.operations = Int(max(0, count)) }
}

@_cdecl("weft_limit_time") public func weftLimitTime(_ pointer: UnsafeMutableRawPointer?, _ nanoseconds: Int64) {
  change(pointer) { $0.limits.time = nanoseconds < 0 ? nil : .nanoseconds(nanoseconds) }
}

@_cdecl("weft_limit_workers") public func weftLimitWorkers(_ pointer: UnsafeMutableRawPointer?, _ count: Int64) {
  change(pointer) { $0.limits.workers = Int(max(0, count)) }
}

@_cdecl("weft_limit_output") public func weftLimitOutput(_ pointer: UnsafeMutableRawPointer?, _ bytes: Int64) {
  change(pointer) { $0.limits.output = ByteCount(Int(max(0, bytes))) }
}

@_cdecl("weft_limit_call_stack") public func weftLimitCallStack(_ pointer: UnsafeMutableRawPointer?, _ bytes: Int64) {
  change(pointer) { $0.limits.callStack = ByteCount(Int(max(0, bytes))) }
}

@_cdecl("weft_limit_tasks") public func weftLimitTasks(_ pointer: UnsafeMutableRawPointer?, _ count: Int64) {
  change(pointer) { $0.limits.tasks = Int(max(0, count)) }
}

@_cdecl("weft_limit_value_size") public func weftLimitValueSize(_ pointer: UnsafeMutableRawPointer?, _ bytes: Int64) {
  change(pointer) { $0.limits.valueSize = ByteCount(Int(max(0, bytes))) }
}

@_cdecl("weft_limit_response") public func weftLimitResponse(_ pointer: UnsafeMutableRawPointer?, _ bytes: Int64) {
  change(pointer) { $0.limits.response = ByteCount(Int(max(0, bytes))) }
}

@_cdecl("weft_set_seed") public func weftSetSeed(_ pointer: UnsafeMutableRawPointer?, _ seed: UInt64) {
  change(pointer) { $0.capabilities.append(.randomness(seed: seed)) }
}

@_cdecl("weft_grant") public func weftGrant(_ pointer: UnsafeMutableRawPointer?, _ capability: Int32) {
  change(pointer) { weft in
    switch capability {
    case 1: weft.capabilities.append(.files(DiskFiles()))
    case 2: setEnvironment(of: &weft) { _ in }
    case 3: weft.capabilities.append(.output(.capture))
    case 4: weft.capabilities.append(.clock)
    case 5: weft.capabilities.append(.randomness())
    default: break
    }
  }
}

@_cdecl("weft_grant_nothing") public func weftGrantNothing(_ pointer: UnsafeMutableRawPointer?) {
  borrowed(pointer, InterpreterBox.self)?.grantNothing()
}

@_cdecl("weft_grant_files")
public func weftGrantFiles(_ pointer: UnsafeMutableRawPointer?, _ folder: UnsafePointer<CChar>?, _ writing: Bool) {
  guard let folder = string(folder) else { return }
  borrowed(pointer, InterpreterBox.self)?.grantFiles(below: folder, writing: writing)
}

@_cdecl("weft_set_environment")
public func weftSetEnvironment(
  _ pointer: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) {
  guard let name = string(name) else { return }
  change(pointer) { weft in setEnvironment(of: &weft) { $0[name] = string(value) } }
}

private func setEnvironment(of weft: inout Interpreter, _ change: (inout [String: String]) -> Void) {
  var variables: [String: String] = [:]
  for case .environment(let known) in weft.capabilities { variables = known }
  change(&variables)
  weft.capabilities.append(.environment(variables))
}

// MARK: - Host functions

public typealias WeftFunction =
  @convention(c) (
    UnsafeMutableRawPointer?, UnsafePointer<UnsafeRawPointer?>?, Int,
    UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> UnsafeMutableRawPointer?
public typealias WeftAsyncFunction =
  @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UnsafeRawPointer?>?, Int, UnsafeMutableRawPointer?) -> Void

/// The names of C's parameters; those with a `?` behind them are optional.
private func parameters(
  _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int
) -> (names: [HostParameter], optional: Set<String>) {
  var parameters: [HostParameter] = []
  var optional: Set<String> = []
  for index in 0..<max(0, count) {
    var name = string(names?[index]) ?? ""
    if name.hasSuffix("?") {
      name.removeLast()
      optional.insert(name)
    }
    parameters.append(HostParameter(name))
  }
  return (parameters, optional)
}

/// Lends values to C for the time of a call.
private func withArguments<Result>(
  _ values: [WeftValue], _ body: (UnsafePointer<UnsafeRawPointer?>?, Int) -> Result
) -> Result {
  let boxes = values.map { ValueBox($0) }
  let pointers: [UnsafeRawPointer?] = boxes.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) }
  return withExtendedLifetime(boxes) { pointers.withUnsafeBufferPointer { body($0.baseAddress, values.count) } }
}

@_cdecl("weft_define")
public func weftDefine(
  _ pointer: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?,
  _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ documentation: UnsafePointer<CChar>?, _ style: Int32,
  _ function: WeftFunction?, _ user: UnsafeMutableRawPointer?
) {
  guard let name = string(name), let function else { return }
  let (parameters, optional) = parameters(names, count)
  let user = UserPointer(pointer: user)
  let hostFunction = HostFunction(
    name, parameters: parameters, optional: optional, documentation: string(documentation) ?? "",
    runs: style == 1 ? .blocking : .inline
  ) { arguments in
    var error: UnsafeMutableRawPointer?
    let result = withArguments(arguments) { function(user.pointer, $0, $1, &error) }
    let value = taken(result, ValueBox.self)?.value ?? .none
    if let error = taken(error, ErrorBox.self) {
      throw WeftError(String(cString: error.kind.start), String(cString: error.message.start))
    }
    return value
  }
  change(pointer) { $0.host.add(hostFunction) }
}

@_cdecl("weft_define_async")
public func weftDefineAsync(
  _ pointer: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?,
  _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, _ documentation: UnsafePointer<CChar>?,
  _ function: WeftAsyncFunction?, _ user: UnsafeMutableRawPointer?
) {
  guard let name = string(name), let function else { return }
  let (parameters, optional) = parameters(names, count)
  let user = UserPointer(pointer: user)
  let hostFunction = HostFunction(
    name, parameters: parameters, optional: optional, documentation: string(documentation) ?? ""
  ) { (arguments: [WeftValue]) async throws -> WeftValue in
    let call = CallBox()
    withArguments(arguments) { function(user.pointer, $0, $1, handOut(call)) }
    return try await call.result()
  }
  change(pointer) { $0.host.add(hostFunction) }
}

@_cdecl("weft_define_error")
public func weftDefineError(_ pointer: UnsafeMutableRawPointer?, _ kind: UnsafePointer<CChar>?) {
  guard let kind = string(kind) else { return }
  change(pointer) { $0.define(error: kind) }
}

@_cdecl("weft_host_error")
public func weftHostError(_ kind: UnsafePointer<CChar>?, _ message: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer {
  handOut(ErrorBox(kind: string(kind) ?? "HostError", message: string(message) ?? ""))
}

@_cdecl("weft_call_complete")
public func weftCallComplete(_ call: UnsafeMutableRawPointer?, _ result: UnsafeMutableRawPointer?) {
  let value = taken(result, ValueBox.self)?.value ?? .none
  taken(call, CallBox.self)?.end(.success(value))
}

@_cdecl("weft_call_fail")
public func weftCallFail(
  _ call: UnsafeMutableRawPointer?, _ kind: UnsafePointer<CChar>?, _ message: UnsafePointer<CChar>?
) {
  taken(call, CallBox.self)?.end(.failure(WeftError(string(kind) ?? "HostError", string(message) ?? "")))
}

@_cdecl("weft_call_is_cancelled") public func weftCallIsCancelled(_ call: UnsafeRawPointer?) -> Bool {
  borrowed(call, CallBox.self)?.isCancelled ?? false
}
