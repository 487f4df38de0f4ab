import Weft
import WeftMachine
import WeftReport

let second: Int64 = 1_000_000_000
let millisecond: Int64 = 1_000_000

/// Runs a script on the virtual clock and reports of it.
func report(
  _ text: String, in world: VirtualWorld = VirtualWorld(), timelineOf tasks: Int = Timeline.usualLimit
) throws -> RunReport {
  let script = try Script(compiling: text, name: "s.weft")
  let collector = RunCollector(script.image, timelineOf: tasks)
  var options = RunOptions()
  options.seed = 7
  options.processes = WorkerCommand(path: "/nowhere")
  let result = script.runVirtually(options, in: world, arguments: true) { collector.take($0) }
  var error: String?
  if case .failed(let report) = result.outcome { error = report.message }
  return RunReport(
    script: "s.weft", isVirtual: true, seed: 7, outcome: error == nil ? .completed : .failed, error: error,
    elapsed: result.elapsed, ticks: result.ticks, peakMemory: result.peakMemory, summary: collector.summary,
    timeline: collector.timeline ?? Timeline())
}

/// A network whose answers take the milliseconds that the URL ends with; `/fail` refuses, `/status/503` answers so.
let network = VirtualWorld { request, _ in
  if request.url.hasSuffix("/fail") {
    return VirtualAnswer(delay: second, .failure(FetchFailure(.connectionRefused, "cannot connect")))
  }
  let last = request.url.split(separator: "/").last.map(String.init) ?? ""
  let status = request.url.contains("/status/") ? Int(last) ?? 200 : 200
  return .text("hello", status: status, delay: (Int64(last) ?? 0) * millisecond, url: request.url)
}
