import Foundation
import Weft
import WeftMachine

/// A script of `Tests/Conformance` with what it must do, which its comments say:
///
///     # expect: line     one line of the output; `# or:` begins another outcome that is as good
///     # fails: Kind      the run ends with this error
///     # virtual: 1.5s    the time that it takes, exactly
///     # ticks: 120       the ticks that it takes, exactly
///     # seeds: sorted    in another order of tasks the lines may come in another order
///     # seeds: any       in another order of tasks the output may differ
///     # real             it runs on the real clock as well
struct ConformanceScript: Sendable, CustomStringConvertible {
  enum Order: String { case exact, sorted, any }

  let name: String
  let text: String
  var outcomes: [[String]] = [[]]
  var failure: String?
  var time: Int64?
  var ticks: Int?
  var order = Order.exact
  var isReal = false

  var description: String { name }

  /// Threads of the system take turns as it likes.
  var realOrder: Order { text.contains("pool(") ? order : .exact }

  init(name: String, text: String) {
    self.name = name
    self.text = text
    for line in text.split(separator: "\n") where line.hasPrefix("# ") {
      let parts = line.dropFirst(2).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
      switch parts[0] {
      case "expect": outcomes[outcomes.count - 1].append(value)
      case "or": outcomes.append([])
      case "fails": failure = value
      case "virtual": time = Self.nanoseconds(value)
      case "ticks": ticks = Int(value)
      case "seeds": order = Order(rawValue: value) ?? .exact
      case "real": isReal = true
      default: break
      }
    }
  }

  private static func nanoseconds(_ text: String) -> Int64? {
    let units: [(String, Double)] = [("ms", 1e6), ("us", 1e3), ("ns", 1), ("s", 1e9), ("m", 6e10), ("h", 3.6e12)]
    for (unit, size) in units where text.hasSuffix(unit) {
      return Double(text.dropLast(unit.count)).map { Int64(($0 * size).rounded()) }
    }
    return nil
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Conformance")

  static let all: [ConformanceScript] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".weft") }.sorted().compactMap { name in
      guard let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8) else { return nil }
      return ConformanceScript(name: name, text: text)
    }
  }()

  /// What is wrong with a run, nil if nothing is.
  func problem(with result: RunResult, output: [UInt8], order: Order = .exact) -> String? {
    var ending = "completed"
    switch result.outcome {
    case .completed: if failure != nil { return "it completed" }
    case .failed(let report):
      if report.kind != failure { return "failed: \(report.kind): \(report.message)" }
      ending = "failed"
    case .cancelled: return "it was cancelled"
    case .exceeded(let report): return "exceeded: \(report.message)"
    }
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    let isRight =
      switch order {
      case .exact: outcomes.contains(lines)
      case .sorted: outcomes.contains { $0.sorted() == lines.sorted() }
      case .any: true
      }
    if !isRight { return "\(ending) with the output \(lines)" }
    if !result.leftovers.isEmpty { return "leftovers: \(result.leftovers)" }
    return nil
  }
}

extension ConformanceScript {
  private static let knownTicks = Locked<[String: Int]>([:])

  /// How many ticks it takes in the first order.
  var usualTicks: Int {
    if let known = Self.knownTicks.withLock({ $0[name] }) { return known }
    let ticks = (try? Script(compiling: text, name: name))?.runVirtually(.test(), in: .test()).ticks ?? 0
    Self.knownTicks.withLock { $0[name] = ticks }
    return ticks
  }

  /// How often to repeat a run: what takes long in one order takes long in all.
  func effort<Count: BinaryInteger>(_ usual: Count, ofLarge large: Count, ofHuge huge: Count) -> Count {
    usualTicks > 20_000 ? huge : usualTicks > 3_000 ? large : usual
  }
}

extension Machine.Leftovers {
  var isEmpty: Bool { fibers == 0 && scopes == 0 && timers == 0 && fetches == 0 }
}

extension VirtualWorld {
  /// A network in which `http://test/<ms>/<status>` answers `ok` after so many milliseconds, and `http://down/<ms>` refuses.
  static func test(orderSeed: UInt64? = nil) -> VirtualWorld {
    VirtualWorld(orderSeed: orderSeed) { request, _ in
      let parts = request.url.split { "/?".contains($0) }.map(String.init)
      let delay = (parts.count > 2 ? Int64(parts[2]) ?? 0 : 0).multipliedReportingOverflow(by: 1_000_000).partialValue
      if parts.count > 1, parts[1] == "down" {
        return VirtualAnswer(delay: delay, .failure(FetchFailure(.connectionRefused, "refused")))
      }
      return .text("ok", status: parts.count > 3 ? Int(parts[3]) ?? 200 : 200, delay: delay, url: request.url)
    }
  }
}

extension RunOptions {
  /// A script that runs away is stopped.
  static func test(ticks: Int = 2_000_000) -> RunOptions {
    var options = RunOptions()
    options.limits.operations = ticks
    options.limits.memory = 256 << 20
    return options
  }
}

/// A list that several threads may add to.
final class Collected<Element: Sendable>: Sendable {
  private let elements = Locked<[Element]>([])
  var all: [Element] { elements.withLock { $0 } }
  func append(_ element: Element) { elements.withLock { $0.append(element) } }
  func append(contentsOf more: [Element]) { elements.withLock { $0 += more } }
}
