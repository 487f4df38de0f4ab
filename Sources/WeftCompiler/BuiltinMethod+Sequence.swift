extension BuiltinMethod {
  /// The signatures of the methods of a List and a Range.
  var sequenceSignature: MethodSignature {
    switch self {
    case .listAppend: .init(.list, "append", [.needed("x")], mutating: true, "adds an element at the end")
    case .listExtend:
      .init(.list, "extend", [.needed("xs")], mutating: true, "adds all elements of a sequence at the end")
    case .listInsert:
      .init(
        .list, "insert", [.needed("index"), .needed("x")], mutating: true,
        "puts an element before the one at an index")
    case .listPop:
      .init(
        .list, "pop", [.optional("index")], mutating: true,
        "takes the last element, or that at an index, out and gives it")
    case .listRemove:
      .init(.list, "remove", [.needed("x")], mutating: true, "takes the first element that equals x out")
    case .listClear: .init(.list, "clear", mutating: true, "takes all elements out")
    case .listReverse: .init(.list, "reverse", mutating: true, "turns the order round")
    case .listSort:
      .init(
        .list, "sort", [.optional("by"), .optional("reverse")], mutating: true, prelude: "__sorted", preludeFor: "by",
        "sorts it; equal elements keep their order")
    case .listIndex:
      .init(.list, "index", [.needed("x")], "where the first element stands that equals x; throws if none does")
    case .listCount: .init(.list, "count", [.needed("x")], "how many elements equal x")
    case .listGet:
      .init(.list, "get", [.needed("index"), .optional("default")], "the element at an index; else `default`, or none")
    case .listFirst: .init(.list, "first", [.optional("default")], "the first element; else `default`, or none")
    case .listLast: .init(.list, "last", [.optional("default")], "the last element; else `default`, or none")
    case .listCopy: .init(.list, "copy", [], "the same list: lists are values")
    case .listJoin: .init(.list, "join", [.optional("sep")], "the texts of the elements with `sep` between them")
    case .listUnique:
      .init(
        .list, "unique", [.optional("by")], prelude: "__unique", preludeFor: "by",
        "each element once, in the order of the first ones")
    case .listChunks:
      .init(.list, "chunks", [.needed("size")], "lists of `size` elements each; the last may be shorter")
    case .listGroupBy:
      .init(
        .list, "group_by", [.needed("by")], prelude: "__seq_group_by",
        "a map from `by(x)` to the list of such elements")
    case .listPartition:
      .init(
        .list, "partition", [.needed("by")], prelude: "__seq_partition",
        "`[those for which by(x) is true, the others]`")
    case .listMap: .init(.list, "map", [.needed("f")], prelude: "__seq_map", "a list of `f(x)` for each `x`")
    case .listFilter:
      .init(.list, "filter", [.needed("f")], prelude: "__seq_filter", "a list of each `x` for which `f(x)` is true")
    case .listFlatMap:
      .init(.list, "flat_map", [.needed("f")], prelude: "__seq_flat_map", "the lists `f(x)` put together")
    case .listReduce:
      .init(
        .list, "reduce", [.needed("f"), .optional("initial")], prelude: "__seq_reduce",
        "combines all elements by `f(total, x)`")
    case .listEach: .init(.list, "each", [.needed("f")], prelude: "__seq_each", "calls `f(x)` for each `x`")
    case .listAny:
      .init(
        .list, "any", [.optional("by")], prelude: "__any", preludeFor: "by",
        "whether one of the elements, or `by` of it, is true")
    case .listAll:
      .init(
        .list, "all", [.optional("by")], prelude: "__all", preludeFor: "by",
        "whether all of the elements, or `by` of them, are true")
    case .listFind:
      .init(
        .list, "find", [.needed("by"), .optional("default")], prelude: "__seq_find",
        "the first element for which `by` is true; else `default`, or none")
    case .listSum: .init(.list, "sum", [], "the sum of the elements")
    case .listMin: .init(.list, "min", [.optional("by")], prelude: "__seq_min", preludeFor: "by", "the least element")
    case .listMax:
      .init(.list, "max", [.optional("by")], prelude: "__seq_max", preludeFor: "by", "the greatest element")
    case .listSorted:
      .init(
        .list, "sorted", [.optional("by"), .optional("reverse")], prelude: "__sorted", preludeFor: "by",
        "a sorted copy; equal elements keep their order")
    case .listReversed: .init(.list, "reversed", [], "a list in the opposite order")
    case .listContains: .init(.list, "contains", [.needed("x")], "whether an element equals x; `x in xs` says the same")
    case .rangeList: .init(.range, "list", [], "a list of its integers")
    case .rangeStep: .init(.range, "step", [.needed("step")], "a list of each `step`th integer")
    case .rangeMap: .init(.range, "map", [.needed("f")], prelude: "__seq_map", "a list of `f(x)` for each `x`")
    case .rangeFilter:
      .init(.range, "filter", [.needed("f")], prelude: "__seq_filter", "a list of each `x` for which `f(x)` is true")
    case .rangeFlatMap:
      .init(.range, "flat_map", [.needed("f")], prelude: "__seq_flat_map", "the lists `f(x)` put together")
    case .rangeReduce:
      .init(
        .range, "reduce", [.needed("f"), .optional("initial")], prelude: "__seq_reduce",
        "combines all elements by `f(total, x)`")
    case .rangeEach: .init(.range, "each", [.needed("f")], prelude: "__seq_each", "calls `f(x)` for each `x`")
    case .rangeAny:
      .init(
        .range, "any", [.optional("by")], prelude: "__any", preludeFor: "by",
        "whether one of the elements, or `by` of it, is true")
    case .rangeAll:
      .init(
        .range, "all", [.optional("by")], prelude: "__all", preludeFor: "by",
        "whether all of the elements, or `by` of them, are true")
    case .rangeFind:
      .init(
        .range, "find", [.needed("by"), .optional("default")], prelude: "__seq_find",
        "the first element for which `by` is true; else `default`, or none")
    case .rangeSum: .init(.range, "sum", [], "the sum of the elements")
    case .rangeMin: .init(.range, "min", [.optional("by")], prelude: "__seq_min", preludeFor: "by", "the least element")
    case .rangeMax:
      .init(.range, "max", [.optional("by")], prelude: "__seq_max", preludeFor: "by", "the greatest element")
    case .rangeSorted:
      .init(
        .range, "sorted", [.optional("by"), .optional("reverse")], prelude: "__sorted", preludeFor: "by",
        "a sorted copy; equal elements keep their order")
    case .rangeReversed: .init(.range, "reversed", [], "a list in the opposite order")
    case .rangeContains:
      .init(.range, "contains", [.needed("x")], "whether an element equals x; `x in xs` says the same")
    // unreachable: `signature` asks for these methods alone.
    default: .init(.none, "", [], "")
    }
  }
}
