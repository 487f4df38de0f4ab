import Weft
import WeftHTTP

/// What a session of the prompt is made of; `:set` changes it.
struct PromptSettings: Sendable {
  var seed: UInt64
  var isVirtual: Bool
  /// Kept for all sessions of the prompt, with its connections.
  let fetcher: HTTPFetcher

  func makeSession(output: @escaping @Sendable ([UInt8]) -> Void) -> Session {
    var options = RunOptions()
    options.seed = seed
    options.files = DiskFiles()
    options.environment = RunCommand.environment
    return Session(
      options, clock: isVirtual ? .virtual : .real, imports: ScriptFile.imports, granting: .all, fetcher: fetcher,
      output: output)
  }
}
