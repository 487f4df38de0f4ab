import WeftMachine

/// What is the same in every page, and the tables of one.
enum PageParts {
  static let css = """
    *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 \(PictureStyle.font)}
    header{padding:22px 24px 6px}h1{font-size:22px;margin:0}h2{font-size:16px;margin:28px 0 8px}
    header p,.soft{color:var(--soft);margin:4px 0}main{padding:0 24px 40px}section{position:relative}
    .bar{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;justify-content:space-between;margin:12px 0 8px}
    .legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px}.legend span{white-space:nowrap}
    .legend i{display:inline-block;width:14px;height:11px;border-radius:2px;margin-right:6px}
    button{font:inherit;min-width:34px;height:30px;margin-left:6px;border:1px solid var(--soft);border-radius:6px;\
    background:var(--bg);color:var(--ink);cursor:pointer}button:hover{background:var(--band)}
    button:focus-visible,canvas:focus-visible{outline:2px solid var(--running);outline-offset:2px}
    canvas{display:block;width:100%;border:1px solid var(--line);border-radius:8px;cursor:grab;touch-action:none}
    .hint{font-size:13px}#tip{position:absolute;max-width:min(520px,90vw);padding:8px 12px;border-radius:8px;pointer-events:none;\
    background:var(--bg);border:1px solid var(--soft);box-shadow:0 4px 18px rgb(0 0 0/.22);font-size:13px;overflow-wrap:anywhere}
    #tip b{font-size:14px}#tip .failed{color:var(--failed)}#tip .cancelled{color:var(--cancelled)}
    .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
    th,td{padding:5px 14px 5px 0;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
    th{color:var(--soft);font-weight:600}th:first-child,td:first-child,.left{text-align:left}td.left{white-space:normal}
    .charts{margin-top:14px;display:flex;flex-wrap:wrap;gap:12px}.charts svg{max-width:100%;height:auto;border:1px solid var(--line);border-radius:8px}
    """

  static let legend: String = {
    var text = ""
    for state in TimelineLayout.State.allCases {
      let height = state == .joining ? ";height:3px;vertical-align:middle" : ""
      text += "<span><i style=\"background:var(--\(state))\(height)\"></i>\(state.title)</span>"
    }
    for (title, color) in [("fails", "failed"), ("is cancelled", "cancelled"), ("tries again", "retry")] {
      text += "<span><i style=\"background:var(--\(color));width:4px\"></i>\(title)</span>"
    }
    return text + "<span><i style=\"background:var(--path);height:2px;vertical-align:middle\"></i>critical path</span>"
  }()

  static func figures(_ report: RunReport) -> String {
    var text = ""
    let summary = report.summary
    if !summary.fetches.isEmpty {
      var rows: [[String]] = []
      for figures in summary.fetches {
        let service = figures.service
        rows.append(
          [
            figures.name, Quantity.grouped(figures.count), Quantity.digits(figures.rate),
            Quantity.grouped(figures.badStatuses), Quantity.grouped(figures.failures.count),
            Quantity.grouped(figures.cancelled), Quantity.bytes(figures.received),
          ] + times(service))
      }
      text += "<section><h2>Requests</h2>"
      text += table(
        ["name", "sent", "per s", "≥ 400", "failed", "called off", "received", "p50", "p90", "p95", "p99", "max"], rows)
      text += "<div class=\"charts\">"
      for figures in summary.fetches.prefix(6) where figures.service.count > 1 {
        text += figures.service.svg(title: "Latencies of \(figures.name)")
      }
      text += "</div></section>"
    }
    let tasks = summary.tasks.filter { $0.name != "main" || $0.count > 1 }
    if !tasks.isEmpty {
      let rows = tasks.map { figures in
        [
          figures.name, Quantity.grouped(figures.count), Quantity.grouped(figures.failures.count),
          Quantity.grouped(figures.cancelled), Quantity.grouped(figures.retries),
        ] + times(figures.durations)
      }
      text += "<section><h2>Tasks</h2>"
      text +=
        table(
          ["name", "started", "failed", "cancelled", "retries", "p50", "p90", "p95", "p99", "max"], rows) + "</section>"
    }
    if !summary.rates.isEmpty {
      let rows = summary.rates.map { rate in
        [
          rate.place, Quantity.digits(rate.asked) + "/s", rate.reached.map { Quantity.digits($0) + "/s" } ?? "–",
          Quantity.grouped(rate.count),
        ]
      }
      text += "<section><h2>Rates</h2>" + table(["block", "asked", "reached", "tasks"], rows) + "</section>"
    }
    let failures =
      summary.fetches.flatMap { figures in figures.failures.kinds.map { (figures.name, $0) } }
      + tasks.flatMap { figures in figures.failures.kinds.map { (figures.name, $0) } }
    if !failures.isEmpty {
      let rows = failures.map { [$0, $1.name, Quantity.grouped($1.count), $1.message] }
      text +=
        "<section><h2>Failures</h2>" + table(["in", "kind", "count", "for example"], rows, lastIsText: true)
        + "</section>"
    }
    return text
  }

