import WeftMachine

/// The parts of a URL that a message needs, checked before anything is sent.
///
/// AsyncHTTPClient checks URLs too, but says only "invalid URL"; and it accepts ports and hosts that fail later, or
/// not at all.
struct RequestTarget: Equatable, Sendable {
  var isSecure: Bool
  /// Without the brackets of an IPv6 address.
  var host: String
  var port: Int
  /// `user:password`, still percent-encoded.
  var credentials: String?

  /// `host:port`, with the brackets of an IPv6 address.
  var authority: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// - Throws: `FetchFailure` of kind `invalidURL`, with a hint where the mistake is a common one.
  init(_ url: String) throws(FetchFailure) {
    let rest: Substring
    (isSecure, rest) = try Self.splitScheme(url)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    var authority = rest[..<end]
    if let at = authority.lastIndex(of: "@") {
      credentials = String(authority[..<at])
      authority = authority[authority.index(after: at)...]
    }
    let portText: Substring?
    (host, portText) = try Self.splitPort(authority, url: url)
    guard !host.isEmpty else { throw FetchFailure(.invalidURL, "the URL \(quoted(url)) has no host") }
    if let portText, !portText.isEmpty {
      guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(portText),
        (1...65_535).contains(number)
      else {
        throw FetchFailure(
          .invalidURL, "the URL \(quoted(url)) has an invalid port `\(printable(portText))`",
          hint: "a port is a number from 1 to 65535")
      }
      port = number
    } else {
      port = isSecure ? 443 : 80
    }
  }

  private static func splitScheme(_ url: String) throws(FetchFailure) -> (isSecure: Bool, rest: Substring) {
    // Nearly every URL begins like this; no search, no new string.
    if url.utf8.starts(with: "http://".utf8) { return (false, url.dropFirst(7)) }
    if url.utf8.starts(with: "https://".utf8) { return (true, url.dropFirst(8)) }
    if url.isEmpty { throw FetchFailure(.invalidURL, "the URL is empty") }
    guard let colon = url.firstIndex(of: ":"), url[colon...].utf8.starts(with: "://".utf8) else {
      throw FetchFailure(
        .invalidURL, "the URL \(quoted(url)) has no scheme", hint: "did you mean \(quoted(withScheme(url)))?")
    }
    let scheme = url[..<colon]
    let rest = url[colon...].dropFirst(3)
    switch scheme.lowercased() {
    case "http": return (false, rest)
    case "https": return (true, rest)
    case "":
      throw FetchFailure(
        .invalidURL, "the URL \(quoted(url)) has no scheme", hint: "did you mean \(quoted("http://\(rest)"))?")
    case "htp", "htttp", "hhttp", "ttp", "htpp":
      throw unsupported(scheme, url, hint: "did you mean \(quoted("http://\(rest)"))?")
    case "htps", "htpps", "htttps", "ttps", "httsp", "hhttps":
      throw unsupported(scheme, url, hint: "did you mean \(quoted("https://\(rest)"))?")
    default: throw unsupported(scheme, url, hint: "`fetch` speaks `http` and `https`")
    }
  }

  private static func unsupported(_ scheme: Substring, _ url: String, hint: String) -> FetchFailure {
    FetchFailure(.invalidURL, "the URL \(quoted(url)) has an unsupported scheme `\(printable(scheme))`", hint: hint)
  }

  /// What the writer of a URL without `://` most likely meant.
  private static func withScheme(_ url: String) -> String {
    for scheme in ["https", "http"] {
      for separator in [":", "/"] where url.lowercased().hasPrefix(scheme + separator) {
        return "\(scheme)://\(url.dropFirst(scheme.count + 1).drop { $0 == "/" })"
      }
    }
    return "http://\(url.drop { $0 == "/" })"
  }

  private static func splitPort(_ authority: Substring, url: String) throws(FetchFailure) -> (String, Substring?) {
    if authority.first == "[" {
      guard let bracket = authority.firstIndex(of: "]") else {
        throw FetchFailure(.invalidURL, "the URL \(quoted(url)) lacks the `]` after its IPv6 address")
      }
      let host = authority[authority.index(after: authority.startIndex)..<bracket]
      let rest = authority[authority.index(after: bracket)...]
      guard host.utf8.allSatisfy(isAddressByte), rest.isEmpty || rest.first == ":" else {
        throw FetchFailure(.invalidURL, "the URL \(quoted(url)) has an invalid host")
      }
      return (String(host), rest.isEmpty ? nil : rest.dropFirst())
    }
    let colon = authority.firstIndex(of: ":")
    let host = authority[..<(colon ?? authority.endIndex)]
    guard host.utf8.allSatisfy(isHostByte) else {
      throw FetchFailure(.invalidURL, "the URL \(quoted(url)) has an invalid host `\(printable(host))`")
    }
    return (String(host), colon.map { authority[authority.index(after: $0)...] })
  }

  private static func isAddressByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
    default: false
    }
  }

  /// No `%`: a decoded NUL would cut the name short in `getaddrinfo`.
  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), 0x80...: true
    default: false
    }
  }
}

/// `text` in double quotes, on one line and not endless.
func quoted(_ text: String) -> String { "\"\(printable(text[...]))\"" }

/// `text` without control characters, cut after 200 characters: it goes to a terminal.
func printable(_ text: Substring) -> String {
  let tame = text.utf8.count <= 200 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  if tame { return String(text) }
  let shown = text.unicodeScalars.prefix(200).map { scalar in
    scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
  }
  return shown.joined() + (text.unicodeScalars.count > 200 ? "…" : "")
}
