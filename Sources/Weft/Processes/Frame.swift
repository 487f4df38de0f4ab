/// What travels between a parent and its worker process: a length in 4 bytes, a kind in one, a ticket in 8, and then so many
/// bytes; the little end comes first. The protocol names no file, no process and no address: the two may be on different
/// machines.
package struct Frame: Sendable, Equatable {
  package enum Kind: UInt8, Sendable {
    // From the parent:
    /// The version of the protocol, and the program; answered by `ready` or `refused`.
    case hello = 1
    /// A task of the program; answered by any number of `output` and `records`, and one `ended`, with its ticket.
    case task = 2
    /// The task of that ticket shall end in order; it still answers `ended`.
    case cancel = 3
    /// The run is asked to end in its own way, and so is the task of that ticket.
    case shutdown = 4
    /// The answer to a `handle`.
    case handleAnswer = 9
    /// All machines of the run wait for each other.
    case deadlock = 10
    /// The answer to a `host`.
    case hostAnswer = 14
    /// Whether whoever ends the cancelled task still answers; answered by `alive`.
    case check = 16

    // From the worker:
    /// The version of the protocol, and the identity of the program as the worker compiled it.
    case ready = 5
    /// Why the worker cannot run the program, in UTF-8.
    case refused = 6
    /// What a task printed.
    case output = 7
    /// How a task ended.
    case ended = 8
    /// The task asks something of a handle of the parent.
    case handle = 11
    /// Nothing happens here before another frame comes; how many have come since the task.
    case rests = 12
    /// What has happened in the task, if the run is observed.
    case records = 13
    /// The task calls a function of the host.
    case host = 15
    /// The answer to a `check`: the task's clean-up goes on in order.
    case alive = 17
  }

  package let kind: Kind
  /// Of the task that the frame is about; 0 if it is about none.
  package let ticket: UInt64
  package let payload: [UInt8]

  package static let headerSize = 13
  /// Bytes of a payload. What claims more is no frame.
  package static let largestPayload = 1 << 30
  /// Of the protocol. A parent and a worker of different versions do not work together.
  package static let version: UInt32 = 4

  package init(_ kind: Kind, ticket: UInt64 = 0, _ payload: [UInt8] = []) {
    self.kind = kind
    self.ticket = ticket
    self.payload = payload
  }

  /// What goes out before the payload.
  package var header: [UInt8] {
    var writer = WireWriter()
    writer.write(UInt32(truncatingIfNeeded: payload.count))
    writer.write(kind.rawValue)
    writer.write(ticket)
    return writer.bytes
  }
}

/// Why bytes are not frames.
package struct FrameError: Error, Equatable {
  /// Follows "it sent": lower case, no full stop.
  package let message: String
}
