import ArgumentParser
import Weft
import WeftHTTP
import WeftMachine
import WeftReport

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Download pages in four ways and compare; needs no network.",
    discussion: "The pages come from a small server in this process that takes half a second for each.")

  @Option(help: ArgumentHelp("Write the scripts into this folder instead of running them.", valueName: "folder"))
  var save: String?

  @Option(
    help: ArgumentHelp(
      "Draw the runs side by side into this file; into a temporary folder unless given.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var timeline: String?

  private struct Row {
    let script: DemoScript
    let elapsed: Int64
    let atOnce: Int
    let timeline: Timeline
  }

  func run() async throws {
    if let save { return try write(to: save) }
    let signals = await StopSignals()
    say("Ten pages, and a server on this machine that takes half a second for each. Every way begins with\n\n")
    say(quote(DemoScript.head) + "\n")
    var rows: [Row] = []
    for script in DemoScript.all {
      say("\(rows.count + 1). \(script.title)\n\n\(quote(script.body))\n")
      rows.append(try await measure(script, signals))
    }
    say(table(rows))
    say("\nOne word makes the difference: the task `download` is the same in all of them.\n")
    draw(rows)
    say("`weft demo --save .` writes the scripts, `weft serve` starts the server that they ask.\n")
  }

  private func measure(_ demo: DemoScript, _ signals: StopSignals) async throws -> Row {
    let reporter = Reporter(.text)
    let server: LoopbackServer
    do {
      // One for each way, so that its count of open requests is that way's own.
      server = try await LoopbackServer.start()
    } catch {
      reporter.failure("cannot start the server on this machine: \(error)")
      throw ExitStatus.failed
    }
    let script: Script
    do {
      script = try Script(compiling: demo.text, name: "\(demo.block).weft")
    } catch {
      reporter.diagnostics(error.diagnostics, in: error.source)
      throw ExitStatus.fault
    }
    var options = RunOptions()
    options.params["base"] = .string("http://127.0.0.1:\(server.port)")
    let fetcher = HTTPFetcher()
    let collector = RunCollector(script.image, timelineOf: 1_000)
    var observer = RunObserver(output: { say("   ", $0) })
    observer.records = { collector.take($0) }
    observer.wantsArguments = true
    let control = RunControl()
    signals.onFirst { _ in control.cancel() }
    let result = await script.run(options, fetcher: fetcher, control: control, observer: observer)
    await fetcher.shutdown()
    let statistics = server.statistics
    await server.stop()
    if let signal = signals.received { throw ExitStatus.stopped(signal) }
    switch result.outcome {
    case .completed:
      say("   \(Quantity.seconds(result.elapsed, decimals: 2))\n\n")
      return Row(
        script: demo, elapsed: result.elapsed, atOnce: statistics.peakInFlight,
        timeline: collector.timeline ?? Timeline())
    case .failed(let report), .exceeded(let report):
      reporter.error(report, in: script)
      throw ExitStatus.fault
    case .cancelled:
      throw ExitStatus.fault
    }
  }

  /// The demonstration is none the worse where a picture cannot be written.
  private func draw(_ rows: [Row]) {
    let path = timeline ?? OutputFile.temporaryFolder + "/weft-demo.svg"
    let picture = Timeline.svg(rows.map { ("\($0.script.title): \($0.script.block)", $0.timeline) })
    do throws(ScriptFile.Problem) {
      try OutputFile.write(Array(picture.utf8), to: path)
      say("\(path) shows them side by side; open it in a browser.\n")
    } catch {
      Reporter(.text).failure(error.message, hint: error.hint)
    }
  }

  // MARK: Text

  private func table(_ rows: [Row]) -> String {
    let first = rows.first?.elapsed ?? 0
    var lines = [["", "block", "time", "speed-up", "open at once"]]
    for row in rows {
      lines.append([
        row.script.title, row.script.block, Quantity.seconds(row.elapsed, decimals: 2),
        Quantity.decimal(Double(first) / Double(max(1, row.elapsed)), 1) + "×", "\(row.atOnce)",
      ])
    }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let text = lines.map { cells in
      cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 2 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    let rule = String(repeating: "─", count: text[0].count)
    return ([text[0], rule] + text.dropFirst()).joined(separator: "\n") + "\n"
  }

  private func quote(_ text: String) -> String {
    text.split(separator: "\n").map { "   │ \($0)\n" }.joined()
  }

  private func write(to folder: String) throws {
    for script in DemoScript.all {
      let path = "\(folder)/\(script.block).weft"
      do {
        try ScriptFile(path: path).create(script.text)
      } catch {
        Reporter(.text).failure(error.message, hint: error.hint)
        throw ExitStatus.failed
      }
      say(path + "\n")
    }
  }
}

private func say(_ text: String, _ bytes: [UInt8] = []) {
  Console.shared.write(Array(text.utf8) + bytes)
}
