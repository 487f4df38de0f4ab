public import WeftMachine

/// A pretended network: how long servers take, how often they fail, and how large their answers are.
///
/// ```swift
/// var network = NetworkModel()
/// network.rules = [NetworkModel.Rule(pattern: "api.test", latency: try Latency(parsing: "lognormal(80ms, 0.4)"))]
/// let result = script.runVirtually(in: network.world(seed: 1))
/// ```
public struct NetworkModel: Sendable {
  public struct Rule: Sendable {
    /// A host, perhaps with a port and a path, in which `*` stands for any text: `api.test`, `*.test`, `api.test/users/*`.
    public let pattern: String
    public var latency: Latency?
    /// The share of requests that fail, from 0 to 1.
    public var failures: Double?
    /// Bytes a second at which the body of each answer comes.
    public var bandwidth: Double?
    /// Bytes of each answer's body.
    public var size: Int?
    fileprivate let matcher: URLPattern

    public init(
      pattern: String, latency: Latency? = nil, failures: Double? = nil, bandwidth: Double? = nil, size: Int? = nil
    ) {
      self.pattern = pattern
      self.latency = latency
      self.failures = failures
      self.bandwidth = bandwidth
      self.size = size
      matcher = URLPattern(pattern.contains("/") ? pattern : pattern + "/*")
    }

    func matches(_ url: String) -> Bool { matcher.matches(method: "", url: url) }
  }

  /// Of several that say something for a URL, the last counts.
  public var rules: [Rule] = []
  /// Of a host that no rule has a latency for.
  public var latency = Latency.constant(100_000_000)

  public init() {}

  /// What the rules say of one URL.
  struct Server: Sendable {
    var latency: Latency
    var failures = 0.0
    var bandwidth: Double?
    var body: [UInt8] = []
    /// No rule has a latency for it.
    var isGuessed = true
  }

  func server(_ url: String) -> Server {
    var server = Server(latency: latency)
    let rest = url.firstRange(of: "://").map { String(url[$0.upperBound...]) } ?? url
    let place = rest.contains("/") ? rest : rest + "/"
    for rule in rules where rule.matches(place) {
      if let latency = rule.latency {
        server.latency = latency
        server.isGuessed = false
      }
      if let failures = rule.failures { server.failures = failures }
      if let bandwidth = rule.bandwidth { server.bandwidth = bandwidth }
      if let size = rule.size { server.body = [UInt8](repeating: UInt8(ascii: "x"), count: size) }
    }
    return server
  }
}

/// Answers the requests of one run by a model. The same requests in the same order get the same answers.
public final class ModelledNetwork: Sendable {
  private struct State {
    var random: SeededNumbers
    /// By the host or, if some rule looks at more than that, by the URL without what follows its `?`: a load test asks for the
    /// same ones again and again.
    var servers: [String: NetworkModel.Server] = [:]
    var guessedHosts: [String] = []
  }

  private let model: NetworkModel
  private let state: Locked<State>
  private let isByHost: Bool
  private static let mostServers = 10_000

  public init(_ model: NetworkModel, seed: UInt64) {
    self.model = model
    isByHost = !model.rules.contains { $0.pattern.contains("/") }
    state = Locked(State(random: SeededNumbers(seed ^ 0x5765_6674)))
  }

  /// The hosts that no rule has a latency for, in the order in which they were asked first.
  public var guessedHosts: [String] { state.withLock { $0.guessedHosts } }

  public func answer(_ request: FetchRequest) -> VirtualAnswer {
    state.withLock { state in
      let key = Self.part(of: request.url, isByHost ? .host : .place)
      let server: NetworkModel.Server
      if let known = state.servers[key] {
        server = known
      } else {
        server = model.server(request.url)
        if state.servers.count < Self.mostServers { state.servers[key] = server }
        if server.isGuessed { noteGuess(request.url, &state) }
      }
      var delay = server.latency.draw(&state.random)
      if server.failures > 0, state.random.unit() < server.failures {
        return VirtualAnswer(
          delay: delay,
          .failure(
            FetchFailure(
              .connectionClosed, "the connection to `\(Self.part(of: request.url, .host))` was closed before the answer"
            )))
      }
      if let bandwidth = server.bandwidth, bandwidth > 0 {
        let time = Double(server.body.count) / bandwidth * 1e9
        delay = delay.addingReportingOverflow(Int64(min(time, 9e17))).partialValue
      }
      return VirtualAnswer(
        delay: delay, .success(FetchResponse(status: 200, headers: [], body: server.body, url: request.url)))
    }
  }

  private func noteGuess(_ url: String, _ state: inout State) {
    let host = Self.part(of: url, .host)
    if !state.guessedHosts.contains(host) { state.guessedHosts.append(host) }
  }

  private enum Part {
    /// With its port.
    case host
    /// All in front of the `?`.
    case place
  }

  private static func part(of url: String, _ part: Part) -> String {
    var url = url
    return url.withUTF8 { bytes in
      var rest = bytes[...]
      if part == .host, let colon = rest.firstIndex(of: UInt8(ascii: ":")), colon + 2 < bytes.count,
        bytes[colon + 1] == UInt8(ascii: "/"), bytes[colon + 2] == UInt8(ascii: "/")
      {
        rest = rest[(colon + 3)...]
      }
      let end = rest.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "/") && part == .host }
      return String(decoding: rest[..<(end ?? rest.endIndex)], as: UTF8.self)
    }
  }
}
