/// The candidate that somebody who wrote `word` most likely meant, or nil if none is near.
///
/// Near means that at most a third of the letters (and at most three) were left out, added, changed or swapped with their
/// neighbour. Of equally near candidates the first wins.
///
///     closestMatch(to: "downlaod", among: ["upload", "download"])  // "download"
public func closestMatch(to word: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(word.unicodeScalars)
  guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
  var best: String?
  var bestDistance = min(3, max(1, wanted.count / 3)) + 1
  for candidate in candidates where candidate != word {
    let scalars = Array(candidate.unicodeScalars)
    guard abs(scalars.count - wanted.count) < bestDistance, !scalars.isEmpty else { continue }
    let distance = editDistance(wanted, scalars)
    // With one or two letters everything is near everything; only a difference of case is a likely slip.
    if wanted.count < 3 || scalars.count < 3, candidate.lowercased() != word.lowercased() { continue }
    if distance < bestDistance || (bestDistance > 1 && best == nil && candidate.lowercased() == word.lowercased()) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/// Damerau–Levenshtein distance (with neighbours swapped as one step) of two short texts.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  var current = last
  for row in 1...left.count {
    current[0] = row
    for column in 1...right.count {
      let same = left[row - 1] == right[column - 1]
      var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
      if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
        cost = min(cost, beforeLast[column - 2] + 1)
      }
      current[column] = cost
    }
    (beforeLast, last, current) = (last, current, beforeLast)
  }
  return last[right.count]
}
