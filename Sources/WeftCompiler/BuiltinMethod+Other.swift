extension BuiltinMethod {
  /// The signatures of the methods of the other types.
  var otherSignature: MethodSignature {
    switch self {
    case .mapGet:
      .init(.map, "get", [.needed("key"), .optional("default")], "the value under a key; else `default`, or none")
    case .mapKeys: .init(.map, "keys", [], "a list of its keys")
    case .mapValues: .init(.map, "values", [], "a list of its values")
    case .mapItems: .init(.map, "items", [], "a list of `[key, value]`")
    case .mapContains: .init(.map, "contains", [.needed("key")], "whether a key is there; `key in m` says the same")
    case .mapPop:
      .init(
        .map, "pop", [.needed("key"), .optional("default")], mutating: true,
        "takes an entry out and gives its value")
    case .mapRemove:
      .init(.map, "remove", [.needed("key")], mutating: true, "takes an entry out; throws if it is not there")
    case .mapUpdate: .init(.map, "update", [.needed("other")], mutating: true, "puts all entries of another map in")
    case .mapClear: .init(.map, "clear", mutating: true, "takes all entries out")
    case .mapSetdefault:
      .init(
        .map, "setdefault", [.needed("key"), .optional("default")], mutating: true,
        "the value under a key, which is put in first if it is missing")
    case .mapMerged: .init(.map, "merged", [.needed("other")], "with all entries of another map put in")
    case .mapCopy: .init(.map, "copy", [], "the same map: maps are values")
    case .mapMapValues:
      .init(.map, "map_values", [.needed("f")], prelude: "__map_map_values", "a map of `f(value)` under the same keys")
    case .mapFilter:
      .init(
        .map, "filter", [.needed("f")], prelude: "__map_filter",
        "a map of the entries for which `f(key, value)` is true")
    case .mapMap: .init(.map, "map", [.needed("f")], prelude: "__map_map", "a list of `f(key, value)` for each entry")
    case .mapEach: .init(.map, "each", [.needed("f")], prelude: "__map_each", "calls `f(key, value)` for each entry")
    case .intRound: .init(.int, "round", [.optional("digits")], "rounded to tens, hundreds … when `digits` is negative")
    case .intAbs: .init(.int, "abs", [], "its size")
    case .intFormat:
      .init(
        .int, "format", [.optional("decimals"), .optional("separator"), .optional("width")],
        "its digits, with a separator between thousands if one is given")
    case .intBitLength: .init(.int, "bit_length", [], "how many binary digits it has")
    case .floatRound: .init(.float, "round", [.optional("digits")], "the nearest Int, or Float with that many decimals")
    case .floatAbs: .init(.float, "abs", [], "its size")
    case .floatFormat:
      .init(
        .float, "format", [.optional("decimals"), .optional("separator"), .optional("width")],
        "with that many decimals")
    case .floatIsInteger: .init(.float, "is_integer", [], "whether it has no fraction")
    case .floatFloor: .init(.float, "floor", [], "the greatest Int that is not above it")
    case .floatCeil: .init(.float, "ceil", [], "the least Int that is not below it")
    case .durationAbs: .init(.duration, "abs", [], "its size")
    case .durationRound: .init(.duration, "round", [.needed("unit")], "the nearest multiple of another duration")
    case .durationTotalSeconds: .init(.duration, "total_seconds", [], "how many seconds it has, as a Float")
    case .bytesText: .init(.bytes, "text", [], "the text that these UTF-8 bytes stand for")
    case .bytesDecode: .init(.bytes, "decode", [], "the text that these UTF-8 bytes stand for")
    case .bytesHex: .init(.bytes, "hex", [], "two hexadecimal digits for each byte")
    case .bytesBase64: .init(.bytes, "base64", [], "the bytes in Base64")
    case .bytesList: .init(.bytes, "list", [], "a list of Ints from 0 to 255")
    case .bytesFind: .init(.bytes, "find", [.needed("bytes")], "where other bytes first stand, or -1")
    case .responseJson: .init(.response, "json", [], "the value of a JSON body")
    case .responseCheck:
      .init(.response, "check", [], "the response itself; throws HTTPError for a status of 400 or more")
    case .taskCancel: .init(.task, "cancel", [], "asks the task to end; does not wait")
    case .groupCancel: .init(.group, "cancel", [], "ends the group: its block gives none")
    case .queuePut: .init(.queue, "put", [.needed("item")], "adds an item; waits while the queue is full")
    case .queueGet: .init(.queue, "get", [], "takes the first item out; waits while there is none")
    case .queueClose: .init(.queue, "close", [], "nothing can be put in any more; what is in can still be taken out")
    case .queueTaskDone: .init(.queue, "task_done", [], "tells that the work on an item that was taken is done")
    case .queueJoin: .init(.queue, "join", [], "waits until the work on every item is done")
    case .sharedUpdate:
      .init(
        .shared, "update", [.needed("f")], prelude: "__shared_update",
        "sets the value to `f(value)` in one step and gives it; `f` may not wait")
    // unreachable: `signature` asks for these methods alone.
    default: .init(.none, "", [], "")
    }
  }
}
