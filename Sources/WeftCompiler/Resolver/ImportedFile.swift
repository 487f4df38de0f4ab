import WeftSyntax

/// What a file gives to those that import it.
final class ImportedFile {
  let source: SourceFile
  /// Its tasks, `let`s and kinds of error, by name.
  let names: [String: Declaration]
  /// Its `var`s and `param`s, which stay its own.
  let hidden: [String: Declaration]
  /// There may be more names, which errors hide.
  let isBroken: Bool

  init(source: SourceFile, topLevel: [Declaration], isBroken: Bool) {
    self.source = source
    self.isBroken = isBroken
    var names: [String: Declaration] = [:]
    var hidden: [String: Declaration] = [:]
    for declaration in topLevel {
      switch declaration.kind {
      case .task, .constant, .errorKind: names[declaration.name] = declaration
      case .variable, .param: hidden[declaration.name] = declaration
      case .parameter, .loopVariable, .importAlias: break
      }
    }
    self.names = names
    self.hidden = hidden
  }
}
