/// What an `expect` of a whole run asks about the runs of a task, or about requests.
public enum RunStatistic: String, CaseIterable, Sendable {
  /// Durations: percentiles, the longest, the mean.
  case p50, p90, p95, p99, max, mean
  /// How many there were, how many in a second, and how many of them failed.
  case count, rate, errors
}
