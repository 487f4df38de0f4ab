import Foundation

/// The Python that has httpbin.
///
/// `make test` makes a virtual environment and names its interpreter in `WEFT_TEST_PYTHON`. Without that, the one in
/// `.venv-tests` serves; if there is none, it is made here.
actor Python {
  static let shared = Python()

  private var search: Task<URL?, Never>?

  /// The interpreter; nil if httpbin can't be had, of which standard error then says why.
  func withHTTPBin() async -> URL? {
    if let search { return await search.value }
    let search = Task { await Self.find() }
    self.search = search
    return await search.value
  }

  private static func find() async -> URL? {
    if let path = ProcessInfo.processInfo.environment["WEFT_TEST_PYTHON"] {
      let given = URL(filePath: path)
      if await hasHTTPBin(given) { return given }
      return missing("the Python of WEFT_TEST_PYTHON, `\(path)`, has no httpbin")
    }
    let environment = Project.folder.appending(path: ".venv-tests")
    let python = environment.appending(path: "bin/python")
    if await hasHTTPBin(python) { return python }
    let env = URL(filePath: "/usr/bin/env")
    guard await run(env, ["python3", "-m", "venv", environment.path]) else {
      return missing("`python3 -m venv .venv-tests` failed")
    }
    guard await run(python, ["-m", "pip", "install", "--quiet", "--retries", "1", "httpbin"]) else {
      return missing("pip could not install httpbin into .venv-tests")
    }
    return python
  }

  private static func hasHTTPBin(_ python: URL) async -> Bool {
    guard FileManager.default.isExecutableFile(atPath: python.path) else { return false }
    return await run(python, ["-c", "import httpbin"])
  }

  private static func missing(_ reason: String) -> URL? {
    FileHandle.standardError.write(Data("no tests against httpbin: \(reason)\n".utf8))
    return nil
  }

  /// Whether the program ended with status 0.
  private static func run(_ program: URL, _ arguments: [String]) async -> Bool {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return await withCheckedContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus == 0) }
      do { try process.run() } catch { continuation.resume(returning: false) }
    }
  }
}
