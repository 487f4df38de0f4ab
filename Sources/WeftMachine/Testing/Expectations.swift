import WeftCompiler
public import WeftSyntax

/// An `expect` that was false, or a call in a test that nothing answers.
public struct FailedExpectation: Sendable {
  /// Lower case, no full stop.
  public let message: String
  /// The values that tell why.
  public let notes: [String]
  public let span: Span
  public let source: Int

  public init(_ message: String, notes: [String] = [], span: Span, source: Int) {
    self.message = message
    self.notes = notes
    self.span = span
    self.source = source
  }
}

extension Machine {
  /// `expect`: in a test one that is false throws at once; in a run it is noted. False when something was thrown.
  @inline(never) func expectation(_ word: UInt64, _ base: UnsafeMutablePointer<Value>, _ labels: Value) -> Bool {
    let instruction = Instruction(word: word)
    let value = (base + instruction.a).pointee
    guard value.tag == Kind.bool else {
      fail(notABool(value))
      return false
    }
    expectations += 1
    if value.bool { return true }
    guard let fiber = core.pointee.fiber else { return true }
    let position = position(of: fiber.pointee.pc) - 1
    let source = function(at: position).map { image.functions[$0].source } ?? 0
    let span = image.spans[position]
    let notes = explanation(instruction, base + instruction.b, ListBlock(labels))
    let isTest = image.purpose == .test
    let message = isTest ? "`\(condition(source: max(0, source), span))` is false" : "an expectation failed"
    failedExpectations.append(FailedExpectation(message, notes: notes, span: span, source: max(0, source)))
    if !isTest { return true }
    let error = raise(.expectationError, message)
    let shown = heap.makeList(taking: notes.map { heap.makeString($0) })
    setField("notes", of: error.error, to: shown)
    fail(error)
    return false
  }

  /// Gives an error a field; takes over the value.
  func setField(_ name: String, of error: Value, to value: Value) {
    let fields = ErrorBlock(error).fields
    if fields.pointee.tag != Kind.map { fields.pointee = Value(heap.makeMap(capacity: 4).block) }
    let key = intern(name)
    heap.set(key, hash: StringBlock(key).hash, to: value, inMap: fields)
  }

  /// The notes of an error that a failed `expect` threw.
  func notes(of error: ErrorBlock) -> [String] {
    let fields = error.fields.pointee
    guard fields.tag == Kind.map else { return [] }
    let key = intern("notes")
    defer { heap.release(key) }
    let found = MapBlock(fields).find(key, hash: StringBlock(key).hash)
    guard found >= 0, MapBlock(fields).entries[found].value.tag == Kind.list else { return [] }
    let list = ListBlock(MapBlock(fields).entries[found].value)
    return (0..<list.count).filter { list.elements[$0].tag == Kind.string }.map { list.elements[$0].text }
  }

  /// The text of a condition, without `expect`, in one line.
  private func condition(source: Int, _ span: Span) -> String {
    guard image.sources.indices.contains(source) else { return "" }
    var words = image.sources[source].text(span).split(whereSeparator: \.isWhitespace)
    if words.first == "expect" { words.removeFirst() }
    let text = words.joined(separator: " ")
    return text.count > 100 ? text.prefix(99) + "…" : text
  }

  // MARK: Why

  private func explanation(
    _ instruction: Instruction, _ values: UnsafeMutablePointer<Value>, _ labels: ListBlock
  ) -> [String] {
    switch instruction.flags {
    case 1: return sides(values[0], values[1])
    case 2: return [outcome(values[0])]
    default:
      let telling = (0..<min(instruction.c, labels.count)).filter { !labels.elements[$0].text.isEmpty }
      return telling.map { "`\(labels.elements[$0].text)` is \(shown(values[$0]))" }
    }
  }

  private func sides(_ left: Value, _ right: Value) -> [String] {
    var notes = ["left:  \(shown(left))", "right: \(shown(right))"]
    if let difference = difference(left, right) { notes.append(difference) }
    return notes
  }

  /// What the block of a `throws` did instead.
  private func outcome(_ value: Value) -> String {
    guard value.tag == Kind.error else { return "nothing was thrown; the block gave \(shown(value))" }
    let error = ErrorBlock(value)
    let place = error.line > 0 ? "  (line \(error.line))" : ""
    return "it threw \(error.kind.pointee.text): \(error.message.pointee.text)\(place)"
  }

  private static let longestValue = 400

  /// A value as a failed `expect` shows it: whole, if it is not too long for that.
  func shown(_ value: Value) -> String {
    guard isShort(value) else { return preview(value, limit: Self.longestValue, depth: 6) }
    do throws(Thrown) {
      let whole = try text(of: value, quoted: true)
      defer { heap.release(whole) }
      if whole.text.count <= Self.longestValue { return whole.text }
      return value.tag == Kind.string
        ? whole.text.prefix(Self.longestValue - 1) + "…" : preview(value, limit: Self.longestValue, depth: 6)
    } catch {
      heap.release(error.error)
      return preview(value, limit: Self.longestValue, depth: 6)
    }
  }

  /// Whether it costs little to make the text of a value.
  private func isShort(_ value: Value) -> Bool {
    switch value.tag {
    case Kind.string: StringBlock(value).buffer.count <= 100_000
    case Kind.list: ListBlock(value).count <= 100
    case Kind.map: MapBlock(value).count <= 100
    case Kind.bytes: BytesBlock(value).count <= 100
    default: true
    }
  }

  /// Where two lists, maps or long texts begin to differ; nil where that is plain to see.
  private func difference(_ left: Value, _ right: Value) -> String? {
    var path = ""
    var (left, right) = (left, right)
    while left.tag == right.tag {
      if left.tag == Kind.list {
        let (a, b) = (ListBlock(left), ListBlock(right))
        let common = min(a.count, b.count)
        guard let place = (0..<common).first(where: { !equal(a.elements[$0], b.elements[$0]) }) else {
          return a.count == b.count
            ? nil : "the left\(path.isEmpty ? "" : " `\(path)`") has \(a.count) elements, the right \(b.count)"
        }
        path += "[\(place)]"
        (left, right) = (a.elements[place], b.elements[place])
      } else if left.tag == Kind.map {
        let (a, b) = (MapBlock(left), MapBlock(right))
        var next: (String, Value, Value)?
        for index in 0..<a.used where !a.entries[index].isRemoved {
          let entry = a.entries[index]
          let name = entry.key.tag == Kind.string ? ".\(entry.key.text)" : "[\(preview(entry.key))]"
          guard let other = entryValue(b, entry.key) else { return "only the left has `\(path)\(name)`" }
          if !equal(entry.value, other) {
            next = (name, entry.value, other)
            break
          }
        }
        guard let next else {
          for index in 0..<b.used where !b.entries[index].isRemoved && entryValue(a, b.entries[index].key) == nil {
            let key = b.entries[index].key
            let name = key.tag == Kind.string ? ".\(key.text)" : "[\(preview(key))]"
            return "only the right has `\(path)\(name)`"
          }
          return nil
        }
        path += next.0
        (left, right) = (next.1, next.2)
      } else {
        break
      }
    }
    if path.isEmpty { return nil }
    return "they differ at `\(path)`: \(preview(left, limit: 60)) and \(preview(right, limit: 60))"
  }

  private func entryValue(_ map: MapBlock, _ key: Value) -> Value? {
    do throws(Thrown) {
      let found = map.find(key, hash: try hash(forKey: key))
      return found >= 0 ? map.entries[found].value : nil
    } catch {
      // unreachable: it is the key of another map.
      heap.release(error.error)
      return nil
    }
  }
}
