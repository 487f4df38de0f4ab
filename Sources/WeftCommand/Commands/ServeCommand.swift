import ArgumentParser
import WeftHTTP

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve something to download on this machine, until Ctrl-C.",
    discussion: """
      The endpoints are like those of httpbin: /get, /post, /delay/{seconds}, /status/{code}, /bytes/{n}, /stream/{n}, \
      /redirect/{n}, /gzip, /headers, and /stats for what the server has seen. Only this machine can reach it.
      """)

  @Option(help: "The port; 0 for any that is free.")
  var port = 8080

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("a port is a number from 0 to 65535, not \(port)") }
  }

  func run() async throws {
    let signals = await StopSignals()
    let server: LoopbackServer
    do {
      server = try await LoopbackServer.start(port: port)
    } catch {
      Reporter(.text).failure(
        "cannot listen on port \(port): it is in use or not permitted", hint: "`--port 0` takes any that is free")
      throw ExitStatus.failed
    }
    Console.shared.write(Array("http://127.0.0.1:\(server.port)\n".utf8))
    await withCheckedContinuation { continuation in
      signals.onFirst { _ in continuation.resume() }
    }
    await server.stop()
  }
}
