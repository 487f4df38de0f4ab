import WeftSyntax

/// Names of other files.
extension Resolver {
  /// Brings in what the file of an import gives, or declares the name that it is imported under.
  func bringIn(path: String, at span: Span, as alias: Name?) {
    guard let file = imports[span.start] else {
      if let alias { declare(alias, .importAlias(nil)) } else { mayMissNames = true }
      return
    }
    if let alias {
      declare(alias, .importAlias(file))
      return
    }
    if file.isBroken { mayMissNames = true }
    broughtIn.append(file)
    for (name, declaration) in file.names.sorted(by: { $0.value.span.start < $1.value.span.start }) {
      if let other = table[name], other !== earlier[name] {
        if other === declaration { continue }
        report(
          "E0212", "`\(name)` is imported from two files", at: span, caret: "brings it in again",
          labels: [label(other, "declared here"), label(declaration, "and here")],
          hint: "import one of them under a name: `import \"\(path)\" as …`")
        continue
      }
      table[name] = declaration
    }
  }

  func reportClash(_ name: Name, with imported: Declaration) {
    report(
      "E0212", "`\(name.text)` is declared here and imported from `\(imported.source.name)`", at: name.span,
      labels: [label(imported, "imported from here")],
      hint: "choose another name, or import the file under a name: `import \"…\" as …`")
  }

  /// Points at a declaration, in whichever file it stands.
  func label(_ declaration: Declaration, _ text: String = "declared here") -> Diagnostic.Label {
    .init(span: declaration.span, text: text, source: declaration.source === source ? nil : declaration.source)
  }

  /// The declaration of an imported file's name, if the expression is such a name and nothing else.
  func alias(_ base: Expr) -> Declaration? {
    guard case .name(let name) = base.kind, let declaration = table[name], declaration.isImportAlias else { return nil }
    return declaration
  }

  /// Finds what `lib.name` means and notes the use; reports it when there is no such name.
  @discardableResult
  func use(_ name: Name, of alias: Declaration, at base: Span) -> Declaration? {
    use(alias.name, at: base)
    guard case .importAlias(let file?) = alias.kind else { return nil }
    guard let declaration = file.names[name.text] else {
      if !file.isBroken { reportMissing(name, in: file) }
      return nil
    }
    note(declaration, at: name.span)
    declaration.isCaptured = true
    return declaration
  }

  private func reportMissing(_ name: Name, in file: ImportedFile) {
    let match = closestMatch(to: name.text, among: file.names.keys)
    let hidden = file.hidden[name.text]
    report(
      "E0213", "`\(file.source.name)` has no task, `let` or error `\(name.text)`", at: name.span,
      caret: hidden == nil ? match.map { "did you mean `\($0)`?" } : nil, labels: hidden.map { [label($0)] } ?? [],
      hint: hidden.map { hint(forHidden: $0) })
  }

  /// A `var` or `param` of that name in a file whose names are brought in.
  func hidden(_ name: String) -> Declaration? {
    for file in broughtIn { if let hidden = file.hidden[name] { return hidden } }
    return nil
  }

  func hint(forHidden declaration: Declaration) -> String {
    "it is a `\(declaration.isVariable ? "var" : "param")` of `\(declaration.source.name)`; "
      + "an import brings tasks, `let`s and errors only"
  }

  /// The kind that `lib.K` names; nil after a report, or when the file could not be had.
  func useKind(_ name: Name, of path: [Substring]) {
    guard path.count == 2, let alias = table[String(path[0])], alias.isImportAlias else {
      report(
        "E0207", "cannot find a kind of error `\(name.text)`", at: name.span,
        hint: "`\(path[0])` is not an imported file")
      return
    }
    guard case .importAlias(let file?) = alias.kind else { return }
    let kind = String(path[1])
    if let declaration = file.names[kind] {
      if declaration.isErrorKind { return note(declaration, at: name.span) }
      report("E0207", "`\(name.text)` is not a kind of error", at: name.span, labels: [label(declaration)])
    } else if !file.isBroken {
      let match = closestMatch(to: kind, among: file.names.values.filter(\.isErrorKind).map(\.name))
      report(
        "E0207", "`\(file.source.name)` has no kind of error `\(kind)`", at: name.span,
        caret: match.map { "did you mean `\(path[0]).\($0)`?" })
    }
  }
}
