import NIOCore
import NIOPosix
public import Weft
import WeftMachine

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// With which servers a fetcher may speak. They hold for each redirect as well.
///
/// ```swift
/// var configuration = HTTPFetcher.Configuration()
/// configuration.rules = NetworkRules(hosts: ["api.example.com", "*.example.org", "127.0.0.1:8080"])
/// ```
public struct NetworkRules: Sendable {
  /// Names or addresses, each with a port if only that one is meant; `*.example.org` stands for all names below that one, `*` for
  /// all servers.
  public var hosts: [String]
  /// Whether a name may lead into the host's own network: to loopback, private and link-local addresses. An address, or `localhost`,
  /// that stands among `hosts` as such is always allowed.
  public var allowsPrivateAddresses: Bool

  public init(hosts: [String], allowsPrivateAddresses: Bool = false) {
    self.hosts = hosts.map { $0.lowercased() }
    self.allowsPrivateAddresses = allowsPrivateAddresses
  }

  /// Why the server may not be asked, as far as its name tells; nil if it may.
  func refusal(of target: RequestTarget) -> FetchFailure? {
    if hosts.contains(where: { Self.covers($0, target) }) { return nil }
    return FetchFailure(
      .notAllowed, "this run may not speak with \(target.authority)",
      hint: hosts.isEmpty ? nil : "it may speak with \(hosts.joined(separator: ", "))")
  }

  /// Whether it matters where the name leads.
  func dependsOnAddress(of target: RequestTarget) -> Bool {
    if allowsPrivateAddresses { return false }
    // An address that the host has written down was meant.
    let isAddress =
      target.host == "localhost" || (try? SocketAddress(ipAddress: target.host, port: target.port)) != nil
    return !isAddress || !hosts.contains { Self.isSame($0, target) }
  }

  /// Blocks: why the server may not be asked because of where its name leads; nil if it may, or if that is not known, which the
  /// request itself will tell.
  func addressRefusal(of target: RequestTarget) -> FetchFailure? {
    for address in Self.addresses(of: target) where Self.isPrivate(address) {
      return FetchFailure(
        .notAllowed, "\(target.authority) leads to a private address, and this run may not speak with those",
        hint: "an address is allowed when it is named as such")
    }
    return nil
  }

  private static func covers(_ pattern: String, _ target: RequestTarget) -> Bool {
    if pattern == "*" { return true }
    let host = target.host.lowercased()
    guard pattern.hasPrefix("*.") else { return isSame(pattern, target) }
    let (suffix, port) = split(String(pattern.dropFirst()))
    return host.hasSuffix(suffix) && host.utf8.count > suffix.utf8.count && (port == nil || port == target.port)
  }

  private static func isSame(_ pattern: String, _ target: RequestTarget) -> Bool {
    let (name, port) = split(pattern)
    var host = target.host.lowercased()
    // The root of all names may be written out.
    if host.hasSuffix(".") { host.removeLast() }
    return name == host && (port == nil || port == target.port)
  }

  /// A pattern without its port; an IPv6 address with one stands in brackets.
  private static func split(_ pattern: String) -> (name: String, port: Int?) {
    if pattern.hasPrefix("["), let end = pattern.firstIndex(of: "]") {
      let rest = pattern[pattern.index(after: end)...]
      return (String(pattern[..<end].dropFirst()), rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil)
    }
    guard let colon = pattern.firstIndex(of: ":"), colon == pattern.lastIndex(of: ":"),
      let port = Int(pattern[pattern.index(after: colon)...])
    else { return (pattern, nil) }
    return (String(pattern[..<colon]), port)
  }

  private static func addresses(of target: RequestTarget) -> [SocketAddress] {
    if let address = try? SocketAddress(ipAddress: target.host, port: target.port) { return [address] }
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(target.host, nil, &hints, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var found: [SocketAddress] = []
    var next = first
    while let info = next {
      if let address = info.pointee.ai_addr, let known = Self.address(address) { found.append(known) }
      next = info.pointee.ai_next
    }
    return found
  }

  private static func address(_ raw: UnsafeMutablePointer<sockaddr>) -> SocketAddress? {
    switch Int32(raw.pointee.sa_family) {
    case AF_INET:
      raw.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee) }
    case AF_INET6:
      raw.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee) }
    default: nil
    }
  }

  /// Of this machine or of the network that it stands in, or no address of one server at all.
  static func isPrivate(_ address: SocketAddress) -> Bool {
    switch address {
    case .v4(let address): isPrivate(withUnsafeBytes(of: address.address.sin_addr) { Array($0) })
    case .v6(let address): isPrivate(withUnsafeBytes(of: address.address.sin6_addr) { Array($0) })
    case .unixDomainSocket: true
    }
  }

  private static func isPrivate(_ bytes: [UInt8]) -> Bool {
    if bytes.count == 4 {
      switch (bytes[0], bytes[1]) {
      case (0, _), (10, _), (127, _), (224..., _), (100, 64..<128), (169, 254), (172, 16..<32), (192, 168),
        (198, 18...19):
        return true
      default: return bytes[0] == 192 && bytes[1] == 0 && (bytes[2] == 0 || bytes[2] == 2)
      }
    }
    // IPv4 inside of IPv6: mapped, translated, or as 6to4.
    if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == bytes[11] { return isPrivate(Array(bytes[12...])) }
    if bytes.starts(with: [0, 0x64, 0xFF, 0x9B]) { return isPrivate(Array(bytes[12...])) }
    if bytes.starts(with: [0x20, 0x02]) { return isPrivate(Array(bytes[2..<6])) }
    // Unique local, link-local, site-local, multicast, documentation.
    return bytes[0] & 0xFE == 0xFC || bytes[0] == 0xFF || bytes[0] == 0xFE && bytes[1] & 0x80 != 0
      || bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8])
  }
}

extension Capability {
  /// `fetch` from these servers and no others, redirects included.
  ///
  /// ```swift
  /// var weft = Interpreter()
  /// weft.capabilities.append(.network(hosts: ["api.example.com", "*.example.org"]))
  /// ```
  ///
  /// - Parameters:
  ///   - hosts: Names or addresses, as in `NetworkRules`; `["*"]` for all servers.
  ///   - allowsPrivateAddresses: Whether a name may lead into the host's own network.
  public static func network(hosts: [String], allowsPrivateAddresses: Bool = false) -> Capability {
    var configuration = HTTPFetcher.Configuration()
    configuration.rules = NetworkRules(hosts: hosts, allowsPrivateAddresses: allowsPrivateAddresses)
    return .network(HTTPFetcher(configuration))
  }
}
