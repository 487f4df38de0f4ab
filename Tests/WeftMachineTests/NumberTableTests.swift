import Testing
import WeftMachine

@Suite struct NumberTableTests {
  @Test func itHoldsWhatADictionaryHolds() {
    var table = NumberTable<Int>()
    var dictionary: [UInt64: Int] = [:]
    var state: UInt64 = 11
    for step in 0..<200_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Numbers of three workers that were handed out in turn: old ones go, and new ones come.
      let number = (state >> 60) % 3 << 32 | (UInt64(step / 4) &+ (state >> 40) % 500)
      switch (state >> 33) % 4 {
      case 0, 1:
        table[number] = step
        dictionary[number] = step
      case 2:
        #expect(table.removeValue(for: number) == dictionary.removeValue(forKey: number))
      default:
        #expect(
          table.update(number) {
            $0 += 1; return $0
          } == dictionary[number].map { $0 + 1 })
        dictionary[number]? += 1
      }
      if table.count != dictionary.count { break }
    }
    #expect(table.count == dictionary.count)
    for (number, value) in dictionary { #expect(table[number] == value) }
    for number in dictionary.keys {
      #expect(table.removeValue(for: number) != nil)
      #expect(table[number] == nil)
    }
    #expect(table.count == 0)
  }

  @Test func numbersThatNobodyHasChangeNothing() {
    var table = NumberTable<String>()
    #expect(table[0] == nil && table[.max] == nil && table.removeValue(for: 3) == nil)
    #expect(table.update(3) { $0 += "x" } == nil)
    // The greatest number marks a free place.
    table[.max] = "lost"
    table[0] = "zero"
    table[3] = nil
    #expect(table[.max] == nil && table[0] == "zero" && table.count == 1)
    table[0] = nil
    #expect(table.count == 0)
  }
}
