import Synchronization
import Testing
import Weft
import WeftMachine

@testable import WeftReport

@Suite struct LiveTreeTests {
  /// The tree at a time of a run on the virtual clock.
  private func tree(_ text: String, at time: Int64, rows: Int = 20, width: Int = 70) throws -> [String] {
    let script = try Script(compiling: text)
    let tree = LiveTree(script.image)
    _ = script.runVirtually(arguments: true) { batch in
      var batch = batch
      batch.records.removeAll { $0.time > time }
      tree.take(batch)
    }
    return tree.lines(at: time, rows: rows, TextStyle(width: width))
  }

  @Test func aTree() throws {
    let text = """
      task part(n) { sleep (n * 1s) }
      task page(n) { gather { part(n); part(n + 1) } }
      semaphore(2) { gather for n in 1...9 { page(n) } }
      """
    let lines = try tree(text, at: 1_500 * millisecond)
    #expect(
      lines.joined(separator: "\n") == """
        1.50 s  5 tasks, 1 done
        main                                   waits for a permit, 1.50 s
        ├ page(n: 1)                           waits for its tasks, 1.50 s
        │ ├ part                               waits for a sleep, 1.50 s
        │ └ 1 done
        └ page(n: 2)                           waits for its tasks, 1.50 s
          ├ part                               waits for a sleep, 1.50 s
          └ part                               waits for a sleep, 1.50 s
        """)
  }

  @Test(arguments: [3, 5, 10, 20]) func theRowsAreBounded(_ rows: Int) throws {
    let text = "task deep(n) { if n > 0 { gather { deep(n - 1); deep(n - 1) } } else { sleep 9s } }\ndeep(8)\n"
    let lines = try tree(text, at: second, rows: rows)
    #expect(lines.count <= rows)
    #expect(lines[0] == "1.00 s  510 tasks, 0 done")
  }

  @Test(arguments: [20, 40, 70, 200]) func linesFitTheTerminal(_ width: Int) throws {
    let text =
      "task a_rather_long_name_of_a_task(argument) { sleep 9s }\ngather for n in 1...100 { a_rather_long_name_of_a_task(\"\\(n)\" * 50) }\n"
    for line in try tree(text, at: second, width: width) { #expect(line.count < max(20, width)) }
  }

  @Test func noColourUnlessAskedFor() throws {
    #expect(try !tree("gather { sleep 5s; throw \"x\" }", at: 0).joined().contains("\u{1B}"))
  }
}
