import WeftMachine

/// The benches of a script, side by side.
public struct BenchReport: Sendable, Equatable {
  public struct Bench: Sendable, Equatable {
    public let title: String
    public let samples: Samples

    public init(title: String, samples: Samples) {
      self.title = title
      self.samples = samples
    }
  }

  public static let version = 1

  public var script: String
  public var benches: [Bench]

  public init(script: String, benches: [Bench]) {
    self.script = script
    self.benches = benches
  }

  public func bench(_ title: String) -> Bench? { benches.first { $0.title == title } }

  /// The one with the least mean, which the others are compared with.
  public var fastest: Bench? { benches.min { $0.samples.mean < $1.samples.mean } }

  /// How many times the fastest's time one takes, and how sure that is.
  private func relative(_ bench: Bench) -> (factor: Double, error: Double)? {
    guard let fastest, fastest.samples.mean > 0 else { return nil }
    let (own, best) = (bench.samples, fastest.samples)
    let factor = own.mean / best.mean
    let spread =
      (own.deviation / own.mean) * (own.deviation / own.mean)
      + (best.deviation / best.mean) * (best.deviation / best.mean)
    return (factor, factor * spread.squareRoot())
  }

  // MARK: Text

  /// The table, as a terminal shows it.
  public func text(_ style: TextStyle = TextStyle()) -> String {
    var table = TextTable(["bench", "mean ± σ>", "median>", "min … max>", "runs>", "relative>"])
    for bench in benches {
      let samples = bench.samples
      table.add([
        bench.title, "\(time(samples.mean)) ± \(time(samples.deviation))", time(samples.median),
        "\(Quantity.time(samples.min)) … \(Quantity.time(samples.max))", Quantity.grouped(samples.count),
        relativeText(bench),
      ])
    }
    let lines = table.lines(width: style.width)
    return lines.enumerated().map { ($0 == 0 ? style.bold($1) : $1) + "\n" }.joined()
  }

  private func relativeText(_ bench: Bench) -> String {
    guard benches.count > 1, let (factor, error) = relative(bench) else { return "" }
    if bench == fastest { return "1.00" }
    return Quantity.digits(factor) + (error > 0 ? " ± \(Quantity.digits(error))" : "")
  }

  private func time(_ nanoseconds: Double) -> String { Quantity.time(Int64(nanoseconds.rounded())) }

  // MARK: Export

  public var markdown: String {
    var text = "| bench | mean ± σ | median | min … max | runs | relative |\n|:--|--:|--:|--:|--:|--:|\n"
    for bench in benches {
      let samples = bench.samples
      let title = bench.title.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
      text += "| \(title) | \(time(samples.mean)) ± \(time(samples.deviation)) | \(time(samples.median)) |"
      text +=
        " \(Quantity.time(samples.min)) … \(Quantity.time(samples.max)) | \(samples.count) | \(relativeText(bench)) |\n"
    }
    return text
  }

  /// Seconds, a line for each bench.
  public var csv: String {
    var text = "bench,mean,stddev,median,p95,min,max,runs\n"
    for bench in benches {
      let samples = bench.samples
      let title = bench.title.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      let figures = [
        samples.mean, samples.deviation, samples.median, samples.percentile(95), Double(samples.min),
        Double(samples.max),
      ]
      text +=
        "\"\(title)\"," + figures.map { Quantity.decimal($0 / 1e9, 9) }.joined(separator: ",") + ",\(samples.count)\n"
    }
    return text
  }

  /// What `--save` writes and `--compare` reads: all times of all runs.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.value("weft", "benches")
      writer.value("version", Self.version)
      writer.value("script", script)
      writer.array("benches") { writer in
        for bench in benches {
          let samples = bench.samples
          writer.newline()
          writer.object { writer in
            writer.value("title", bench.title)
            writer.value("runs", samples.count)
            for (name, value) in [
              ("meanNs", samples.mean), ("deviationNs", samples.deviation), ("medianNs", samples.median),
              ("p95Ns", samples.percentile(95)),
            ] {
              writer.value(name, Int64(value.rounded()))
            }
            writer.value("minNs", samples.min)
            writer.value("maxNs", samples.max)
            writer.array("timesNs") { writer in for time in samples.times { writer.value(time) } }
          }
        }
      }
    }
    return writer.bytes + [0x0A]
  }

  /// Reads what `--save` has written.
  public init(json: [UInt8]) throws(RecordProblem) {
    let hint = "`weft bench --save FILE script.weft` writes them"
    let value: JSONValue
    do throws(JSONReader.Failure) {
      value = try JSONReader.value(json)
    } catch {
      throw RecordProblem("these are no saved benches: \(error.message) in line \(error.line)", hint: hint)
    }
    guard value["weft"]?.string == "benches", let version = value["version"]?.int else {
      throw RecordProblem("this JSON holds no saved benches", hint: hint)
    }
    guard version == Self.version else {
      throw RecordProblem(
        "these benches have version \(version) of the form, and this weft reads version \(Self.version)",
        hint: "save them anew")
    }
    guard let script = value["script"]?.string, let list = value["benches"]?.array else {
      throw RecordProblem("these saved benches are damaged: parts of them are missing", hint: hint)
    }
    self.script = script
    benches = []
    for value in list {
      guard let title = value["title"]?.string, let times = value["timesNs"]?.array,
        times.allSatisfy({ (0...1 << 60).contains($0.int64 ?? -1) })
      else { throw RecordProblem("these saved benches are damaged: parts of them are missing", hint: hint) }
      benches.append(Bench(title: title, samples: Samples(times.compactMap(\.int64))))
    }
  }
}
