import WeftCompiler
import WeftSyntax

/// What `:help` and `name?` say of what is built in.
enum PromptHelp {
  /// The pages that belong to no name.
  static let topics = ["blocks", "keys"] + blocks.map(\.name)

  static var overview: String {
    """
    Write Weft, and see its value; `;` at the end shows nothing.
    `_` is the last value, `_error` the last error.
    `let t = start f(x)` goes on while you type; `await t` gives its value.

      name?   what a task or a function does     name??  the source of a task

    \(table(PromptCommand.allCases.map { ("  " + $0.usage, $0.summary) }))
    `:help blocks` tells how tasks run together, `:help keys` what the keys do.

    """
  }

  private static let keys = """
    Enter         runs the input, or asks for more while a bracket is open
    Alt-Enter     a line break in any case
    Tab           completes names, parameters, methods, files and commands
    Up, Down      earlier inputs; in an input of several lines, its lines
    Ctrl-R        searches earlier inputs
    Ctrl-C        cancels what runs; clears what was typed
    Ctrl-D        leaves, at an empty prompt
    Ctrl-Z        stops weft until `fg`

    The keys are those of GNU Readline: `~/.inputrc` can change them, between
    `$if weft` and `$endif` for weft alone.

    """

  /// Rows of two columns; a row whose second one is empty is a line of its own.
  static func table(_ rows: [(String, String)], width: Int? = nil) -> String {
    let width = width ?? rows.map(\.0.count).max() ?? 0
    return rows.map { head, rest in
      let padding = String(repeating: " ", count: max(0, width - head.count) + 2)
      return rest.isEmpty ? "\(head)\n" : "\(head)\(padding)\(rest)\n"
    }.joined()
  }

  private struct Page {
    let name: String
    let form: String
    let meaning: String
    let example: String
  }

  private static let blocks = [
    Page(
      name: "gather", form: "gather { a(); b() }   gather for x in xs { f(x) }   gather(errors: keep) …",
      meaning: "runs all of them together and gives the list of their results; the first failure cancels the others",
      example: "gather for i in 1...3 { sleep 1s; i * i }"),
    Page(
      name: "taskgroup", form: "taskgroup { … }   taskgroup as g { … }",
      meaning: "lets tasks be started as it goes, and ends when all of them have ended",
      example: "taskgroup { let t = start f(1); await t }"),
    Page(
      name: "race", form: "race { a(); b() }   race for x in xs { f(x) }",
      meaning: "gives the first success and cancels the others", example: "race { fetch first; fetch second }"),
    Page(
      name: "timeout", form: "timeout(3s) { … }   timeout(3s) { … } else { … }",
      meaning: "ends its body after that time: throws TimeoutError, or gives the value of `else`",
      example: "timeout(3s) { fetch url } else { none }"),
    Page(
      name: "retry", form: "retry(3, backoff: 1s, factor: 2, jitter: 1s, on: FetchError) { … }",
      meaning: "runs its body again after a failure, at most so many more times",
      example: "retry(3) { fetch(url).check() }"),
    Page(
      name: "semaphore", form: "semaphore(n) { … }", meaning: "lets at most n of the tasks started inside run at once",
      example: "semaphore(10) { gather for u in urls { fetch u } }"),
    Page(
      name: "rate", form: "rate(5/s, burst: 2) { … }",
      meaning: "lets the tasks started inside begin at that rate at most",
      example: "rate(5/s) { gather for u in urls { fetch u } }"),
    Page(
      name: "pool", form: "pool(threads: n) { … }   pool(processes: n) { … }   pool(tasks: n) { … }",
      meaning: "runs the tasks started inside in parallel, n at once",
      example: "pool(processes: 4) { gather for n in numbers { factorize(n) } }"),
    Page(
      name: "shield", form: "shield { … }", meaning: "holds a cancellation from outside off until its body has ended",
      example: "shield { save(result) }"),
    Page(
      name: "with", form: "with h { … }",
      meaning: "holds a lock, a permit of a semaphore or a token of a rate for its body",
      example: "let one = lock(); with one { count += 1 }"),
    Page(
      name: "start", form: "start f(x)   start(in: g) f(x)",
      meaning: "starts a task that goes on by itself, and gives its handle", example: "let t = start download(url)"),
    Page(
      name: "await", form: "await t", meaning: "waits for a started task and gives its value, or throws its error",
      example: "await t"),
    Page(
      name: "sleep", form: "sleep 1.5s   sleep (2 * d)", meaning: "waits, while other tasks go on",
      example: "sleep 100ms"),
    Page(
      name: "fetch", form: "fetch url   fetch(url, method: …, headers: …, body: …, json: …, timeout: …, limit: …)",
      meaning:
        "an HTTP request; gives a Response with status, ok, headers, text, bytes, size, elapsed, json() and check()",
      example: "fetch(\"http://127.0.0.1:8080/get\").status"),
    Page(
      name: "compute", form: "compute f(x)   compute { … }   compute 200ms",
      meaning: "runs on another core, truly in parallel; the last form keeps one busy for that long",
      example: "compute fib(30)"),
  ]

  /// The page for a word that is built in; nil if there is none.
  static func page(for topic: String) -> String? {
    if topic.isEmpty { return overview }
    if topic == "keys" { return keys }
    if topic == "blocks" {
      return table(blocks.map { ($0.name, $0.meaning) })
    }
    if topic.hasPrefix(":"), let command = PromptCommand(rawValue: String(topic.dropFirst())) {
      return "\(command.usage)\n  \(command.summary)\n"
    }
    if let block = blocks.first(where: { $0.name == topic }) {
      return "\(block.form)\n  \(block.meaning)\n\n  \(block.example)\n"
    }
    if let function = BuiltinFunction.allCases.map(\.signature).first(where: {
      $0.name == topic && !topic.hasPrefix("__")
    }) {
      return "\(head(function.name, function.parameters, function.isVariadic))\n  \(function.documentation)\n"
    }
    if let page = methods(topic) { return page }
    return Explanation.of(topic)?.page
  }

  /// `append`, `List.append` or `xs.append`: each type that has such a method.
  private static func methods(_ topic: String) -> String? {
    let parts = topic.split(separator: ".")
    guard let name = parts.last, parts.count <= 2 else { return nil }
    let kind = parts.count == 2 ? ReceiverKind(typeName: String(parts[0])) : nil
    let methods = BuiltinMethods.all.filter { $0.name == name && (kind == nil || $0.receiver == kind) }
    guard !methods.isEmpty else { return nil }
    return methods.map { method in
      let receiver = "\(method.receiver)"
      let type = receiver.prefix(1).uppercased() + receiver.dropFirst()
      return "\(type).\(head(method.name, method.parameters, method.isVariadic))\n  \(method.documentation)\n"
    }.joined()
  }

  private static func head(_ name: String, _ parameters: [BuiltinParameter], _ isVariadic: Bool) -> String {
    let words = (isVariadic ? ["…"] : []) + parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name }
    return "\(name)(\(words.joined(separator: ", ")))"
  }

  /// What somebody meant who asked for a page that does not exist.
  static func closest(to topic: String, among names: [String]) -> String? {
    let functions = BuiltinFunction.allCases.map(\.name).filter { !$0.hasPrefix("__") }
    return closestMatch(to: topic, among: names + topics + functions + BuiltinMethods.names)
      ?? Explanation.closest(to: topic)
  }
}
