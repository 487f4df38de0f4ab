import WeftSyntax

/// Kinds of error, which are known by their names alone.
extension Resolver {
  func declareKind(_ name: Name) {
    if builtinKinds.contains(name.text) {
      report(
        "E0216", "`\(name.text)` is a built-in kind of error", at: name.span, hint: "choose another name for your own")
    } else {
      declare(name, .errorKind)
    }
  }

  /// Notes what `kind` stands below, once all kinds of its block are declared.
  func resolveParent(of kind: Name) {
    guard !builtinKinds.contains(kind.text), let parent = parent(ofKind: kind) else { return }
    useKind(parent, allowTypes: false)
    resolution.kindParents[kind.text] = (kind, parent)
    var circle = [kind.text]
    while let above = resolution.kindParents[circle[circle.count - 1]]?.parent.text {
      circle.append(above)
      if above == kind.text {
        let steps = circle.map { "`\($0)`" }.joined(separator: " below ")
        report("E0209", "kinds of error in a circle: \(steps)", at: kind.span, hint: "take one of the parents away")
        resolution.kindParents[kind.text] = nil
        return
      }
    }
  }
}
