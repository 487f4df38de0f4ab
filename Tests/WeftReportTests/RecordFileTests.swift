import Foundation
import Testing
import Weft

@testable import WeftReport

@Suite struct RecordFileTests {
  static let text = """
    task download(n) { retry(1, backoff: 1s) { fetch("http://a.test/wait/\\(n)").check() } }
    rate(50/s) { semaphore(3) { gather(errors: keep) for n in 1...20 { download(n) } } }
    timeout(1s) { gather { sleep 5s; fetch("http://a.test/fail") } } else { none }
    pool(threads: 2) { gather for n in 1...5 { n * n } }
    """

  @Test func theSameSeedGivesTheSameBytes() throws {
    let first = try report(Self.text, in: network).json
    #expect(try report(Self.text, in: network).json == first)
    #expect(first.count > 3_000)
  }

  @Test func itIsReadBackWhole() throws {
    let report = try report(Self.text, in: network)
    let copy = try RunReport(json: report.json)
    #expect(copy == report)
    #expect(copy.json == report.json)
    #expect(copy.text() == report.text())
    #expect(copy.page == report.page)
  }

  @Test func whatIsNoRecordSaysSo() throws {
    func problem(_ text: String) -> String {
      do {
        _ = try RunReport(json: Array(text.utf8))
        return "it is read"
      } catch {
        return error.message
      }
    }
    #expect(problem("") == "this is no record of a run: the JSON text ends too early in line 1")
    #expect(problem("{\n\"a\": 1,\n}") == "this is no record of a run: a name is missing in line 3")
    #expect(problem("[1]") == "this JSON is no record of a run")
    #expect(
      problem("{\"weft\": \"run record\", \"version\": 99}")
        == "this record has version 99 of the form, and this weft reads version 1")
    #expect(
      problem("{\"weft\": \"run record\", \"version\": 1}")
        == "this record of a run is damaged: parts of it are missing")
    #expect(problem(String(repeating: "[", count: 100_000)).hasSuffix("nested too deep in line 1"))
  }

  /// Whatever is in a file, reading it gives a record or a problem.
  @Test func brokenRecordsDoNotTrap() throws {
    let bytes = try report(Self.text, in: network).json
    var state: UInt64 = 3
    for _ in 0..<300 {
      var broken = bytes
      for _ in 0..<3 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(state >> 33) % broken.count
        broken[place] =
          [UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "]"), UInt8(ascii: "\"")][Int(state >> 20) & 3]
      }
      guard let report = try? RunReport(json: broken) else { continue }
      _ = (report.text(), report.page, report.timeline.svg(title: "x"), report.timeline.chromeTrace(script: "x"))
    }
    // Numbers that no run has, in the place of each number.
    let text = String(decoding: bytes, as: UTF8.self)
    let places = text.ranges(of: #/\d+/#)
    for (index, place) in places.enumerated() where index % 13 == 0 {
      for number in ["9223372036854775807", "-9223372036854775808", "-2", "1e300"] {
        let broken = text.replacingCharacters(in: place, with: number)
        guard let report = try? RunReport(json: Array(broken.utf8)) else { continue }
        _ = (report.text(), report.page, report.timeline.svg(title: "x"), report.timeline.chromeTrace(script: "x"))
      }
    }
    for cut in stride(from: 0, to: bytes.count - 2, by: 97) {
      #expect(throws: RecordProblem.self) { try RunReport(json: Array(bytes[..<cut])) }
    }
  }

  @Test func tasksBeyondTheLimitAreCountedOnly() throws {
    let text = "semaphore(10) { gather for n in 1...2000 { sleep 1ms } }"
    let report = try report(text, timelineOf: 500)
    #expect(report.timeline.tasks.count == 500)
    #expect(report.timeline.omitted == 1_501)
    #expect(report.summary.tasks[1].count == 2_000)
  }
}
