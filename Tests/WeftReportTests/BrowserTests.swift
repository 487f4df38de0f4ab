import Foundation
import Testing
import Weft

@testable import WeftReport

/// The page in a real browser without a window. Where there is none, the test is skipped.
@Suite struct BrowserTests {
  static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// What a page has to say of itself after a script has played with it.
  private static let play = """
    <script>
    const t = window.timeline, canvas = document.querySelector('canvas'), tip = document.getElementById('tip');
    const box = canvas.getBoundingClientRect(), found = {};
    const place = t.data.tasks.findIndex(task => t.data.strings[task[3]] === 'slow');
    const center = t.center(place), pen = canvas.getContext('2d'), scale = devicePixelRatio || 1;
    const at = extra => ({clientX: box.left + center.x, clientY: box.top + center.y, bubbles: true, cancelable: true, ...extra});
    found.rows = t.view().rows; found.groups = t.view().groups; found.drawn = t.view().drawn; found.framed = t.view().framed;
    found.titles = t.data.blocks.map(block => block[0]).join();
    // Above the line of the critical path and beside the name.
    found.color = [...pen.getImageData(center.x * scale, (center.y - 7) * scale, 1, 1).data].slice(0, 3).join();
    canvas.dispatchEvent(new PointerEvent('pointermove', at()));
    found.tipShown = !tip.hidden; found.tip = tip.textContent;
    const before = t.view();
    canvas.dispatchEvent(new WheelEvent('wheel', at({deltaY: -400})));
    const zoomed = t.view();
    found.factor = (zoomed.to - zoomed.from) / (before.to - before.from);
    found.stays = Math.abs(t.center(place).x - center.x) < 2;
    canvas.dispatchEvent(new WheelEvent('wheel', at({deltaY: -200, shiftKey: true})));
    found.higher = t.view().rowHeight > before.rowHeight || before.rowHeight === 20;
    canvas.dispatchEvent(new KeyboardEvent('keydown', {key: '0'}));
    found.whole = t.view().to - t.view().from === t.data.end;
    canvas.dispatchEvent(new PointerEvent('pointerleave', {}));
    found.tipHidden = tip.hidden;
    document.body.setAttribute('data-found', JSON.stringify(found));
    </script>
    """

  @Test(.enabled(if: browser != nil, "there is no chromium here"))
  func lanesZoomAndHover() async throws {
    let report = try report(
      """
      task quick(n) { sleep 100ms }
      task slow() { sleep 2s }
      gather { slow(); quick(1) }
      pool(threads: 2) { gather for n in 1...4 { quick(n) } }
      """)
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = String(decoding: report.page, as: UTF8.self)
    let file = folder.appending(path: "page.html")
    try Data(page.replacing("</body>", with: Self.play + "</body>").utf8).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.browser))
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,800",
      "--user-data-dir=\(folder.path)/profile",
      "--dump-dom", file.absoluteString,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let dom = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let start = try #require(dom.range(of: "data-found=\""), "the page's script did not run")
    let text = dom[start.upperBound...].prefix { $0 != "\"" }.replacing("&quot;", with: "\"").replacing(
      "&lt;", with: "<")
    let found = try JSONReader.value(Array(text.utf8))
    #expect(found["groups"]?.int == 3)
    #expect(found["rows"]?.int == TimelineLayout(report.timeline).rowCount)
    #expect(found["drawn"]?.int == report.timeline.tasks.count)
    #expect(found["titles"]?.string == "gather, line 3,pool › gather, line 4")
    #expect(found["framed"]?.int == 1, "the tasks of the pool stand with its workers")
    #expect(found["color"]?.string == "138,151,170", "a sleeping task has the colour of sleep")
    #expect(found["tipShown"]?.bool == true)
    #expect(found["tip"]?.string?.hasPrefix("slow") == true)
    #expect(found["tip"]?.string?.contains("waits for a sleep 2.00 s") == true)
    #expect(found["tip"]?.string?.contains("in gather, line 3") == true)
    #expect(found["factor"]?.double.map { abs($0 - 0.3679) < 0.001 } == true)
    for name in ["stays", "higher", "whole", "tipHidden"] { #expect(found[name]?.bool == true, "\(name)") }
  }
}
