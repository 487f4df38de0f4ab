// Requests per second of AsyncHTTPClient alone: what `fetch` is measured against.
//
//   swift run -c release bare-http-client URL [requests] [at once] [event loop threads]
//
// The idiom is the fastest fair one: as many child tasks as requests at once, each looping over its share.
import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
  print("usage: bare-http-client URL [requests = 20000] [at once = 64] [event loop threads = 1]")
  exit(2)
}
let url = arguments[1]
func number(_ index: Int, _ fallback: Int) -> Int {
  arguments.count > index ? Int(arguments[index]) ?? fallback : fallback
}
let requests = number(2, 20_000)
let atOnce = number(3, 64)
let threads = number(4, 1)

var configuration = HTTPClient.Configuration()
configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1_000
let client = HTTPClient(
  eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: threads), configuration: configuration)

@Sendable func run(_ count: Int) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for worker in 0..<atOnce {
      let share = count / atOnce + (worker < count % atOnce ? 1 : 0)
      group.addTask {
        for _ in 0..<share {
          let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
          _ = try await response.body.collect(upTo: 64 << 20)
        }
      }
    }
    try await group.waitForAll()
  }
}

// Opens the connections, so that only requests are timed.
try await run(atOnce * 4)
let clock = ContinuousClock()
let time = try await clock.measure { try await run(requests) }
let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
print("\(Int(Double(requests) / seconds)) requests/s (\(requests) requests, \(atOnce) at once, \(threads) threads)")
try await client.shutdown().get()
