/// The methods of the built-in types, one case for each type and name. The raw value is its index in `BuiltinMethods.all`.
public enum BuiltinMethod: UInt16, CaseIterable, Sendable {
  case stringUpper, stringLower, stringCapitalize, stringTitle, stringSwapcase, stringStrip, stringLstrip
  case stringRstrip, stringSplit, stringRsplit, stringLines, stringSplitlines, stringPartition, stringRpartition
  case stringJoin, stringReplace, stringStartswith, stringEndswith, stringRemoveprefix, stringRemovesuffix
  case stringFind, stringRfind, stringIndex, stringCount, stringContains, stringIsdigit, stringIsalpha
  case stringIsalnum, stringIsspace, stringIsupper, stringIslower, stringLjust, stringRjust, stringCenter
  case stringZfill, stringRepeat, stringChars, stringBytes, stringEncode, stringReversed

  case listAppend, listExtend, listInsert, listPop, listRemove, listClear, listReverse, listSort, listIndex
  case listCount, listGet, listFirst, listLast, listCopy, listJoin, listUnique, listChunks, listGroupBy
  case listPartition, listMap, listFilter, listFlatMap, listReduce, listEach, listAny, listAll, listFind, listSum
  case listMin, listMax, listSorted, listReversed, listContains

  case rangeList, rangeStep, rangeMap, rangeFilter, rangeFlatMap, rangeReduce, rangeEach, rangeAny, rangeAll
  case rangeFind, rangeSum, rangeMin, rangeMax, rangeSorted, rangeReversed, rangeContains

  case mapGet, mapKeys, mapValues, mapItems, mapContains, mapPop, mapRemove, mapUpdate, mapClear, mapSetdefault
  case mapMerged, mapCopy, mapMapValues, mapFilter, mapMap, mapEach

  case intRound, intAbs, intFormat, intBitLength

  case floatRound, floatAbs, floatFormat, floatIsInteger, floatFloor, floatCeil

  case durationAbs, durationRound, durationTotalSeconds

  case bytesText, bytesDecode, bytesHex, bytesBase64, bytesList, bytesFind

  case responseJson, responseCheck

  case taskCancel

  case groupCancel

  case queuePut, queueGet, queueClose, queueTaskDone, queueJoin

  case sharedUpdate
}

extension BuiltinMethod {
  /// Its receiver, its name, its parameters and what it does.
  public var signature: MethodSignature {
    switch self {
    case .stringUpper, .stringLower, .stringCapitalize, .stringTitle, .stringSwapcase, .stringStrip, .stringLstrip,
      .stringRstrip, .stringSplit, .stringRsplit, .stringLines, .stringSplitlines, .stringPartition,
      .stringRpartition, .stringJoin, .stringReplace, .stringStartswith, .stringEndswith, .stringRemoveprefix,
      .stringRemovesuffix, .stringFind, .stringRfind, .stringIndex, .stringCount, .stringContains, .stringIsdigit,
      .stringIsalpha, .stringIsalnum, .stringIsspace, .stringIsupper, .stringIslower, .stringLjust, .stringRjust,
      .stringCenter, .stringZfill, .stringRepeat, .stringChars, .stringBytes, .stringEncode, .stringReversed:
      stringSignature
    case .listAppend, .listExtend, .listInsert, .listPop, .listRemove, .listClear, .listReverse, .listSort,
      .listIndex, .listCount, .listGet, .listFirst, .listLast, .listCopy, .listJoin, .listUnique, .listChunks,
      .listGroupBy, .listPartition, .listMap, .listFilter, .listFlatMap, .listReduce, .listEach, .listAny, .listAll,
      .listFind, .listSum, .listMin, .listMax, .listSorted, .listReversed, .listContains:
      sequenceSignature
    case .rangeList, .rangeStep, .rangeMap, .rangeFilter, .rangeFlatMap, .rangeReduce, .rangeEach, .rangeAny,
      .rangeAll, .rangeFind, .rangeSum, .rangeMin, .rangeMax, .rangeSorted, .rangeReversed, .rangeContains:
      sequenceSignature
    case .mapGet, .mapKeys, .mapValues, .mapItems, .mapContains, .mapPop, .mapRemove, .mapUpdate, .mapClear,
      .mapSetdefault, .mapMerged, .mapCopy, .mapMapValues, .mapFilter, .mapMap, .mapEach:
      otherSignature
    case .intRound, .intAbs, .intFormat, .intBitLength:
      otherSignature
    case .floatRound, .floatAbs, .floatFormat, .floatIsInteger, .floatFloor, .floatCeil:
      otherSignature
    case .durationAbs, .durationRound, .durationTotalSeconds:
      otherSignature
    case .bytesText, .bytesDecode, .bytesHex, .bytesBase64, .bytesList, .bytesFind:
      otherSignature
    case .responseJson, .responseCheck:
      otherSignature
    case .taskCancel:
      otherSignature
    case .groupCancel:
      otherSignature
    case .queuePut, .queueGet, .queueClose, .queueTaskDone, .queueJoin, .sharedUpdate:
      otherSignature
    }
  }
}
