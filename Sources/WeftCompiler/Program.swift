public import WeftSyntax

/// The files of a script: the script itself, and those that it imports.
public struct Program: Sendable {
  public struct File: Sendable {
    public let tree: Tree
    /// Names may be missing from it, because it has errors of syntax.
    public let isBroken: Bool
    /// The file that each of its imports names, by the offset at which the path stands: an index into `files`. Nothing for an
    /// import that failed, which the caller has reported.
    public var imports: [Int32: Int]

    public init(_ tree: Tree, isBroken: Bool, imports: [Int32: Int] = [:]) {
      self.tree = tree
      self.isBroken = isBroken
      self.imports = imports
    }
  }

  /// The script is the first.
  public var files: [File]
  /// The indices of `files`, each after those that it imports.
  public var order: [Int]

  public init(files: [File], order: [Int]) {
    self.files = files
    self.order = order
  }
}
