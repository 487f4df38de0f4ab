import ArgumentParser

/// What is told and written of a run beside what it prints.
struct MeasurementOptions: ParsableArguments {
  @Flag(help: "Say at the end what the run did: requests, latencies, tasks, retries, rates.")
  var summary = false

  @Option(
    help: ArgumentHelp(
      "Write a record of the run, from which `weft report` makes figures and pictures.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var record: String?

  @OptionGroup var views: Views

  /// Whether single tasks are wanted, and not the summary alone.
  var needTimeline: Bool { record != nil || !views.isEmpty }
}
