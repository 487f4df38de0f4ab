import Foundation
import Fuzzing

/// The cases of one worker, which come by its environment: `next/end/step`.
struct Share {
  var next: Int
  let end: Int
  let step: Int

  init(next: Int, end: Int, step: Int) {
    self.next = next
    self.end = end
    self.step = step
  }

  init?(_ text: String) {
    let parts = text.split(separator: "/").compactMap { Int($0) }
    guard parts.count == 3 else { return nil }
    self.init(next: parts[0], end: parts[1], step: parts[2])
  }

  var text: String { "\(next)/\(end)/\(step)" }
}

/// What a worker says, a line each, on its standard output.
enum Message {
  /// It begins with a case.
  static let begin = "begin"
  static let problem = "problem"
  /// Its counts so far.
  static let counts = "counts"
}

/// Does the cases of a share and tells of each before it begins.
func work(on share: Share, _ repository: URL) throws {
  var fuzzer = try Fuzzer(repository: repository)
  var share = share
  while share.next < share.end {
    say("\(Message.begin) \(share.next)")
    if let problem = fuzzer.problem(ofCase: share.next) {
      say("\(Message.problem) \(share.next) \(problem.replacing("\n", with: "\u{2028}"))")
    }
    if peakMemory > 1 << 30 {
      say("\(Message.problem) \(share.next) the process has grown to \(peakMemory >> 20) MiB")
      exit(1)
    }
    say("\(Message.counts) \(fuzzer.counts.all.map(String.init).joined(separator: " "))")
    share.next += share.step
  }
}

/// Writes a line at once, which `print` does only to a terminal.
func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// Bytes of memory that this process had at most.
private var peakMemory: Int {
  var usage = rusage()
  #if os(Linux)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1_024
  #else
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss
  #endif
}
