/// `text` with `%41` turned into `A`; what is no such sequence stays. Bytes that aren't UTF-8 become U+FFFD.
///
/// - Parameter plusIsSpace: as in a query or a form.
func percentDecoded(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.utf8.count)
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(hexValue),
      let low = rest.dropFirst().first.flatMap(hexValue)
    {
      bytes.append(high << 4 | low)
      rest = rest.dropFirst(2)
    } else if byte == UInt8(ascii: "+"), plusIsSpace {
      bytes.append(UInt8(ascii: " "))
    } else {
      bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

private func hexValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}
