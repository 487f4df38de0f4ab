#if canImport(Glibc)
  import Glibc
  // A connection's own `send` and `close` hide them.
  private let systemSend = Glibc.send
  private let systemClose = Glibc.close
#elseif canImport(Darwin)
  import Darwin
  private let systemSend = Darwin.send
  private let systemClose = Darwin.close
#endif

/// The parent's end of the line to a worker: a socket, which no signal comes from when the other end is gone.
final class FrameConnection: Sendable {
  private struct State {
    /// What the socket had no room for.
    var backlog: [ArraySlice<UInt8>] = []
    /// A thread is at the backlog.
    var isDraining = false
    var isClosed = false
  }

  private let socket: Int32
  private let state = Locked(State())
  /// A frame up to this size goes out with its header in one call.
  private static let smallPayload = 8 << 10
  private static let bufferSize: Int32 = 1 << 20
  private static let readSize = 256 << 10

  /// Takes the socket over.
  init(socket: Int32) { self.socket = socket }

  /// Two ends that are joined; no other child inherits them. Nil when there are no descriptors left.
  static func makePair() -> (ours: Int32, theirs: Int32)? {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
    for end in ends {
      // As large as the system lets it be: the fewer changes of threads while a large frame passes.
      var size = bufferSize
      setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
      #if canImport(Darwin)
        var one: Int32 = 1
        setsockopt(end, SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      #endif
    }
    return (ends[0], ends[1])
  }

  /// Queues a frame and returns at once. Nothing comes of it when the other end is gone, which the reader notices.
  func send(_ frame: Frame) {
    let needsThread = state.withLock { state in
      if state.isClosed { return false }
      if frame.payload.count <= Self.smallPayload {
        state.backlog.append((frame.header + frame.payload)[...])
      } else {
        state.backlog.append(frame.header[...])
        state.backlog.append(frame.payload[...])
      }
      if state.isDraining { return false }
      while let part = state.backlog.first {
        let sent = write(part, blocking: false)
        if sent == part.count {
          state.backlog.removeFirst()
          continue
        }
        guard let sent else {
          state.backlog = []
          return false
        }
        state.backlog[0] = part.dropFirst(sent)
        state.isDraining = true
        return true
      }
      return false
    }
    // Without a thread to be had, the run has to wait.
    if needsThread, !DetachedThread.start({ [self] in drain() }) { drain() }
  }

  /// Reads until the other end is closed; false if that was in the middle of a frame.
  func readFrames(_ body: (Frame) -> Void) throws(FrameError) -> Bool {
    var reader = FrameReader()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.readSize, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = recv(socket, buffer.baseAddress, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return !reader.isInsideFrame }
      try reader.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), body)
    }
  }

  /// The other end sees that the line is closed, and so does whoever reads at this one.
  func hangUp() { _ = shutdown(socket, Int32(SHUT_RDWR)) }

  /// Gives the descriptor back. Nobody may be reading.
  func close() {
    let isUnused = state.withLock { state in
      if state.isClosed { return false }
      state.isClosed = true
      state.backlog = []
      return !state.isDraining
    }
    if isUnused { closeSocket() } else { hangUp() }
  }

  private func drain() {
    while true {
      let part: ArraySlice<UInt8>? = state.withLock { state in
        if !state.backlog.isEmpty { return state.backlog.removeFirst() }
        state.isDraining = false
        if state.isClosed { closeSocket() }
        return nil
      }
      guard var rest = part else { return }
      while !rest.isEmpty {
        guard let sent = write(rest, blocking: true) else {
          state.withLock { $0.backlog = [] }
          break
        }
        rest = rest.dropFirst(sent)
      }
    }
  }

  /// How many bytes went out; nil when the other end is gone.
  private func write(_ bytes: ArraySlice<UInt8>, blocking: Bool) -> Int? {
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL) | (blocking ? 0 : Int32(MSG_DONTWAIT))
    #else
      let flags = blocking ? 0 : MSG_DONTWAIT
    #endif
    while true {
      let sent = bytes.withUnsafeBytes { systemSend(socket, $0.baseAddress, $0.count, flags) }
      if sent >= 0 { return sent }
      switch errno {
      case EINTR: continue
      case EAGAIN: return 0
      default: return nil
      }
    }
  }

  private func closeSocket() { _ = systemClose(socket) }
}
