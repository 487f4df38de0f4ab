import WeftCompiler

extension Machine {
  /// What carries out the method at an index of `BuiltinMethods.all`. Nil for a method that changes its receiver, that the
  /// prelude always carries out, or that belongs to a task or a group.
  static func native(forMethod index: Int) -> Native? {
    guard let method = BuiltinMethod(rawValue: UInt16(truncatingIfNeeded: index)) else { return nil }
    switch method {
    case .stringUpper: return StringMethods.upper
    case .stringLower: return StringMethods.lower
    case .stringCapitalize: return StringMethods.capitalize
    case .stringTitle: return StringMethods.title
    case .stringSwapcase: return StringMethods.swapcase
    case .stringStrip: return StringMethods.strip
    case .stringLstrip: return StringMethods.lstrip
    case .stringRstrip: return StringMethods.rstrip
    case .stringSplit: return StringMethods.split
    case .stringRsplit: return StringMethods.rsplit
    case .stringLines: return StringMethods.lines
    case .stringSplitlines: return StringMethods.lines
    case .stringPartition: return StringMethods.partition
    case .stringRpartition: return StringMethods.rpartition
    case .stringJoin: return StringMethods.join
    case .stringReplace: return StringMethods.replace
    case .stringStartswith: return StringMethods.startswith
    case .stringEndswith: return StringMethods.endswith
    case .stringRemoveprefix: return StringMethods.removeprefix
    case .stringRemovesuffix: return StringMethods.removesuffix
    case .stringFind: return StringMethods.find
    case .stringRfind: return StringMethods.rfind
    case .stringIndex: return StringMethods.index
    case .stringCount: return StringMethods.count
    case .stringContains: return StringMethods.contains
    case .stringIsdigit: return StringMethods.isdigit
    case .stringIsalpha: return StringMethods.isalpha
    case .stringIsalnum: return StringMethods.isalnum
    case .stringIsspace: return StringMethods.isspace
    case .stringIsupper: return StringMethods.isupper
    case .stringIslower: return StringMethods.islower
    case .stringLjust: return StringMethods.ljust
    case .stringRjust: return StringMethods.rjust
    case .stringCenter: return StringMethods.center
    case .stringZfill: return StringMethods.zfill
    case .stringRepeat: return StringMethods.`repeat`
    case .stringChars: return StringMethods.chars
    case .stringBytes: return StringMethods.bytes
    case .stringEncode: return StringMethods.bytes
    case .stringReversed: return StringMethods.reversed
    case .listIndex: return ListMethods.index
    case .listCount: return ListMethods.count
    case .listGet: return ListMethods.get
    case .listFirst: return ListMethods.first
    case .listLast: return ListMethods.last
    case .listCopy: return ListMethods.copy
    case .listJoin: return ListMethods.join
    case .listUnique: return ListMethods.unique
    case .listChunks: return ListMethods.chunks
    case .listAny: return SequenceFunctions.any
    case .listAll: return SequenceFunctions.all
    case .listSum: return SequenceFunctions.sumMethod
    case .listMin: return SequenceFunctions.minMethod
    case .listMax: return SequenceFunctions.maxMethod
    case .listSorted: return SequenceFunctions.sorted
    case .listReversed: return SequenceFunctions.reversed
    case .listContains: return ListMethods.contains
    case .rangeList: return ListMethods.rangeList
    case .rangeStep: return ListMethods.rangeStep
    case .rangeAny: return SequenceFunctions.any
    case .rangeAll: return SequenceFunctions.all
    case .rangeSum: return SequenceFunctions.sumMethod
    case .rangeMin: return SequenceFunctions.minMethod
    case .rangeMax: return SequenceFunctions.maxMethod
    case .rangeSorted: return SequenceFunctions.sorted
    case .rangeReversed: return SequenceFunctions.reversed
    case .rangeContains: return ListMethods.contains
    case .mapGet: return MapMethods.get
    case .mapKeys: return MapMethods.keys
    case .mapValues: return MapMethods.values
    case .mapItems: return MapMethods.items
    case .mapContains: return MapMethods.contains
    case .mapMerged: return MapMethods.merged
    case .mapCopy: return ListMethods.copy
    case .intRound: return NumberFunctions.round
    case .intAbs: return NumberFunctions.abs
    case .intFormat: return NumberFunctions.format
    case .intBitLength: return NumberFunctions.bitLength
    case .floatRound: return NumberFunctions.round
    case .floatAbs: return NumberFunctions.abs
    case .floatFormat: return NumberFunctions.format
    case .floatIsInteger: return NumberFunctions.isInteger
    case .floatFloor: return MathFunctions.floor
    case .floatCeil: return MathFunctions.ceil
    case .durationAbs: return NumberFunctions.abs
    case .durationRound: return NumberFunctions.durationRound
    case .durationTotalSeconds: return NumberFunctions.totalSeconds
    case .bytesText: return OtherMethods.bytesText
    case .bytesDecode: return OtherMethods.bytesText
    case .bytesHex: return OtherMethods.bytesHex
    case .bytesBase64: return OtherMethods.bytesBase64
    case .bytesList: return OtherMethods.bytesList
    case .bytesFind: return OtherMethods.bytesFind
    case .responseJson: return OtherMethods.responseJSON
    case .responseCheck: return OtherMethods.responseCheck
    case .listAppend, .listExtend, .listInsert, .listPop, .listRemove, .listClear, .listReverse, .listSort,
      .listGroupBy, .listPartition, .listMap, .listFilter, .listFlatMap, .listReduce, .listEach, .listFind, .rangeMap,
      .rangeFilter, .rangeFlatMap, .rangeReduce, .rangeEach, .rangeFind, .mapPop, .mapRemove, .mapUpdate, .mapClear,
      .mapSetdefault, .mapMapValues, .mapFilter, .mapMap, .mapEach, .taskCancel, .groupCancel,
      .queuePut, .queueGet, .queueClose, .queueTaskDone, .queueJoin, .sharedUpdate:
      return nil
    }
  }

  /// What carries out a method that changes its receiver; nil for the others.
  static func mutatingNative(forMethod index: Int) -> MutatingNative? {
    guard let method = BuiltinMethod(rawValue: UInt16(truncatingIfNeeded: index)) else { return nil }
    switch method {
    case .listAppend: return ListMethods.append
    case .listExtend: return ListMethods.extend
    case .listInsert: return ListMethods.insert
    case .listPop: return ListMethods.pop
    case .listRemove: return ListMethods.remove
    case .listClear: return ListMethods.clear
    case .listReverse: return ListMethods.reverse
    case .listSort: return ListMethods.sort
    case .mapPop: return MapMethods.pop
    case .mapRemove: return MapMethods.remove
    case .mapUpdate: return MapMethods.update
    case .mapClear: return MapMethods.clear
    case .mapSetdefault: return MapMethods.setdefault
    default: return nil
    }
  }
}
