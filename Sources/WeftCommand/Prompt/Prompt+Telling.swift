import WeftMachine

#if Readline
  import Weft
  import WeftMachine
  import WeftSyntax

  /// What an evaluation is for.
  enum PromptEvaluation: Sendable {
    case input
    /// Its time is shown, however short.
    case timed
    /// Its type is shown instead of its value.
    case typed
  }

  /// What the prompt says of what has been done.
  extension Prompt {
    func tell(_ evaluation: Evaluation, _ kind: PromptEvaluation) {
      reporter.diagnostics(evaluation.warnings, in: evaluation.source)
      for failed in evaluation.failedExpectations { reporter.expectation(failed, in: evaluation.source) }
      switch evaluation.outcome {
      case .done(let value):
        if kind == .typed {
          show((evaluation.type ?? "None") + "\n")
        } else if let value {
          show(value.text(width: Console.width ?? 80) + "\n")
        }
      case .failed(let failure):
        reporter.failure(failure)
        if evaluation.isReset {
          reporter.note("the session has begun anew: its names are forgotten, its tasks have ended")
        }
      case .cancelled: show("cancelled\n")
      case .wrong(let diagnostics):
        reporter.diagnostics(Self.mistakes(diagnostics, in: evaluation.source), in: evaluation.source)
        return
      case .ended: break
      }
      tellTime(evaluation, isWanted: kind == .timed)
    }

    /// Without brackets that are open in lines before a mistake in the last one: nobody has come to close them yet.
    private static func mistakes(_ diagnostics: [Diagnostic], in source: SourceFile) -> [Diagnostic] {
      let unclosed = "E0123"
      let bytes = source.bytes
      let line = bytes.lastIndex(of: UInt8(ascii: "\n")) ?? 0
      let isInLastLine = { (diagnostic: Diagnostic) in Int(diagnostic.span.start) >= line }
      guard diagnostics.contains(where: { $0.severity == .error && $0.code != unclosed && isInLastLine($0) }) else {
        return diagnostics
      }
      return diagnostics.filter { $0.code != unclosed || isInLastLine($0) }
    }

    /// Nanoseconds from which on the time is worth telling.
    private static let longTime: Int64 = 100_000_000

    private func tellTime(_ evaluation: Evaluation, isWanted: Bool) {
      var parts: [String] = []
      if settings.isVirtual, evaluation.clockElapsed > 0 {
        parts.append("\(Machine.text(duration: evaluation.clockElapsed)) passed on the virtual clock")
      }
      if isWanted || (evaluation.elapsed >= Self.longTime) { parts.append(Quantity.time(evaluation.elapsed)) }
      if !parts.isEmpty { show(style.dim("(" + parts.joined(separator: ", in ") + ")") + "\n") }
    }

    /// What failed in the background since the last prompt.
    func tell(_ failures: [BackgroundFailure]) {
      for failed in failures.prefix(Self.mostFailures) {
        let time = failed.elapsed < 1_000_000 ? "" : " after \(Quantity.time(failed.elapsed))"
        reporter.note("task \(failed.number), \(failed.call), failed in the background\(time)")
        reporter.failure(failed.failure)
      }
      if failures.count > Self.mostFailures {
        reporter.note("\(Quantity.counted(failures.count - Self.mostFailures, "more task")) failed in the background")
      }
    }

    /// How many failures are told in full: more of them are hardly different ones.
    private static let mostFailures = 5

    func isClean(_ left: Machine.Leftovers) -> Bool {
      if left.fibers == 0, left.scopes == 0, left.timers == 0, left.fetches == 0 { return true }
      reporter.failure("a fault in weft: this session left something behind: \(left)", hint: "please report it")
      return false
    }
  }
#endif
