import WeftMachine

#if Readline
  import Weft
  import WeftMachine
  import WeftSyntax

  /// What the prompt's own commands do.
  extension Prompt {
    func run(_ reading: PromptCommand.Reading) {
      switch reading {
      case .mistake(let message, let hint): refuse(message, hint: hint)
      case .command(let command, let argument): run(command, argument)
      }
    }

    private func run(_ command: PromptCommand, _ argument: String) {
      switch command {
      case .help: help(argument)
      case .quit: askToLeave()
      case .time: evaluate(argument, .timed)
      case .type: evaluate(argument, .typed)
      case .load: load(argument)
      case .save: save(argument)
      case .reset:
        start { session in
          await session.reset()
          return .wasReset("all names are forgotten, all tasks have ended\n")
        }
      case .vars: showNames()
      case .set: set(argument)
      case .tasks: start { session in .tasks(await session.tasks()) }
      case .cancel: cancel(argument)
      case .disassemble:
        start { session in
          if let text = await session.disassembly(of: argument) { return .answered(text) }
          return .refused("there is no task `\(argument)`", hint: "`:vars` shows the tasks of this session")
        }
      }
    }

    private func answer(_ text: String) {
      show(text)
      beginInput()
    }

    func refuse(_ message: String, hint: String? = nil) {
      reporter.failure(message, hint: hint)
      beginInput()
    }

    // MARK: Help

    private func help(_ topic: String) {
      if let own = names.last(where: { $0.name == topic }) { return answer(describe(own)) }
      if let page = PromptHelp.page(for: topic) { return answer(page) }
      let near = PromptHelp.closest(to: topic, among: names.map(\.name))
      refuse(
        "there is no help for `\(topic)`", hint: near.map { "did you mean `\($0)`?" } ?? "`:help` lists what there is")
    }

    func answer(_ question: PromptQuestion) {
      guard question.wantsSource else { return help(nameOfMethod(question.name) ?? question.name) }
      if let own = names.last(where: { $0.name == question.name }) {
        return answer(
          own.sourceText + (own.sourceText.hasSuffix("\n") ? "" : "\n") + style.dim("(\(own.origin))") + "\n")
      }
      guard let page = PromptHelp.page(for: question.name) else {
        return refuse("there is no `\(question.name)`", hint: "`:vars` shows the names of this session")
      }
      answer(page + style.dim("(built in)") + "\n")
    }

    /// `xs.append` as `List.append`, by what `xs` is now.
    private func nameOfMethod(_ name: String) -> String? {
      let parts = name.split(separator: ".")
      guard parts.count == 2, let type = names.last(where: { $0.name == parts[0] })?.type else { return nil }
      return "\(type).\(parts[1])"
    }

    private func describe(_ name: SessionName) -> String {
      var text = "\(name.kind.rawValue) \(name.signature)\n"
      if let documentation = name.documentation {
        text += documentation.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }.joined()
      }
      if let type = name.type { text += "  \(type): \(name.value.map { $0.line(width: 72) } ?? "")\n" }
      return text + style.dim("(\(name.origin))") + "\n"
    }

    // MARK: Files

    private func load(_ path: String) {
      do throws(ScriptFile.Problem) {
        let source = try ScriptFile(path: path).read()
        start { session in
          let evaluation = await session.evaluate(source)
          return .evaluated(evaluation, names: await session.names(), .input)
        }
      } catch {
        refuse(error.message, hint: error.hint)
      }
    }

    private func save(_ path: String) {
      start { session in
        let text = await session.source()
        if text.isEmpty { return .refused("there is nothing to save yet", hint: nil) }
        do throws(ScriptFile.Problem) {
          try ScriptFile(path: path).create(text)
          return .answered("\(path): \(Quantity.counted(text.split(separator: "\n").count, "line"))\n")
        } catch {
          return .refused(error.message, hint: error.hint)
        }
      }
    }

    // MARK: Settings

    private func set(_ argument: String) {
      let words = argument.split(whereSeparator: \.isWhitespace).map(String.init)
      switch (words.first, words.dropFirst().first, words.count) {
      case (nil, _, _):
        answer("seed \(settings.seed)\nvirtual \(settings.isVirtual ? "on" : "off")\n")
      case ("seed", let number?, 2):
        guard let seed = UInt64(number) else {
          return refuse("a seed is a number from 0 to \(UInt64.max), not `\(number)`", hint: "write `:set seed 7`")
        }
        settings.seed = seed
        start { session in
          await session.reset(seed: seed)
          return .wasReset("the session begins anew with seed \(seed)\n")
        }
      case ("virtual", let state?, 2) where state == "on" || state == "off":
        setVirtual(state == "on")
      case ("virtual", _, _):
        refuse("the virtual clock is on or off", hint: "write `:set virtual on` or `:set virtual off`")
      case ("seed", _, _): refuse("a seed is one number", hint: "write `:set seed 7`")
      case (let word?, _, _):
        let near = closestMatch(to: word, among: ["seed", "virtual"]) ?? "seed"
        refuse("there is no setting `\(word)`", hint: "did you mean `:set \(near)`? There are `seed` and `virtual`")
      }
    }

    /// A session has one clock for its life.
    private func setVirtual(_ isVirtual: Bool) {
      let clock = isVirtual ? "a virtual clock" : "the real clock"
      if isVirtual == settings.isVirtual { return answer("this session is on \(clock) already\n") }
      settings.isVirtual = isVirtual
      let old = session
      session = settings.makeSession { [inbox] in inbox.write($0) }
      start { _ in
        await old.end()
        return .wasReset("the session begins anew on \(clock)\n")
      }
    }

    // MARK: Names and tasks

    private func showNames() {
      start { [style] session in
        let names = await session.names()
        if names.isEmpty { return .answered("there are no names yet\n") }
        let heads = names.map { name in
          name.kind == .constant || name.kind == .variable
            ? "\(name.kind.rawValue) \(name.name)" : "\(name.kind.rawValue) \(name.signature)"
        }
        let width = min(32, heads.map(\.count).max() ?? 0)
        return .answered(
          PromptHelp.table(
            zip(names, heads).map { name, head in
              let value = name.value.map { $0.line(width: max(20, (Console.width ?? 80) - width - 16)) }
              return (head, value.map { "\($0)  \(style.dim(name.type ?? ""))" } ?? "")
            }, width: width))
      }
    }

    func show(_ tasks: [TaskSnapshot]) {
      completer.tasks = tasks.compactMap(\.number)
      show(tasks.isEmpty ? "no task is running\n" : TaskTree(width: Console.width).text(tasks))
    }

    private func cancel(_ argument: String) {
      guard let number = Int(argument) else {
        return refuse("a task is named by its number, not `\(argument)`", hint: "`:tasks` shows the numbers")
      }
      start { session in
        if await session.cancel(task: number) { return .answered("") }
        return .refused("there is no task \(number)", hint: "`:tasks` shows the numbers")
      }
    }
  }
#endif
