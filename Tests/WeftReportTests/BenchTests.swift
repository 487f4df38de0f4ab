import Testing

@testable import WeftReport

@Suite struct BenchTests {
  private let quick = Samples([100, 101, 99, 100, 102, 98, 100, 101, 99, 100].map { $0 * millisecond })
  private let slow = Samples([120, 121, 119, 120, 122, 118, 120, 121, 119, 120].map { $0 * millisecond })

  @Test func figures() {
    let samples = Samples([4, 1, 3, 2].map { $0 * second })
    #expect([samples.min, samples.max] == [second, 4 * second])
    #expect(samples.mean == 2.5e9)
    #expect(samples.median == 2.5e9)
    #expect(abs(samples.deviation - 1.290_994_448_7e9) < 1)
    #expect(samples.percentile(0) == 1e9)
    #expect(samples.percentile(100) == 4e9)
    #expect(Samples().median == 0 && Samples().deviation == 0 && Samples([5]).deviation == 0)
  }

  @Test func outliers() {
    #expect(quick.outliers == [])
    #expect(Samples(quick.times + [second]).outliers == [second])
    #expect(Samples([1, 1, 1, 900]).outliers == [])
  }

  /// The values are those of SciPy's `mannwhitneyu(…, method="asymptotic")`.
  @Test func chance() {
    #expect(abs(Samples([1, 2, 3, 4, 5]).chance(against: Samples([6, 7, 8, 9, 10])) - 0.012_185_78) < 1e-6)
    #expect(abs(Samples([1, 3, 5, 7, 9]).chance(against: Samples([2, 4, 6, 8, 10])) - 0.676_103_29) < 1e-6)
    #expect(quick.chance(against: quick) > 0.9)
    #expect(quick.chance(against: slow) < 0.001)
    #expect(Samples([1, 2, 3]).chance(against: Samples([7, 8, 9])) == 1)
    #expect(Samples([5, 5, 5, 5]).chance(against: Samples([5, 5, 5, 5])) == 1)
  }

  @Test func changes() {
    #expect(BenchChange(quick, against: quick) == .same)
    guard case .slower(let change) = BenchChange(slow, against: quick) else {
      Issue.record("it is not slower")
      return
    }
    #expect(abs(change - 0.2) < 0.001)
    #expect(BenchChange(quick, against: slow).text == "faster: -17 %")
  }

  @Test(arguments: [
    ("p95 > +10%", true), ("mean>300ms", true), ("median < -5%", true), ("max > 2s", true), ("min > 15us", true),
    ("p99.9 > +1%", true), ("p0 > +1%", false), ("p95 > 10%", false), ("p95 = +1%", false), ("mode > 1s", false),
    ("mean > 300", false), ("mean > -1s", false), ("", false), (">", false), ("p95 >", false),
  ])
  func conditions(_ text: String, _ isOne: Bool) { #expect((BenchCondition(text) != nil) == isOne) }

  @Test func verdicts() throws {
    let change = try #require(BenchCondition("p95 > +10%"))
    #expect(change.verdict(on: quick, against: quick) == .passed)
    #expect(change.verdict(on: slow, against: quick) == .failed("102 ms before, 122 ms now: +20 %"))
    #expect(change.verdict(on: slow, against: nil) == .noData)
    // A single run that was late is no reason.
    let late = Samples(quick.times.dropLast() + [300 * millisecond])
    guard case .noise = change.verdict(on: late, against: quick) else {
      Issue.record("it is not taken for noise")
      return
    }
    let limit = try #require(BenchCondition("mean > 110ms"))
    #expect(limit.verdict(on: quick, against: nil) == .passed)
    #expect(limit.verdict(on: slow, against: nil) == .failed("it is 120 ms"))
  }

  @Test func whenItIsEnough() {
    var plan = BenchPlan()
    #expect(!plan.isWarm(0, nil))
    #expect(plan.isWarm(1, second))
    #expect(!plan.isWarm(1, millisecond))
    #expect(plan.isWarm(3, millisecond))
    #expect(!plan.isEnough(Samples()))
    #expect(!plan.isEnough(quick))  // One second, and a median known to two hundredths.
    #expect(plan.isEnough(Samples(Array(repeating: 300 * millisecond, count: 10))))
    #expect(plan.isEnough(Samples([20 * second, 20 * second])))
    #expect(!plan.isEnough(Samples([20 * second])))
    plan.runs = 3
    plan.warmups = 0
    #expect(plan.isWarm(0, nil))
    #expect(!plan.isEnough(Samples([1, 1])) && plan.isEnough(Samples([1, 1, 1])))
  }

  @Test func aTableAndItsExports() throws {
    let report = BenchReport(
      script: "s.weft",
      benches: [.init(title: "a \"slow\" one", samples: slow), .init(title: "quick|er", samples: quick)])
    #expect(
      report.text() == """
        bench                 mean ± σ  median         min … max  runs     relative
        a "slow" one  120 ms ± 1.15 ms  120 ms   118 ms … 122 ms    10  1.20 ± 0.02
        quick|er      100 ms ± 1.15 ms  100 ms  98.0 ms … 102 ms    10         1.00

        """)
    #expect(
      report.csv.split(separator: "\n")[1].hasPrefix("\"a \"\"slow\"\" one\",0.120000000,0.001154701,0.120000000,"))
    #expect(report.markdown.contains("| quick\\|er | 100 ms ± 1.15 ms |"))
    #expect(try BenchReport(json: report.json) == report)
    #expect(throws: RecordProblem.self) { try BenchReport(json: Array("[]".utf8)) }
    #expect(throws: RecordProblem.self) { try BenchReport(json: Array(report.json.dropLast(20))) }
  }
}
