// A worker process for the tests, which runs the tasks of scripts. A first word, put there as a launcher, plays another part:
//
//     --tricks WORKER…   a worker that behaves and misbehaves as its tasks tell it
//     --banner WORKER…   a launcher that says something before the worker does
//     --raw TRICK …      a worker that answers its first task with bytes of its own
//     --deaf WORKER…     one that takes no notice of anything
//     --parent           a parent of two workers, which says their numbers and waits to be killed
//     --census           a parent that looks for what its workers left
//     --massacre         a parent that runs a script and kills its workers
import Foundation
import Weft

let arguments = Array(CommandLine.arguments.dropFirst())

switch arguments.first {
case "--banner":
  FileHandle.standardOutput.write(Data("Welcome to example.org\n".utf8))
  pause()
case "--raw": answerRaw(arguments[1])
case "--deaf":
  signal(SIGTERM, SIG_IGN)
  while true { pause() }
case "--parent": await playParent()
case "--census": await playCensus()
case "--massacre": try await playMassacre()
case "--tricks": WorkerService.run(Tricks())
default:
  runWorkerIfAsked()
  FileHandle.standardError.write(Data("this is a worker for tests\n".utf8))
  exit(2)
}

/// Each task is a word and an operand.
final class Tricks: WorkerHandler {
  private let waiting = Locked<[UInt64: WorkerReplies]>([:])
  private let draining = Locked<[UInt64: WorkerReplies]>([:])

  func prepare(_ program: [UInt8]) throws(WorkerRefusal) -> UInt64 {
    let words = String(decoding: program, as: UTF8.self).split(separator: " ").map(String.init)
    switch words.first {
    case "refuse": throw WorkerRefusal("it refuses every program")
    case "die": exit(4)
    default: return UInt64(words.last ?? "") ?? 0
    }
  }

  func start(_ ticket: UInt64, _ task: [UInt8], _ replies: WorkerReplies) {
    let word = task.prefix { $0 != 0x20 }
    var operand: [UInt8] { Array(task.dropFirst(word.count + 1)) }
    var number: Int32 { Int32(String(decoding: operand, as: UTF8.self)) ?? 0 }
    switch String(decoding: word, as: UTF8.self) {
    case "echo": replies.ended(ticket, operand)
    case "size": replies.ended(ticket, Array("\(task.count)".utf8))
    case "pid": replies.ended(ticket, Array("\(getpid())".utf8))
    case "group": replies.ended(ticket, Array("\(getpgrp())".utf8))
    case "make": replies.ended(ticket, [UInt8](repeating: 7, count: Int(number)))
    case "count":
      for index in 0..<number { replies.output(ticket, Array("\(index) ".utf8)) }
      replies.ended(ticket, [])
    case "line":
      // What a library writes to standard output must not get into the line.
      print("stray output of a test, which is meant to be seen here")
      fflush(nil)
      replies.ended(ticket, Array("\(FileHandle.standardInput.readDataToEndOfFile().count)".utf8))
    case "exit": exit(number)
    case "signal":
      // Without the backtrace that Swift prints of some.
      signal(number, SIG_DFL)
      kill(getpid(), number)
      pause()
    case "wait": waiting.withLock { $0[ticket] = replies }
    case "drain":
      draining.withLock { $0[ticket] = replies }
      replies.output(ticket, Array("working".utf8))
    case "hang":
      replies.output(ticket, Array("\(getpid())".utf8))
      Thread.detachNewThread { while true {} }
    case "twice":
      replies.ended(ticket, [])
      replies.ended(ticket, [])
    default: exit(64)
    }
  }

  func cancel(_ ticket: UInt64) {
    waiting.withLock { $0.removeValue(forKey: ticket) }?.ended(ticket, Array("cancelled".utf8))
  }

  func shutdown(_ ticket: UInt64) {
    draining.withLock { $0.removeValue(forKey: ticket) }?.ended(ticket, Array("drained".utf8))
  }
}

/// Serves without `WorkerService`, so that it can send what that never would.
func answerRaw(_ trick: String) -> Never {
  let output = FileHandle.standardOutput
  var reader = FrameReader()
  while true {
    let data = FileHandle.standardInput.availableData
    if data.isEmpty { exit(0) }
    try? data.withUnsafeBytes { bytes in
      try reader.take(bytes) { frame in
        if frame.kind == .hello {
          var ready = WireWriter()
          ready.write(trick == "old" ? 0 : Frame.version)
          ready.write(UInt64(0))
          send(Frame(.ready, ready.bytes), output)
          return
        }
        switch trick {
        case "half":
          let answer = Frame(.ended, ticket: frame.ticket, [1, 2, 3])
          output.write(Data(answer.header + [1]))
          exit(0)
        case "garbage": output.write(Data("Segmentation fault".utf8))
        case "silent":
          close(0)
          close(1)
          while true { pause() }
        case "parent": send(Frame(.task, ticket: frame.ticket), output)
        case "other": send(Frame(.ended, ticket: frame.ticket + 1), output)
        default: exit(64)
        }
      }
    }
  }
}

func send(_ frame: Frame, _ output: FileHandle) { output.write(Data(frame.header + frame.payload)) }

extension WorkerCommand {
  static let tricks = WorkerCommand(
    path: CommandLine.arguments[0], launcher: "\(CommandLine.arguments[0]) --tricks")
}

func playParent() async {
  let seats = (0..<2).map { _ in
    WorkerSeat(command: .tricks, program: [], identity: 0) { _, event in
      guard case .output(let process) = event else { return }
      FileHandle.standardOutput.write(Data(process + [0x0A]))
    }
  }
  for seat in seats { seat.start(1, Array("hang".utf8)) }
  while true { try? await Task.sleep(for: .seconds(1000)) }
}
