/// The methods of the built-in types, and how a call finds one: by the id of its name and the kind of its receiver.
public enum BuiltinMethods {
  /// All methods; an index in here is what `table` holds.
  public static let all: [MethodSignature] = BuiltinMethod.allCases.map(\.signature)

  /// The different names of methods, sorted; the index of a name is its id.
  public static let names: [String] = {
    var names = all.map(\.name)
    names.sort()
    var unique: [String] = []
    unique.reserveCapacity(names.count)
    for name in names where name != unique.last { unique.append(name) }
    return unique
  }()

  /// For each id the methods of that name.
  static let byID: [[MethodSignature]] = {
    var methods = [[MethodSignature]](repeating: [], count: names.count)
    for method in all { if let id = id(of: method.name) { methods[id].append(method) } }
    return methods
  }()

  /// For each id and each kind of receiver the index of the method in `all`, or -1.
  public static let table: [Int16] = {
    let kinds = ReceiverKind.allCases.count
    var table = [Int16](repeating: -1, count: names.count * kinds)
    for (index, method) in all.enumerated() {
      guard let id = id(of: method.name) else { continue }
      table[id * kinds + Int(method.receiver.rawValue)] = Int16(index)
    }
    return table
  }()

  /// The id of a method's name; nil if no type has such a method.
  public static func id(of name: String) -> Int? {
    let names = names
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if names[middle] < name { low = middle + 1 } else { high = middle }
    }
    return low < names.count && names[low] == name ? low : nil
  }

  /// The index in `all` of the method with that id and receiver; nil if the type has no such method.
  public static func index(id: Int, receiver: ReceiverKind) -> Int? {
    let found = table[id * ReceiverKind.allCases.count + Int(receiver.rawValue)]
    return found < 0 ? nil : Int(found)
  }
}
