/// A picture of a value at one moment, small enough to be shown: long lists and maps are cut, deep ones end. It can leave the
/// machine's thread.
public indirect enum ValueSnapshot: Sendable, Equatable {
  case none
  case bool(Bool)
  /// In decimal digits, of any length.
  case int(String)
  case float(Double)
  /// Nanoseconds.
  case duration(Int64)
  /// Events a second.
  case rate(Double)
  /// The text, or its beginning; `count` is how many Unicode scalars the whole has.
  case string(String, count: Int)
  /// How many bytes it has.
  case bytes(Int)
  /// The first elements; `count` is how many there are.
  case list([ValueSnapshot], count: Int)
  /// The first entries; a key is written as a map literal has it.
  case map([Entry], count: Int)
  case response(Response)
  /// Its kind and message, and its own fields.
  case error(kind: String, message: String, fields: [Entry])
  /// The handle of a started task: its call, such as `download("http://a")`, how it stands, and what it gave if it has ended.
  case task(call: String, TaskState, ValueSnapshot?)
  /// A task as a value: `download(url, limit = …)`.
  case function(String)
  /// A cell that several tasks see, with what it holds.
  case shared(ValueSnapshot)
  /// Anything else in its own words, such as `1...10` or `<queue>`.
  case other(String)

  public enum TaskState: String, Sendable { case running, done, failed, cancelled }

  public struct Entry: Sendable, Equatable {
    public var key: String
    public var value: ValueSnapshot

    public init(_ key: String, _ value: ValueSnapshot) {
      self.key = key
      self.value = value
    }
  }

  /// The answer to a `fetch`.
  public struct Response: Sendable, Equatable {
    public var status: Int
    /// Bytes.
    public var size: Int
    /// The media type without its parameters; nil if the server did not name one.
    public var type: String?
    /// Nanoseconds from the request to the end of the body.
    public var elapsed: Int64
    public var url: String

    public init(status: Int, size: Int, type: String?, elapsed: Int64, url: String) {
      self.status = status
      self.size = size
      self.type = type
      self.elapsed = elapsed
      self.url = url
    }
  }
}
