import Foundation
import Testing
import WeftHTTP
import WeftMachine

/// A real nginx on this machine, with a folder and a configuration of its own, for one test.
struct Nginx: Sendable {
  /// Such as `http://127.0.0.1:36105`.
  let base: String
  private let folder: URL

  static let smallSize = 1_000
  static let zippedSize = 200_000
  static let largeSize = 32_000_000

  struct StartError: Error, CustomStringConvertible {
    let description: String
  }

  /// The program; nil where it is not installed.
  static let program: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return (folders + ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"]).map { $0 + "/nginx" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }()

  /// nginx goes to the background once it listens, and ends when the tests do, however they end.
  private static let shell = """
    "$1" -p "$2" -c nginx.conf -e error.log && echo ready && cat
    "$1" -p "$2" -c nginx.conf -s stop
    """

  /// Calls `body` while the server runs, and ends the server.
  static func serve(_ body: (Nginx) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-nginx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(repeating: UInt8(ascii: "s"), count: smallSize).write(to: folder.appending(path: "small.txt"))
    try Data(repeating: UInt8(ascii: "z"), count: zippedSize).write(to: folder.appending(path: "zipped.txt"))
    try Data(repeating: 0, count: largeSize).write(to: folder.appending(path: "large.bin"))
    // Somebody else may take the port in between.
    for _ in 0..<5 {
      guard let port = freePort() else { break }
      try configuration(port: port, folder: folder).write(
        to: folder.appending(path: "nginx.conf"), atomically: true, encoding: .utf8)
      let process = Process()
      let input = Pipe()
      let output = Pipe()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", shell, "sh", program ?? "nginx", folder.path]
      process.standardInput = input
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let isReady = await HTTPBin.firstLine(of: output.fileHandleForReading) == "ready"
      if isReady {
        do { try await body(Nginx(base: "http://127.0.0.1:\(port)", folder: folder)) } catch {
          end(process, input)
          throw error
        }
      }
      end(process, input)
      if isReady { return }
    }
    let log = (try? String(contentsOf: folder.appending(path: "error.log"), encoding: .utf8)) ?? ""
    throw StartError(description: "nginx did not start: \(log.suffix(500))")
  }

  private static func end(_ process: Process, _ input: Pipe) {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private static func configuration(port: Int, folder: URL) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder.path)/\($0);" }
    return """
      worker_processes 1;
      pid nginx.pid;
      error_log error.log;
      events { worker_connections 1024; }
      http {
        log_format requests "$connection $status $body_bytes_sent $request_uri";
        access_log requests.log requests;
        keepalive_requests 1000000;
        default_type text/plain;
        \(temporary.joined(separator: "\n  "))
        server {
          listen 127.0.0.1:\(port) backlog=1024;
          root \(folder.path);
          location = /zipped.txt { gzip on; gzip_types text/plain; gzip_min_length 1; gzip_proxied any; }
          location = /moved { return 302 /small.txt; }
          location = /around { return 301 /around; }
          location = /status { stub_status; access_log off; }
        }
      }

      """
  }

  private static func freePort() -> Int? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
  }

  // MARK: What it saw

  struct Request {
    let connection: Int
    let status: Int
    /// Of the body, as they went over the wire.
    let bytes: Int
    let path: String
  }

  /// All requests so far. nginx writes one down after it has answered; its only worker has done so when it answers again.
  func requests() async throws -> [Request] {
    _ = try await openConnections()
    return try String(contentsOf: folder.appending(path: "requests.log"), encoding: .utf8).split(separator: "\n").map {
      line in
      let parts = line.split(separator: " ")
      try #require(parts.count == 4)
      return Request(
        connection: try #require(Int(parts[0])), status: try #require(Int(parts[1])),
        bytes: try #require(Int(parts[2])), path: String(parts[3]))
    }
  }

  /// How many connections are open but for the one that asks. nginx may not have seen yet that the last were closed, so it
  /// is asked again a few times while there are some.
  func openConnections() async throws -> Int {
    let fetcher = HTTPFetcher()
    var open = 0
    for _ in 0..<100 {
      let answer = try await fetcher.fetch(FetchRequest(method: "GET", url: base + "/status"))
      let line = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").first
      let count = try #require(line?.split(separator: ":").last)
      open = try #require(Int(count.trimmingCharacters(in: .whitespaces))) - 1
      if open == 0 { break }
    }
    await fetcher.shutdown()
    return open
  }
}

extension Trait where Self == ConditionTrait {
  static var needsNginx: Self {
    .enabled("needs nginx: `apt-get install nginx`") { Nginx.program != nil }
  }
}
