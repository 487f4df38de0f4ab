import Testing
import WeftCompiler

@testable import WeftMachine

@Suite struct BuiltinTableTests {
  @Test func eachMethodIsCarriedOut() {
    for (index, method) in BuiltinMethods.all.enumerated() {
      let native = Machine.native(forMethod: index) != nil
      let mutating = Machine.mutatingNative(forMethod: index) != nil
      let isHandle = [.task, .group, .queue].contains(method.receiver)
      #expect(mutating == method.isMutating, "\(method.receiver).\(method.name)")
      if isHandle { continue }
      // The prelude alone, the machine alone, or the prelude for calls with one parameter.
      #expect(
        native || mutating == (method.prelude == nil || method.preludeParameter != nil),
        "\(method.receiver).\(method.name)")
      #expect(!method.documentation.isEmpty)
      if let task = method.prelude { #expect(preludeSource.contains("task \(task)(")) }
      if let name = method.preludeParameter { #expect(method.parameters.contains { $0.name == name }) }
    }
    #expect(Set(BuiltinFunction.allCases.map(\.name)).count == BuiltinFunction.allCases.count)
    for function in BuiltinFunction.allCases {
      if let task = function.signature.prelude { #expect(preludeSource.contains("task \(task)(")) }
      #expect(!function.signature.documentation.isEmpty)
    }
  }

  @Test func namesHaveIds() {
    #expect(BuiltinMethods.names == Array(Set(BuiltinMethods.names)).sorted())
    for (index, method) in BuiltinMethods.all.enumerated() {
      guard let id = BuiltinMethods.id(of: method.name) else {
        Issue.record("\(method.name) has no id")
        continue
      }
      #expect(BuiltinMethods.index(id: id, receiver: method.receiver) == index)
    }
    #expect(BuiltinMethods.id(of: "nothing") == nil)
    #expect(BuiltinMethods.id(of: "") == nil)
    #expect(BuiltinMethods.id(of: "zzz") == nil)
  }

  @Test func aNameNeedsAPlaceOfEveryTypeOrNone() {
    // The compiler decides by the name alone whether a call changes its receiver; for `update`, the machine does.
    for name in BuiltinMethods.names where name != "update" {
      let kinds = Set(BuiltinMethods.all.filter { $0.name == name }.map(\.isMutating))
      #expect(kinds.count == 1, "\(name)")
    }
  }
}
