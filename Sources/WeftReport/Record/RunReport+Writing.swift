extension RunReport {
  /// The record, in JSON.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.value("weft", "run record")
      writer.value("version", Self.version)
      writer.newline()
      writer.object("run") { writer in
        writer.value("script", script)
        writer.value("clock", isVirtual ? "virtual" : "real")
        // A seed may be beyond what readers of JSON keep of a number.
        writer.value("seed", String(seed))
        writer.value("outcome", outcome.rawValue)
        writer.value("error", error)
        writer.value("elapsedNs", elapsed)
        writer.value("ticks", ticks)
        writer.value("peakMemoryBytes", peakMemory)
        writer.value("peakTasks", summary.peakTasks)
        writer.value("peakFetches", summary.peakFetches)
        writer.value("workers", summary.workers)
        writer.value("retries", summary.retries)
        writer.value("timeouts", summary.timeouts)
        writer.value("printedBytes", summary.printed)
      }
      writer.newline()
      writer.array("fetches") { writer in for figures in summary.fetches { figures.write(to: &writer) } }
      writer.newline()
      writer.array("tasks") { writer in for figures in summary.tasks { figures.write(to: &writer) } }
      writer.newline()
      writer.array("rates") { writer in for figures in summary.rates { figures.write(to: &writer) } }
      writer.newline()
      timeline.write(to: &writer)
    }
    return writer.bytes + [0x0A]
  }
}

extension Latencies {
  func write(_ key: String, to writer: inout JSONWriter) {
    writer.object(key) { writer in
      writer.value("count", count)
      if count == 0 { return }
      writer.value("minNs", min)
      writer.value("meanNs", mean)
      writer.value("deviationNs", deviation)
      for (name, share) in [("p50Ns", 50.0), ("p90Ns", 90), ("p95Ns", 95), ("p99Ns", 99)] {
        writer.value(name, percentile(share))
      }
      writer.value("maxNs", max)
      writer.value("sumNs", sum)
      writer.value("squaresUs", squaredMicroseconds)
      writer.array("bucketsUs") { writer in
        for bucket in buckets {
          writer.array { writer in
            writer.value(Int64(clamping: bucket.microseconds))
            writer.value(Int64(clamping: bucket.count))
          }
        }
      }
    }
  }
}

extension FailureFigures {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.array("failures") { writer in
      for kind in kinds {
        writer.object { writer in
          writer.value("kind", kind.name)
          writer.value("count", kind.count)
          writer.value("message", kind.message)
        }
      }
    }
  }
}

extension FetchFigures {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.newline()
    writer.object { writer in
      writer.value("name", name)
      writer.value("count", count)
      writer.value("answers", answers)
      writer.value("cancelled", cancelled)
      writer.array("statuses") { writer in
        for (status, count) in statuses.sorted(by: { $0.key < $1.key }) {
          writer.array { writer in
            writer.value(status)
            writer.value(count)
          }
        }
      }
      failures.write(to: &writer)
      writer.value("sentBytes", sent)
      writer.value("receivedBytes", received)
      writer.value("firstNs", first)
      writer.value("lastNs", last)
      writer.value("perSecond", rate)
      service.write("service", to: &writer)
      queueing.write("queueing", to: &writer)
    }
  }
}

extension TaskFigures {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.newline()
    writer.object { writer in
      writer.value("name", name)
      writer.value("count", count)
      writer.value("succeeded", succeeded)
      writer.value("cancelled", cancelled)
      writer.value("retries", retries)
      failures.write(to: &writer)
      durations.write("durations", to: &writer)
      queueing.write("queueing", to: &writer)
    }
  }
}

extension RateFigures {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.value("place", place)
      writer.value("askedPerSecond", asked)
      writer.value("count", count)
      writer.value("firstNs", first)
      writer.value("lastNs", last)
      if let reached { writer.value("reachedPerSecond", reached) }
    }
  }
}

extension Timeline {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object("timeline") { writer in
      writer.value("omitted", omitted)
      writer.value("endNs", end)
      writer.array("workers") { writer in
        for (worker, pool) in workers.sorted(by: { $0.key < $1.key }) {
          writer.array { writer in
            writer.value(Int64(worker))
            writer.value("\(pool)")
          }
        }
      }
      writer.newline()
      writer.array("strings") { writer in for text in strings { writer.value(text) } }
      writer.newline()
      writer.array("tasks") { writer in
        for task in tasks {
          writer.newline()
          writer.array { writer in
            for id in [task.id, task.parent, task.block, UInt64(task.worker)] { writer.value(Int64(clamping: id)) }
            for place in [task.name, task.arguments] { writer.value(Int64(place)) }
            for time in [task.started, task.began, task.ended] { writer.value(time) }
            writer.value(Int64(task.ending.rawValue))
            writer.value(Int64(task.note))
            writer.array { writer in
              for wait in task.waits {
                writer.value(wait.from)
                writer.value(wait.to)
                writer.value(Int64(wait.reason.rawValue))
                writer.value(Int64(clamping: wait.on))
                writer.value(Int64(wait.label))
              }
            }
            writer.array { writer in for time in task.retries { writer.value(time) } }
          }
        }
      }
      writer.newline()
      writer.array("blocks") { writer in
        for block in blocks {
          writer.newline()
          writer.array { writer in
            for id in [block.id, block.parent, block.task] { writer.value(Int64(clamping: id)) }
            writer.value(Int64(block.kind.rawValue))
            writer.value(Int64(block.line))
            for time in [block.from, block.to, block.cancelled] { writer.value(time) }
            writer.value(Int64(block.reason.rawValue))
          }
        }
      }
    }
  }
}