  private static func times(_ latencies: Latencies) -> [String] {
    if latencies.count == 0 { return [String](repeating: "–", count: 5) }
    return [50, 90, 95, 99, 100].map { Quantity.time(latencies.percentile($0)) }
  }

  private static func table(_ head: [String], _ rows: [[String]], lastIsText: Bool = false) -> String {
    var text = "<div class=\"scroll\"><table><thead><tr>"
    for (index, name) in head.enumerated() {
      text += "<th\(lastIsText && index == head.count - 1 ? " class=\"left\"" : "")>\(name)</th>"
    }
    text += "</tr></thead><tbody>"
    for row in rows {
      text += "<tr>"
      for (index, cell) in row.enumerated() {
        text += "<td\(lastIsText && index == row.count - 1 ? " class=\"left\"" : "")>\(PictureStyle.escaped(cell))</td>"
      }
      text += "</tr>"
    }
    return text + "</tbody></table></div>"
  }

  /// Draws the timeline on the canvas. `window.timeline` is for tests, which cannot look at a canvas.
  static let script = #"""
    'use strict';
    (() => {
    const data = JSON.parse(document.getElementById('data').textContent);
    const canvas = document.getElementById('timeline'), tip = document.getElementById('tip');
    const pen = canvas.getContext('2d');
    const HEAD = 24, AXIS = 26, PAD = 10;
    const [ROW, FROM, TO, NAME, ARGS, ENDING, NOTE, PARENT, SEGMENTS, RETRIES, BLOCK] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const [TITLE, OPENER, FIRST, ROWS, OPENED, CLOSED, CALLED_OFF] = [0, 1, 2, 3, 4, 5, 6];
    const NAMES = ['running', 'network', 'sleeping', 'queueing', 'joining'];
    let from = 0, to = data.end, rowHeight = 1, scroll = 0, width = 0, height = 0, hovered = -1, kept = false, colors = {};
    // Tasks by row, so that only what is in view is looked at.
    const byRow = Array.from({length: data.rows}, () => []);
    data.tasks.forEach((task, place) => byRow[task[ROW]].push(place));
    byRow.forEach(row => row.sort((a, b) => data.tasks[a][FROM] - data.tasks[b][FROM]));
    const onPath = new Map();
    for (let i = 0; i < data.path.length; i += 3) {
      const place = data.path[i];
      if (!onPath.has(place)) onPath.set(place, []);
      onPath.get(place).push([data.path[i + 1], data.path[i + 2]]);
    }
    const blocksOf = new Map();
    for (const block of data.blocks) {
      if (!blocksOf.has(block[OPENER])) blocksOf.set(block[OPENER], []);
      blocksOf.get(block[OPENER]).push(block);
    }
    const string = place => place < 0 ? '' : data.strings[place];
    function time(ns) {
      const a = Math.abs(ns);
      const digits = v => v >= 99.95 ? Math.round(v).toLocaleString('en') : v >= 9.995 ? v.toFixed(1) : v.toFixed(2);
      if (a === 0) return '0 s';
      if (a < 1e3) return ns + ' ns';
      if (a < 999500) return digits(ns / 1e3) + ' µs';
      if (a < 999500000) return digits(ns / 1e6) + ' ms';
      if (a < 59950000000) return digits(ns / 1e9) + ' s';
      const s = Math.round(ns / 1e9);
      return Math.floor(s / 60) + ' m ' + String(s % 60).padStart(2, '0') + ' s';
    }
    function readColors() {
      const style = getComputedStyle(document.documentElement);
      for (const name of ['bg', 'ink', 'soft', 'line', 'band', 'failed', 'cancelled', 'retry', 'path', ...NAMES,
        ...NAMES.map(n => 'on-' + n)]) colors[name] = style.getPropertyValue('--' + name).trim();
    }
    const x = t => PAD + (t - from) / (to - from) * (width - 2 * PAD);
    const timeAt = px => from + (px - PAD) / (width - 2 * PAD) * (to - from);
    // Where a row stands: each group has a head above it.
    function top(row) {
      let heads = 0;
      for (const group of data.groups) { if (row >= group[1]) heads++; }
      return AXIS + heads * HEAD + row * rowHeight - scroll;
    }
    const whole = () => AXIS + data.groups.length * HEAD + data.rows * rowHeight + 8;
    function resize() {
      width = canvas.clientWidth;
      height = Math.round(Math.min(Math.max(240, innerHeight * 0.62), Math.max(140, whole())));
      const scale = devicePixelRatio || 1;
      canvas.style.height = height + 'px';
      canvas.width = width * scale;
      canvas.height = height * scale;
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      draw();
    }
    function clamp() {
      const span = Math.min(data.end, Math.max(data.end / 1e7, 10, to - from));
      from = Math.max(0, Math.min(from, data.end - span));
      to = from + span;
      scroll = Math.max(0, Math.min(scroll, whole() - height));
    }
    function ticks() {
      const rough = (to - from) / Math.max(2, Math.floor(width / 120));
      let step = Math.pow(10, Math.floor(Math.log10(rough)));
      for (const f of [1, 2, 5, 10]) if (step * f >= rough) { step *= f; break; }
      const list = [];
      for (let t = Math.ceil(from / step) * step; t <= to; t += step) list.push(t);
      return list;
    }
    let drawn = 0, framed = 0;
    function draw() {
      clamp();
      drawn = framed = 0;
      pen.fillStyle = colors.bg;
      pen.fillRect(0, 0, width, height);
      pen.font = '12px ' + getComputedStyle(document.body).fontFamily;
      pen.textBaseline = 'middle';
      pen.strokeStyle = colors.line;
      pen.lineWidth = 1;
      for (const t of ticks()) {
        pen.beginPath(); pen.moveTo(Math.round(x(t)) + .5, AXIS); pen.lineTo(Math.round(x(t)) + .5, height); pen.stroke();
      }
      for (const [title, first, count, tasks] of data.groups) {
        const y = top(first);
        if (y > height || y + count * rowHeight < AXIS) continue;
        pen.fillStyle = colors.ink;
        pen.font = '600 12px ' + getComputedStyle(document.body).fontFamily;
        pen.fillText(title + ' · ' + tasks.toLocaleString('en') + (tasks === 1 ? ' task' : ' tasks'), PAD, y - HEAD / 2);
        pen.font = '12px ' + getComputedStyle(document.body).fontFamily;
        const low = Math.max(first, first + Math.floor((AXIS - y) / rowHeight));
        const high = Math.min(first + count, first + Math.ceil((height - y) / rowHeight) + 1);
        // Rows thinner than a pixel stand on the same one: one of them is enough.
        const step = Math.max(1, Math.floor(.5 / rowHeight));
        if (rowHeight >= 6) for (const block of data.blocks) drawBlock(block, first, count, y);
        for (let row = low; row < high; row += step) drawRow(row, y + (row - first) * rowHeight);
      }
      pen.fillStyle = colors.bg;
      pen.fillRect(0, 0, width, AXIS);
      pen.fillStyle = colors.soft;
      for (const t of ticks()) {
        const text = t === 0 ? '0' : time(t), w = pen.measureText(text).width;
        pen.fillText(text, Math.max(PAD, Math.min(width - w - 2, x(t) - w / 2)), AXIS / 2);
      }
    }
    // Around the tasks of a block, from the line of the task that opened it.
    function drawBlock(block, first, count, y) {
      const opener = data.tasks[block[OPENER]][ROW];
      if (block[ROWS] === 0 || opener < first || opener >= first + count) return;
      const a = Math.max(x(block[OPENED]), -4), b = Math.min(x(block[CLOSED]), width + 4);
      const head = y + (opener - first + .5) * rowHeight - 1, foot = y + (block[FIRST] + block[ROWS] - first) * rowHeight;
      if (b - a < 14 || foot < AXIS || head > height) return;
      framed++;
      pen.beginPath(); pen.roundRect(a, head, b - a, foot - head, 3);
      pen.fillStyle = colors.band; pen.fill();
      pen.strokeStyle = block[CALLED_OFF] ? colors.cancelled : colors.joining; pen.lineWidth = 1; pen.stroke();
    }
    function drawRow(row, y) {
      const gap = rowHeight >= 8 ? 2 : rowHeight >= 4 ? 1 : 0, h = Math.max(.75, rowHeight - gap);
      let last = -1;
      for (const place of byRow[row]) {
        const task = data.tasks[place];
        if (task[FROM] > to) break;
        if (task[TO] < from) continue;
        // What is narrower than a pixel is drawn once a pixel.
        if (x(task[TO]) < last + .5) continue;
        drawn++;
        const s = task[SEGMENTS];
        let widest = 0, at = -1;
        for (let i = 0; i < s.length; i += 5) {
          const a = Math.max(x(s[i]), 0), b = Math.min(x(s[i + 1]), width);
          if (b < last || a > width) continue;
          pen.fillStyle = colors[NAMES[s[i + 2]]];
          if (s[i + 2] === 4) pen.fillRect(a, y + h / 2 - Math.min(1, h / 4), Math.max(.5, b - a), Math.min(2, h / 2));
          else pen.fillRect(a, y, Math.max(.5, b - a), h);
          if (b - a > widest) { widest = b - a; at = i; }
        }
        last = x(task[TO]);
        for (const t of task[RETRIES]) { pen.fillStyle = colors.retry; pen.fillRect(x(t) - 1.5, y, 3, h); }
        if (task[ENDING] === 2 || task[ENDING] === 3) {
          pen.fillStyle = task[ENDING] === 2 ? colors.failed : colors.cancelled;
          pen.fillRect(x(task[TO]) - 3, y, 3, h);
        }
        for (const [a, b] of onPath.get(place) || []) {
          pen.fillStyle = colors.path; pen.fillRect(x(a), y + h - 1, Math.max(.5, x(b) - x(a)), 2);
        }
        if (rowHeight >= 14 && widest > 24) labels(place, at, y, h);
        if (place === hovered) {
          pen.strokeStyle = colors.ink; pen.lineWidth = 1.5;
          pen.strokeRect(x(task[FROM]), y - .5, Math.max(2, x(task[TO]) - x(task[FROM])), h + 1);
        }
      }
    }
    function title(task) { const args = string(task[ARGS]); return string(task[NAME]) + (args ? '(' + args + ')' : ''); }
    // The name stands in the widest part of the bar, those of the blocks where they begin.
    function labels(place, at, y, h) {
      const task = data.tasks[place], s = task[SEGMENTS], name = string(task[NAME]), texts = [title(task), name];
      let blocks = blocksOf.get(place) || [];
      const here = blocks.find(b => b[OPENED] >= s[at] && b[OPENED] < s[at + 1] && x(b[OPENED]) - x(s[at]) < 4);
      if (here) { texts.unshift(name + ' · ' + here[TITLE]); blocks = blocks.filter(b => b !== here); }
      const [left, right] = write(texts, s[at], s[at + 1], s[at + 2], y, h);
      let last = -Infinity;
      for (const b of blocks) {
        if (x(b[OPENED]) < last) continue;
        for (let i = 0; i < s.length; i += 5) {
          if (s[i + 1] <= b[OPENED]) continue;
          const start = Math.max(s[i], b[OPENED]), end = Math.min(s[i + 1], b[CLOSED]);
          // Not where another text stands.
          if (x(start) >= right || x(end) <= left) last = write([b[TITLE]], start, end, s[i + 2], y, h)[1];
          break;
        }
      }
    }
    // Writes the first of some texts that fits, or else what fits of the last; gives where it stands.
    function write(texts, start, end, state, y, h) {
      const a = Math.max(x(start), 0), room = Math.min(x(end), width) - a - 8;
      let text = texts.find(t => pen.measureText(t).width <= room);
      if (!text) {
        const count = Math.floor(room / pen.measureText('n').width) - 1;
        if (count < 3) return [a, a];
        text = texts[texts.length - 1].slice(0, count) + '…';
        if (pen.measureText(text).width > room + 4) return [a, a];
      }
      if (state === 4) { pen.fillStyle = colors.bg; pen.fillRect(a + 2, y, pen.measureText(text).width + 6, h); }
      pen.fillStyle = colors['on-' + NAMES[state]];
      pen.fillText(text, a + 5, y + h / 2 + .5);
      return [a, a + pen.measureText(text).width + 10];
    }
    function find(px, py) {
      for (const [, first, count] of data.groups) {
        const row = first + Math.floor((py - top(first)) / rowHeight);
        if (row < first || row >= first + count || py < AXIS) continue;
        const t = timeAt(px), slack = 2 * (to - from) / width;
        let best = -1, distance = Infinity;
        for (const place of byRow[row]) {
          const task = data.tasks[place];
          const d = t < task[FROM] ? task[FROM] - t : t > task[TO] ? t - task[TO] : 0;
          if (d <= slack && d < distance) { best = place; distance = d; }
        }
        return best;
      }
      return -1;
    }
    const escape = text => text.replace(/[&<>"]/g, c => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}[c]));
    function describe(place, t) {
      const task = data.tasks[place], lines = ['<b>' + escape(title(task)) + '</b>'];
      lines.push(time(task[TO] - task[FROM]) + ', from ' + time(task[FROM]) + ' to ' + time(task[TO]));
      const s = task[SEGMENTS], sums = {};
      for (let i = 0; i < s.length; i += 5) {
        const what = s[i + 4] >= 0 ? 'waits for ' + data.reasons[s[i + 4]] : data.states[s[i + 2]];
        sums[what] = (sums[what] || 0) + s[i + 1] - s[i];
        if (t >= s[i] && t < s[i + 1]) {
          lines.push('here: ' + escape(string(s[i + 3]) || what) + ', ' + time(s[i + 1] - s[i]));
        }
      }
      lines.push(Object.entries(sums).sort((a, b) => b[1] - a[1]).slice(0, 4).map(([k, v]) => escape(k) + ' ' + time(v)).join(' · '));
      if (task[RETRIES].length) lines.push('tried again ' + (task[RETRIES].length === 1 ? 'once' : task[RETRIES].length + ' times'));
      if (task[ENDING] === 2) lines.push('<span class="failed">failed: ' + escape(string(task[NOTE])) + '</span>');
      if (task[ENDING] === 3) lines.push('<span class="cancelled">cancelled: ' + escape(string(task[NOTE])) + '</span>');
      if (task[BLOCK] >= 0) lines.push('<span class="soft">in ' + escape(data.blocks[task[BLOCK]][TITLE]) + '</span>');
      if (task[PARENT] >= 0) lines.push('<span class="soft">started by ' + escape(title(data.tasks[task[PARENT]])) + '</span>');
      return lines.join('<br>');
    }
    function hover(px, py) {
      const place = find(px, py);
      if (place !== hovered) { hovered = place; draw(); }
      tip.hidden = place < 0;
      if (place < 0) return;
      tip.innerHTML = describe(place, timeAt(px));
      const box = canvas.getBoundingClientRect(), outer = canvas.parentElement.getBoundingClientRect();
      const left = Math.min(px + 16, width - tip.offsetWidth - 4);
      tip.style.left = Math.max(0, left) + box.left - outer.left + 'px';
      tip.style.top = py + 18 + box.top - outer.top + 'px';
    }
    function zoom(factor, px) {
      const t = px === undefined ? (from + to) / 2 : timeAt(px), span = (to - from) * factor;
      from = t - (t - from) * factor; to = from + span; draw();
    }
    function showAll() { from = 0; to = data.end; scroll = 0; fit(); resize(); }
    function fit() { rowHeight = Math.min(20, Math.max(.05, (innerHeight * .6 - AXIS - data.groups.length * HEAD) / Math.max(1, data.rows))); }
    canvas.addEventListener('wheel', e => {
      e.preventDefault();
      const delta = e.deltaY || e.deltaX;
      if (e.shiftKey) {
        const row = (e.offsetY + scroll - AXIS) / rowHeight;
        rowHeight = Math.min(28, Math.max(.05, rowHeight * Math.exp(-delta / 400)));
        scroll = row * rowHeight - e.offsetY + AXIS; resize();
      } else zoom(Math.exp(delta / 400), e.offsetX);
      hover(e.offsetX, e.offsetY);
    }, {passive: false});
    let drag = null;
    canvas.addEventListener('pointerdown', e => { drag = [e.offsetX, e.offsetY, from, to, scroll, false]; canvas.setPointerCapture(e.pointerId); });
    canvas.addEventListener('pointermove', e => {
      if (drag) {
        const moved = (e.offsetX - drag[0]) / width * (drag[3] - drag[2]);
        if (Math.abs(e.offsetX - drag[0]) + Math.abs(e.offsetY - drag[1]) > 3) drag[5] = true;
        from = drag[2] - moved; to = drag[3] - moved; scroll = drag[4] - (e.offsetY - drag[1]); draw();
      } else if (!kept) hover(e.offsetX, e.offsetY);
    });
    canvas.addEventListener('pointerup', e => {
      if (drag && !drag[5]) { kept = false; hover(e.offsetX, e.offsetY); kept = hovered >= 0; }
      drag = null;
    });
    canvas.addEventListener('pointerleave', () => { if (!kept) { hovered = -1; tip.hidden = true; draw(); } });
    canvas.addEventListener('keydown', e => {
      const span = to - from, keys = {
        '+': () => zoom(.7), '=': () => zoom(.7), '-': () => zoom(1 / .7), '0': showAll,
        ArrowLeft: () => { from -= span * .15; to -= span * .15; draw(); },
        ArrowRight: () => { from += span * .15; to += span * .15; draw(); },
        ArrowUp: () => { scroll -= 60; draw(); }, ArrowDown: () => { scroll += 60; draw(); },
        Escape: () => { kept = false; hovered = -1; tip.hidden = true; draw(); },
      };
      if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
    });
    document.getElementById('in').onclick = () => zoom(.5);
    document.getElementById('out').onclick = () => zoom(2);
    document.getElementById('all').onclick = showAll;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { readColors(); draw(); });
    addEventListener('resize', resize);
    readColors(); fit(); resize();
    window.timeline = {
      data, hover, zoom, showAll, view: () => ({from, to, rowHeight, scroll, drawn, framed, groups: data.groups.length, rows: data.rows}),
      center: place => ({x: x((data.tasks[place][FROM] + data.tasks[place][TO]) / 2), y: top(data.tasks[place][ROW]) + rowHeight / 2}),
    };
    })();
    """#
}
