import Weft

/// Gives an error to C, if it wants it.
private func give(_ error: ErrorBox, _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) {
  if let place { place.pointee = handOut(error) }
}

// MARK: - Errors

@_cdecl("weft_error_free") public func weftErrorFree(_ pointer: UnsafeMutableRawPointer?) {
  _ = taken(pointer, ErrorBox.self)
}

private func error(_ pointer: UnsafeRawPointer?) -> ErrorBox? { borrowed(pointer, ErrorBox.self) }

@_cdecl("weft_error_kind") public func weftErrorKind(_ pointer: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
  error(pointer).map { UnsafePointer($0.kind.start) }
}

@_cdecl("weft_error_message") public func weftErrorMessage(_ pointer: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
  error(pointer).map { UnsafePointer($0.message.start) }
}

@_cdecl("weft_error_text") public func weftErrorText(_ pointer: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
  error(pointer).map { UnsafePointer($0.text.start) }
}

@_cdecl("weft_error_line") public func weftErrorLine(_ pointer: UnsafeRawPointer?) -> Int32 {
  error(pointer)?.line ?? 0
}

@_cdecl("weft_error_column") public func weftErrorColumn(_ pointer: UnsafeRawPointer?) -> Int32 {
  error(pointer)?.column ?? 0
}

@_cdecl("weft_error_reason") public func weftErrorReason(_ pointer: UnsafeRawPointer?) -> Int32 {
  error(pointer)?.reason ?? 1
}

// MARK: - Scripts

@_cdecl("weft_compile")
public func weftCompile(
  _ interpreter: UnsafeRawPointer?, _ source: UnsafePointer<CChar>?, _ length: Int, _ name: UnsafePointer<CChar>?,
  _ error: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> UnsafeMutableRawPointer? {
  let weft = borrowed(interpreter, InterpreterBox.self)?.interpreter ?? Interpreter()
  do throws(CompileError) {
    let script = try weft.compile(string(source, length) ?? "", name: string(name) ?? "<script>")
    return handOut(ScriptBox(script))
  } catch let problem {
    give(ErrorBox(problem), error)
    return nil
  }
}

@_cdecl("weft_script_save") public func weftScriptSave(_ pointer: UnsafeRawPointer?) -> UnsafeMutableRawPointer? {
  borrowed(pointer, ScriptBox.self).map { handOut(.bytes($0.script.saved)) }
}

@_cdecl("weft_load")
public func weftLoad(
  _ interpreter: UnsafeRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int,
  _ error: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> UnsafeMutableRawPointer? {
  let weft = borrowed(interpreter, InterpreterBox.self)?.interpreter ?? Interpreter()
  do throws(LoadError) {
    let script = try weft.load(Array(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : max(0, count))))
    return handOut(ScriptBox(script))
  } catch .doesNotCompile(let problem) {
    give(ErrorBox(problem), error)
  } catch let problem {
    give(ErrorBox(problem), error)
  }
  return nil
}

@_cdecl("weft_script_free") public func weftScriptFree(_ pointer: UnsafeMutableRawPointer?) {
  _ = taken(pointer, ScriptBox.self)
}

// MARK: - Runs

@_cdecl("weft_start")
public func weftStart(
  _ script: UnsafeRawPointer?, _ params: UnsafeRawPointer?, _ staysOpen: Bool
) -> UnsafeMutableRawPointer? {
  guard let script = borrowed(script, ScriptBox.self)?.script else { return nil }
  var values: [String: WeftValue] = [:]
  for entry in borrowed(params, ValueBox.self)?.value.map?.entries ?? [] { values["\(entry.key)"] = entry.value }
  return handOut(RunBox(script.start(with: values, staysOpen: staysOpen)))
}

@_cdecl("weft_run_free") public func weftRunFree(_ pointer: UnsafeMutableRawPointer?) {
  _ = taken(pointer, RunBox.self)
}

@_cdecl("weft_run_wait")
public func weftRunWait(
  _ pointer: UnsafeRawPointer?, _ error: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> UnsafeMutableRawPointer? {
  guard let box = borrowed(pointer, RunBox.self) else { return nil }
  let outcome = waitOnThisThread { () async -> Result<RunResult, RunError> in
    do throws(RunError) { return .success(try await box.run.result) } catch { return .failure(error) }
  }
  switch outcome {
  case .success(let result):
    box.ended(result)
    return handOut(result.value)
  case .failure(let problem):
    box.ended(problem.result)
    give(ErrorBox(problem, in: box.run.script), error)
    return nil
  }
}

@_cdecl("weft_run_output") public func weftRunOutput(_ pointer: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
  borrowed(pointer, RunBox.self).map { UnsafePointer($0.printed.start) }
}

@_cdecl("weft_run_call")
public func weftRunCall(
  _ pointer: UnsafeRawPointer?, _ task: UnsafePointer<CChar>?, _ arguments: UnsafeRawPointer?,
  _ error: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> UnsafeMutableRawPointer? {
  guard let box = borrowed(pointer, RunBox.self), let task = string(task) else { return nil }
  let values = borrowed(arguments, ValueBox.self)?.value.list ?? []
  let outcome = waitOnThisThread { () async -> Result<WeftValue, RunError> in
    do throws(RunError) { return .success(try await box.run.call(task, arguments: values)) } catch {
      return .failure(error)
    }
  }
  switch outcome {
  case .success(let value): return handOut(value)
  case .failure(let problem):
    give(ErrorBox(problem, in: box.run.script), error)
    return nil
  }
}

@_cdecl("weft_run_close") public func weftRunClose(_ pointer: UnsafeRawPointer?) {
  borrowed(pointer, RunBox.self)?.run.takeNoMoreCalls()
}

@_cdecl("weft_run_cancel")
public func weftRunCancel(_ pointer: UnsafeRawPointer?, _ reason: UnsafePointer<CChar>?, _ grace: Int64) {
  borrowed(pointer, RunBox.self)?.run.cancel(
    reason: string(reason), grace: grace < 0 ? nil : .nanoseconds(grace))
}

@_cdecl("weft_run_allow") public func weftRunAllow(_ pointer: UnsafeRawPointer?, _ operations: Int64) {
  borrowed(pointer, RunBox.self)?.run.allow(operations: Int(max(0, operations)))
}

@_cdecl("weft_run_pause") public func weftRunPause(_ pointer: UnsafeRawPointer?) {
  borrowed(pointer, RunBox.self)?.run.pause()
}

@_cdecl("weft_run_resume") public func weftRunResume(_ pointer: UnsafeRawPointer?) {
  borrowed(pointer, RunBox.self)?.run.resume()
}
