import WeftSyntax

/// Values and names of imported files.
extension Emitter {
  /// Compiles the declarations of a file whose top level does not run, and what of a script runs instead of it.
  func emitDeclarations(_ tree: Tree) {
    f = FunctionBuilder(parent: nil, name: "", role: .main)
    for statement in tree.statements { declareTopLevel(statement) }
    for statement in tree.statements {
      switch statement.kind {
      case .task: emit(statement, into: nil)
      case .binding(let pattern, let value, _):
        emitInitializer(names(of: pattern), statement.span) { self.emitBinding(pattern, value) }
      case .param(let param):
        guard let value = param.defaultValue else { continue }
        if let index = paramIndex(of: param.name) { noteDefault(value, ofParam: index) }
        emitInitializer([param.name], statement.span) { self.emitBinding(.name(param.name), value) }
      case .test(let title, let span, let body) where source == 0 && image.purpose == .test:
        image.tests.append(emitEntry(title, span, .test, body))
      case .bench(let title, let span, let body) where source == 0 && image.purpose == .bench:
        image.benches.append(emitEntry(title, span, .bench, body))
      default: break
      }
    }
  }

  /// A `test` or `bench` block: a function of its own, whose body is a taskgroup as a file's top level is.
  private func emitEntry(_ title: String, _ span: Span, _ role: Image.Role, _ body: Block) -> Image.Entry {
    let index = image.functions.count
    image.functions.append(placeholder(title, role))
    _ = function(title, role, at: index) {
      f.span = span
      let unused = f.allocate()
      emitScope(.taskgroup, flags: 0, options: [], to: unused, span) { value in
        self.emit(body, into: nil)
        self.f.emit(.loadNone, a: value)
      }
      f.emit(.returnNone, b: f.next)
    }
    return Image.Entry(title: title, function: index, span: span)
  }

  /// Gives the values of one statement the function that works them out.
  func declareLazy(_ declarations: [Declaration]) {
    guard let first = declarations.first else { return }
    image.initializers.append(image.functions.count)
    for declaration in declarations { declaration.initializer = image.functions.count }
    image.functions.append(placeholder(first.name, .task))
  }

  private func emitInitializer(_ names: [Name], _ span: Span, _ body: () -> Void) {
    guard let first = names.first, let declaration = resolution[first.span],
      let value = image.initializers.lastIndex(of: declaration.initializer)
    else { return }
    _ = function(first.text, .task, at: declaration.initializer) {
      f.span = span
      let completion = f.allocate(2)
      let height = f.next
      let isReady = JumpLabel()
      f.emit(.beginLazy, bx: value)
      f.emitJump(.jump, to: isReady)
      let start = f.position
      body()
      f.span = span
      let end = f.position
      f.emit(.setCompletion, a: completion, b: Completion.normal)
      f.handlers.append(
        Image.Handler(
          start: start, end: end, target: f.position, kind: .cleanup, register: completion, height: height))
      f.emit(.endLazy, a: completion, bx: value)
      f.emit(.resume, a: completion)
      f.place(isReady)
      f.emit(.returnNone, b: f.next)
    }
  }

  /// Loads a value of an imported file, which is worked out if nobody has used it yet.
  func loadLazy(_ declaration: Declaration, to target: Int) {
    let window = f.allocate(2)
    let isReady = JumpLabel()
    f.emit(.getGlobal, flags: 1, a: window, bx: declaration.global)
    f.emitJump(.jumpIfSet, a: window, to: isReady)
    if declaration.initializer <= Int(UInt16.max) {
      f.emit(.callFunction, a: window, b: 0, c: declaration.initializer)
    } else {
      f.emit(.loadFunction, a: window, bx: declaration.initializer)
      f.emit(.call, a: window, b: 0)
    }
    f.emit(.getGlobal, a: window, bx: declaration.global)
    f.place(isReady)
    f.emit(.take, a: target, b: window)
    f.free(to: window)
  }

  /// Before a value changes in place it has been worked out.
  func emitReady(_ declaration: Declaration) {
    if declaration.initializer < 0 { return }
    let value = f.allocate()
    loadLazy(declaration, to: value)
    f.emit(.clear, a: value, b: 1)
    f.free(to: value)
  }

  // MARK: Names

  /// What a name, or `lib.name`, stands for; nil for what is built in and for other expressions.
  func declaration(of expression: Expr) -> Declaration? {
    switch expression.kind {
    case .name: resolution[expression.span]
    case .member(let base, let name, _): imported(name, of: base)
    default: nil
    }
  }

  /// What `lib.name` stands for, if `base` is the name of an imported file.
  func imported(_ name: Name, of base: Expr) -> Declaration? {
    guard case .name = base.kind, resolution[base.span]?.isImportAlias == true else { return nil }
    return resolution[name.span]
  }

  /// What the machine calls a kind of error, or the type that `is` tests.
  func kindName(_ name: Name) -> String { resolution[name.span]?.kindName ?? name.text }
}
