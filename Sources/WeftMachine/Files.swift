/// One read or write of a file that a script asked for. The machine makes it; a driver carries it out.
public enum FileRequest: Sendable {
  /// The whole file, which may have at most `limit` bytes.
  case read(path: String, limit: Int)
  /// Makes the file if there is none; what it held before goes, unless `append` is set.
  case write(path: String, bytes: [UInt8], append: Bool)

  public var path: String {
    switch self {
    case .read(let path, _), .write(let path, _, _): path
    }
  }
}

/// Why a file could not be read or written. `message` is the system's reason: lower case, no full stop.
public struct FileFailure: Error, Sendable, Equatable {
  public enum Kind: String, Sendable {
    case notFound, notPermitted, isDirectory, tooLarge, notText, other
  }

  public var kind: Kind
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
