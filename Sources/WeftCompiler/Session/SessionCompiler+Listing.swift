import WeftSyntax

/// A name of a session, as far as the compiler knows it.
public struct SessionDeclaration: Sendable {
  public enum Kind: Sendable { case task, constant, variable, errorKind, importedFile }

  public var name: String
  public var kind: Kind
  public var signature: String
  public var documentation: String?
  public var sourceText: String
  public var origin: String
  /// Where its value is; nil for what has none.
  public var global: Int?
  /// The function of a task in the image.
  public var function: Int?
  public var members: [String] = []
}

extension SessionCompiler {
  /// What has been declared and still stands, in the order of the names.
  public var declarations: [SessionDeclaration] {
    names.values.filter { $0.name != "_" && $0.name != "_error" }.sorted { $0.name < $1.name }.map(declaration)
  }

  /// What a name stands for.
  public func declaration(named name: String) -> SessionDeclaration? { names[name].map(declaration) }

  private func declaration(_ name: Declaration) -> SessionDeclaration {
    var result = SessionDeclaration(
      name: name.name, kind: .constant, signature: name.name, sourceText: "", origin: name.source.name)
    if let definition = definitions[name.name] {
      result.sourceText = definition.source.text(definition.span)
      result.origin = definition.source.name
    } else {
      result.sourceText = name.source.text(ofLine: name.source.line(at: Int(name.span.start)))
    }
    switch name.kind {
    case .task(let task):
      result.kind = .task
      result.documentation = task.documentation
      result.signature = "\(name.name)(\(parameters(of: task, in: name.source)))"
      result.sourceText = withDocumentation(task, name.source.text(task.span))
      result.function = name.functionIndex
    case .errorKind:
      result.kind = .errorKind
      if let parent = emitterParent(of: name) { result.signature += ": \(parent)" }
    case .importAlias(let file):
      result.kind = .importedFile
      result.members = file?.names.keys.sorted() ?? []
    case .variable: result.kind = .variable
    case .constant, .param, .parameter, .loopVariable: break
    }
    if name.global >= 0 { result.global = name.global }
    return result
  }

  private func emitterParent(of kind: Declaration) -> String? { kindParents[kind.kindName] }

  private func parameters(of task: TaskDeclaration, in source: SourceFile) -> String {
    task.parameters.map { parameter in
      parameter.defaultValue.map { "\(parameter.name.text) = \(source.text($0.span))" } ?? parameter.name.text
    }.joined(separator: ", ")
  }

  private func withDocumentation(_ task: TaskDeclaration, _ text: String) -> String {
    guard let documentation = task.documentation else { return text }
    return documentation.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "##\n" : "## \($0)\n"
    }.joined() + text
  }

  // MARK: The session as a script

  /// A script that declares what stands, and does what was entered, in the same order. What was replaced since is left out; what
  /// uses `_` or `_error`, which no script has, is a comment.
  public var script: String {
    var text = ""
    var imports: Set<String> = []
    // Of the same import the last counts; it may bring in a file that has changed.
    let kept = history.reversed().filter { statement in
      if case .importFile(let path, _, let alias) = statement.statement.kind {
        return imports.insert("\(path) as \(alias?.text ?? "")").inserted
      }
      return statement.declared.isEmpty || statement.declared.contains { isCurrent($0, of: statement) }
    }
    for statement in kept.reversed() {
      var piece = written(statement)
      if statement.usesLastValue {
        piece = piece.split(separator: "\n", omittingEmptySubsequences: false).map { "# \($0)" }.joined(separator: "\n")
      }
      text += piece + "\n"
    }
    return text
  }

  private func isCurrent(_ name: Name, of statement: SessionStatement) -> Bool {
    guard let declaration = names[name.text] else { return false }
    return declaration.source === statement.source && declaration.span == name.span
  }

  /// The text of a statement. Names of a pattern that mean something else by now are discarded.
  private func written(_ statement: SessionStatement) -> String {
    if case .task(let task) = statement.statement.kind {
      return withDocumentation(task, statement.source.text(task.span))
    }
    let span = statement.statement.span
    guard case .binding(let pattern, _, _) = statement.statement.kind else { return statement.source.text(span) }
    var replacements: [(span: Span, text: String)] = []
    discard(pattern, of: statement, &replacements)
    var text = ""
    var position = Int(span.start)
    for (place, new) in replacements.sorted(by: { $0.span.start < $1.span.start }) {
      text += statement.source.text(Span(position, Int(place.start))) + new
      position = Int(place.end)
    }
    return text + statement.source.text(Span(position, Int(span.end)))
  }

  private func discard(
    _ pattern: Pattern, of statement: SessionStatement, _ replacements: inout [(span: Span, text: String)]
  ) {
    switch pattern {
    case .name(let name): if !isCurrent(name, of: statement) { replacements.append((name.span, "_")) }
    case .discard: break
    case .list(let parts, _): for part in parts { discard(part, of: statement, &replacements) }
    case .map(let parts, _):
      for (key, part) in parts {
        // `{user}` is short for `{user: user}`.
        if case .name(let name) = part, name.span == key.span {
          if !isCurrent(name, of: statement) { replacements.append((name.span, "\(name.text): _")) }
        } else {
          discard(part, of: statement, &replacements)
        }
      }
    }
  }
}
