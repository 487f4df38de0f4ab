extension BuiltinMethod {
  /// The signatures of a String's methods.
  var stringSignature: MethodSignature {
    switch self {
    case .stringUpper: .init(.string, "upper", [], "all letters in upper case")
    case .stringLower: .init(.string, "lower", [], "all letters in lower case")
    case .stringCapitalize: .init(.string, "capitalize", [], "the first letter in upper case, the rest in lower case")
    case .stringTitle: .init(.string, "title", [], "each word with a first letter in upper case")
    case .stringSwapcase: .init(.string, "swapcase", [], "upper case for lower case and the other way round")
    case .stringStrip:
      .init(.string, "strip", [.optional("characters")], "without white space, or those characters, at both ends")
    case .stringLstrip:
      .init(.string, "lstrip", [.optional("characters")], "without white space, or those characters, at its start")
    case .stringRstrip:
      .init(.string, "rstrip", [.optional("characters")], "without white space, or those characters, at its end")
    case .stringSplit:
      .init(.string, "split", [.optional("sep"), .optional("limit")], "the parts between separators, or the words")
    case .stringRsplit:
      .init(.string, "rsplit", [.optional("sep"), .optional("limit")], "like `split`, but a limit counts from the end")
    case .stringLines: .init(.string, "lines", [], "its lines, without their ends")
    case .stringSplitlines: .init(.string, "splitlines", [], "its lines, without their ends")
    case .stringPartition:
      .init(.string, "partition", [.needed("sep")], "`[before, sep, after]` at the first separator")
    case .stringRpartition:
      .init(.string, "rpartition", [.needed("sep")], "`[before, sep, after]` at the last separator")
    case .stringJoin: .init(.string, "join", [.needed("xs")], "the texts of a sequence with this one between them")
    case .stringReplace:
      .init(
        .string, "replace", [.needed("old"), .needed("new"), .optional("count")],
        "with each `old`, or the first `count` of them, replaced")
    case .stringStartswith:
      .init(.string, "startswith", [.needed("prefix")], "whether it begins with a text, or with one of a list")
    case .stringEndswith:
      .init(.string, "endswith", [.needed("suffix")], "whether it ends with a text, or with one of a list")
    case .stringRemoveprefix: .init(.string, "removeprefix", [.needed("prefix")], "without that text at its start")
    case .stringRemovesuffix: .init(.string, "removesuffix", [.needed("suffix")], "without that text at its end")
    case .stringFind: .init(.string, "find", [.needed("text"), .optional("start")], "where a text first stands, or -1")
    case .stringRfind: .init(.string, "rfind", [.needed("text")], "where a text last stands, or -1")
    case .stringIndex: .init(.string, "index", [.needed("text")], "where a text first stands; throws if it does not")
    case .stringCount: .init(.string, "count", [.needed("text")], "how often a text stands in it")
    case .stringContains:
      .init(.string, "contains", [.needed("text")], "whether a text stands in it; `text in s` says the same")
    case .stringIsdigit: .init(.string, "isdigit", [], "whether there are characters and all are digits")
    case .stringIsalpha: .init(.string, "isalpha", [], "whether there are characters and all are letters")
    case .stringIsalnum: .init(.string, "isalnum", [], "whether there are characters and all are letters or digits")
    case .stringIsspace: .init(.string, "isspace", [], "whether there are characters and all are white space")
    case .stringIsupper: .init(.string, "isupper", [], "whether there are letters and all are in upper case")
    case .stringIslower: .init(.string, "islower", [], "whether there are letters and all are in lower case")
    case .stringLjust: .init(.string, "ljust", [.needed("width"), .optional("fill")], "filled up at its end")
    case .stringRjust: .init(.string, "rjust", [.needed("width"), .optional("fill")], "filled up at its start")
    case .stringCenter: .init(.string, "center", [.needed("width"), .optional("fill")], "filled up at both ends")
    case .stringZfill: .init(.string, "zfill", [.needed("width")], "filled up with zeros after the sign")
    case .stringRepeat: .init(.string, "repeat", [.needed("count")], "this text so many times; `s * n` says the same")
    case .stringChars: .init(.string, "chars", [], "a list of its characters")
    case .stringBytes: .init(.string, "bytes", [], "its UTF-8 bytes")
    case .stringEncode: .init(.string, "encode", [], "its UTF-8 bytes")
    case .stringReversed: .init(.string, "reversed", [], "the characters in the opposite order")
    // unreachable: `signature` asks for these methods alone.
    default: .init(.none, "", [], "")
    }
  }
}
