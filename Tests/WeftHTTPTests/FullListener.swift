#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Listens on loopback, accepts nobody, and its queue is full: Linux then drops whoever else wants to connect, so a
/// connection attempt hangs without a packet leaving the machine.
final class FullListener {
  private var sockets: [CInt] = []
  private(set) var port = 0

  struct Failure: Error {}

  init() throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = try makeSocket()
    try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard bind(listener, pointer, length) == 0, listen(listener, 0) == 0,
          getsockname(listener, pointer, &length) == 0
        else { throw Failure() }
        // A queue of length 0 holds one; the rest are for a system that rounds up.
        for _ in 0..<4 {
          let client = try makeSocket()
          _ = fcntl(client, F_SETFL, O_NONBLOCK)
          _ = connect(client, pointer, length)
        }
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit {
    for socket in sockets { close(socket) }
  }

  private func makeSocket() throws -> CInt {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { throw Failure() }
    sockets.append(descriptor)
    return descriptor
  }
}
