import Foundation
import Testing

@testable import WeftCommand

/// What Tab offers.
@Suite struct CompleterTests {
  private let completer = Completer(
    names: [
      .init(name: "download", parameters: ["url", "limit"]), .init(name: "downtown", type: "String"),
      .init(name: "xs", type: "List"), .init(name: "user", type: "Map", keys: ["email", "kind"]),
      .init(name: "page", type: "Response"),
    ], tasks: [1, 12])

  private func offers(_ line: String, after block: String = "") -> [String] {
    completer.complete(line, after: block).candidates
  }

  @Test func names() {
    #expect(offers("dow") == ["download", "downtown"])
    #expect(offers("print(dow") == ["download", "downtown"])
    #expect(offers("let y = 1 + downl") == ["download"])
    #expect(completer.complete("downl").suffix == "(")
    #expect(completer.complete("downt").suffix == "")
    #expect(offers("rev") == ["reversed"])
    #expect(offers("mat") == ["math"])
    #expect(completer.complete("mat").suffix == ".")
  }

  @Test func wordsOfBlocks() {
    #expect(offers("gat") == ["gather"])
    #expect(completer.complete("gat").suffix == " ")
    #expect(offers("sema") == ["semaphore"])
    #expect(completer.complete("time").suffix == "(")
    #expect(offers("whi") == ["while"])
  }

  @Test func parametersOfCalls() {
    #expect(offers("fetch(url, ti") == ["timeout:"])
    #expect(offers("download(u, lim") == ["limit:"])
    #expect(completer.complete("download(u, lim").suffix == " ")
    #expect(offers("retry(3, back") == ["backoff:"])
    #expect(offers("pool(thr") == ["threads:"])
    #expect(offers("gather(err").contains("errors:"))
    #expect(offers("sorted(xs, rever").contains("reverse:"))
    #expect(offers("download(f(1), lim") == ["limit:"])
    // Inside of another bracket it is no parameter of the call.
    #expect(offers("download([lim") == [])
    #expect(offers("download(u) lim") == [])
  }

  @Test func parametersOfSignatures() {
    #expect(Completer.Name.parameters(of: "download(url, limit = 5s)") == ["url", "limit"])
    #expect(Completer.Name.parameters(of: "f(a = [1, 2], b = g(1, 2), c)") == ["a", "b", "c"])
    #expect(Completer.Name.parameters(of: "f()") == [])
    #expect(Completer.Name.parameters(of: "answer") == [])
  }

  @Test func methods() {
    #expect(offers("xs.app") == ["append"])
    #expect(completer.complete("xs.app").suffix == "(")
    #expect(offers("xs.uppe") == [])
    #expect(offers("\"tea\".uppe") == ["upper"])
    #expect(offers("[1, 2].app") == ["append"])
    #expect(offers("downtown.isdig") == ["isdigit"])
    #expect(offers("page.sta") == ["status"])
    #expect(offers("page?.sta") == ["status"])
    #expect(offers("page.js") == ["json"])
    #expect(offers("user.em") == ["email"])
    #expect(offers("user.k") == ["keys", "kind"])
    #expect(offers("math.sq") == ["sqrt"])
    #expect(completer.complete("math.p").candidates == ["pi", "pow"])
    // Nothing is known of it: it may be anything.
    #expect(offers("f(x).uppe") == ["upper"])
    #expect(offers("xs[0].uppe") == ["upper"])
    #expect(offers("for i in 0...dow") == ["download", "downtown"])
  }

  @Test func whereNothingCanStand() {
    #expect(offers("\"dow") == [])
    #expect(offers("# dow") == [])
    #expect(offers("12dow") == [])
    #expect(offers("let s = \"\"\"\ndow") == [])
    #expect(offers("\"\\(dow") == ["download", "downtown"])
    #expect(offers("\"\\(1)dow") == [])
  }

  @Test func namesOfTheSameInput() {
    #expect(offers("  tem", after: "let temperature = 20\nif temperature > 10 {\n") == ["temperature"])
    #expect(offers("(temperature, tem") == ["temperature"])
  }

  @Test func commands() {
    #expect(offers(":he") == [":help"])
    #expect(offers(":t") == [":tasks", ":time", ":type"])
    #expect(offers(":time dow") == ["download", "downtown"])
    #expect(offers(":disassemble ") == ["download"])
    #expect(offers(":cancel 1") == ["1", "12"])
    #expect(offers(":set v") == ["virtual"])
    #expect(offers(":set virtual o") == ["off", "on"] || offers(":set virtual o") == ["on", "off"])
    #expect(offers(":help gat") == ["gather"])
    #expect(offers(":nosuch x") == [])
  }

  @Test func files() async throws {
    let files = ["lib.weft": "", "list.txt": "", "other.weft": ""]
    try await Weft.inFolder(files) { weft in
      let folder = weft.folder.path
      try FileManager.default.createDirectory(atPath: folder + "/libs", withIntermediateDirectories: false)
      #expect(offers("import \"\(folder)/li") == ["\(folder)/lib.weft", "\(folder)/libs/"])
      #expect(offers(":load \(folder)/o") == ["\(folder)/other.weft"])
      #expect(offers("read(\"\(folder)/lis") == ["\(folder)/list.txt"])
      #expect(offers("print(\"\(folder)/lis") == [])
      #expect(completer.complete("import \"\(folder)/oth").suffix == "\"")
    }
  }
}
