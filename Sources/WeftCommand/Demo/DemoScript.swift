/// A way to download pages: what it is called, and the script that does it.
struct DemoScript {
  let title: String
  let block: String
  let body: String

  /// A whole script, which runs by itself against any server with `/delay`.
  var text: String { Self.head + "\n" + body }

  /// What the scripts have in common.
  static let head = """
    param base = "http://127.0.0.1:8080"
    param count = 10

    task download(n) { fetch("\\(base)/delay/0.5?n=\\(n)").check().size }

    """

  static let all = [
    DemoScript(
      title: "one after the other", block: "for",
      body: """
        let sizes = [download(n) for n in 1...count]
        print("\\(len(sizes)) pages, \\(sum(sizes)) bytes")

        """),
    DemoScript(
      title: "in ten threads", block: "pool",
      body: """
        let sizes = pool(threads: 10) {
          gather for n in 1...count { download(n) }
        }
        print("\\(len(sizes)) pages, \\(sum(sizes)) bytes")

        """),
    DemoScript(
      title: "all together", block: "gather",
      body: """
        let sizes = gather for n in 1...count { download(n) }
        print("\\(len(sizes)) pages, \\(sum(sizes)) bytes")

        """),
    DemoScript(
      title: "at most four at once", block: "semaphore",
      body: """
        let sizes = semaphore(4) {
          gather for n in 1...count { download(n) }
        }
        print("\\(len(sizes)) pages, \\(sum(sizes)) bytes")

        """),
  ]
}
