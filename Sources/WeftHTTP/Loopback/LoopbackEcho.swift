import NIOCore
import NIOHTTP1

/// What httpbin says about a request.
extension LoopbackEndpoints {
  static func echo(_ request: LoopbackRequest, withBody: Bool) -> JSONText {
    var fields = fields(request)
    if withBody {
      let bytes = Array(request.body.readableBytesView)
      let isForm = request.head.headers.first(name: "content-type")?.hasPrefix("application/x-www-form-urlencoded")
      let text = String(validating: bytes, as: UTF8.self)
      let form = isForm == true ? text.map { queryItems($0[...]) } : nil
      let data = text ?? "data:application/octet-stream;base64,\(base64(bytes))"
      fields.append(("data", .string(form == nil ? data : "")))
      fields.append(("form", grouped(form ?? [])))
      fields.append(("json", text.flatMap { isJSON($0) ? .raw($0) : nil } ?? .raw("null")))
    }
    return .object(fields.sorted { $0.0 < $1.0 })
  }

  /// `args`, `headers`, `origin` and `url`.
  static func fields(_ request: LoopbackRequest) -> [(String, JSONText)] {
    let host = request.head.headers.first(name: "host") ?? "127.0.0.1"
    return [
      ("args", grouped(queryItems(request.query))), ("headers", headers(request)), ("origin", .string(request.origin)),
      ("url", .string("http://\(host)\(request.head.uri)")),
    ]
  }

  /// Names in the way of httpbin: `Content-Type`; several headers of one name joined by commas.
  static func headers(_ request: LoopbackRequest) -> JSONText {
    var values: [(name: String, value: String)] = []
    for (name, value) in request.head.headers {
      let title = name.split(separator: "-", omittingEmptySubsequences: false)
        .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(separator: "-")
      if let index = values.firstIndex(where: { $0.name == title }) {
        values[index].value += ",\(value)"
      } else {
        values.append((title, value))
      }
    }
    return .object(values.sorted { $0.name < $1.name }.map { ($0.name, .string($0.value)) })
  }

  static func queryItems(_ query: Substring) -> [(name: String, value: String)] {
    query.split(separator: "&").map { item in
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        percentDecoded(parts[0], plusIsSpace: true),
        parts.count > 1 ? percentDecoded(parts[1], plusIsSpace: true) : ""
      )
    }
  }

  /// A name that came once has a string, one that came several times a list.
  private static func grouped(_ items: [(name: String, value: String)]) -> JSONText {
    var groups: [String: [JSONText]] = [:]
    for (name, value) in items { groups[name, default: []].append(.string(value)) }
    return .object(
      groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value.count == 1 ? $0.value[0] : .array($0.value)) })
  }
}
