/// The built-in functions that call a task, written in Weft itself, because no native function may call one.
///
/// It is compiled once a process and hidden from traces. Names that begin with two underscores are visible here alone.
public let preludeSource = #"""
  task __retry_matches(on, error) {
    if type(on) == "Function" { on(error) } else { __error_is(error, on) }
  }

  task __shared_update(self, f) => __update(self, f)

  task __map(f, xs) => [f(x) for x in xs]
  task __filter(f, xs) => [x for x in xs if f(x)]
  task __reduce(f, xs, initial = none) => __seq_reduce(xs, f, initial)

  task __seq_map(self, f) => [f(x) for x in self]
  task __seq_filter(self, f) => [x for x in self if f(x)]

  task __seq_flat_map(self, f) {
    var result = []
    for x in self { result.extend(f(x)) }
    result
  }

  task __seq_reduce(self, f, initial = none) {
    var total = initial
    var isFirst = initial == none
    for x in self {
      if isFirst {
        total = x
        isFirst = false
      } else {
        total = f(total, x)
      }
    }
    if isFirst { throw ValueError("cannot reduce an empty sequence without `initial`") }
    total
  }

  task __seq_each(self, f) {
    for x in self { f(x) }
    none
  }

  task __any(self, by) {
    for x in self {
      if by(x) { return true }
    }
    false
  }

  task __all(self, by) {
    for x in self {
      if not by(x) { return false }
    }
    true
  }

  task __seq_find(self, by, default = none) {
    for x in self {
      if by(x) { return x }
    }
    default
  }

  task __seq_group_by(self, by) {
    var groups = {}
    for x in self {
      let key = by(x)
      if key not in groups { groups[key] = [] }
      groups[key].append(x)
    }
    groups
  }

  task __seq_partition(self, by) {
    var yes = []
    var no = []
    for x in self {
      if by(x) { yes.append(x) } else { no.append(x) }
    }
    [yes, no]
  }

  task __sorted(self, by, reverse = false) => __sort_by_keys(self, [by(x) for x in self], reverse)
  task __min_by(by, xs) => __extreme_by_keys(xs, [by(x) for x in xs], false)
  task __max_by(by, xs) => __extreme_by_keys(xs, [by(x) for x in xs], true)
  task __seq_min(self, by) => __extreme_by_keys(self, [by(x) for x in self], false)
  task __seq_max(self, by) => __extreme_by_keys(self, [by(x) for x in self], true)
  task __unique(self, by) => __unique_by_keys(self, [by(x) for x in self])

  task __map_map_values(self, f) => ({[key]: f(value) for [key, value] in self})
  task __map_filter(self, f) => ({[key]: value for [key, value] in self if f(key, value)})
  task __map_map(self, f) => [f(key, value) for [key, value] in self]

  task __map_each(self, f) {
    for [key, value] in self { f(key, value) }
    none
  }

  task __read(path, bytes = false, limit = none) => __read_file(path, bytes, limit)
  task __lines(path, limit = none) => __read_file(path, false, limit).lines()
  task __shutdown_wait() => __await_shutdown()
  task __write(path, text, append = false) => __write_file(path, text, append)
  """#
