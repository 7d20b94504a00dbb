// The scoreboard: which ranking is shown, in which order; and its pairs.
"use strict";

(() => {
  const {
    $, site, make, name, drawn, options, cell,
    head, rowHead, three, short, counted, heading,
  } = window.boilerbenchParts;

  // ---- the scoreboard -----------------------------------------------------------------------

  let board = site.boards[site.shown];
  let order = null; // { title, falls } once a heading was pressed

  function chooseBoard() {
    const corpus = Number($("corpus").value);
    const metric = Number($("metric").value);
    const there = site.boards.filter((one) => one.corpus === corpus && one.metric === metric);
    const part = $("part").value;
    board = there.find((one) => (one.part || "") === part) || there[0] || board;
    showParts(there);
    showBoard();
  }

  function showParts(there) {
    const groups = new Map();
    for (const one of there) {
      if (!one.part) continue;
      const [sort, ...rest] = one.part.split("=");
      if (!groups.has(sort)) groups.set(sort, []);
      groups.get(sort).push([one.part, `${rest.join("=")} (${counted(one.pages)})`]);
    }
    const titles = { kind: "Kind of page", lang: "Language" };
    const entries = [...groups].map(([sort, found]) => [titles[sort] || sort, found]);
    options($("part"), [["", "all"], ...entries], board.part || "");
  }

  function columns() {
    const own = board.columns.indexOf(board.figure);
    const figure = (at, row) => (row[5][at] ? row[5][at][0] : -1);
    const others = board.columns.map((_, at) => at).filter((at) => at !== own);
    return [
      { title: "Extractor", kind: "text", value: (row) => site.extractors[row[0]] },
      { title: heading(board.figure), value: (row) => figure(own, row), falls: true },
      { scale: true },
      { title: "Group", kind: "text", said: "Those that share a letter are not told apart" },
      { title: "Rank", value: (row) => row[2] + row[3] / 1000,
        said: "Rank: the 95 % interval of its place, in the same resamples" },
      ...others.map((at) => (
        { title: heading(board.columns[at]), value: (row) => figure(at, row), falls: true })),
      { title: "Median", value: (row) => row[6] ?? -1, falls: true },
      { title: "Failures", kind: "text", value: (row) => row[8] },
      { title: "CPU ms", value: (row) => row[9] ?? Infinity },
      { title: "Version", kind: "text" },
    ].filter((column) => !board.bare.includes(column.title));
  }

  function showBoard() {
    const metric = site.metrics[board.metric];
    const part = board.part ? [", ", name(board.part)] : [];
    $("of").replaceChildren(name(site.corpora[board.corpus]), ...part,
      `, ${counted(board.pages)} page${board.pages === 1 ? "" : "s"}`, name(metric.by));
    const line = make("tr");
    for (const column of columns()) {
      const element = headOf(column);
      if (column.said) element.title = column.said;
      line.append(element);
    }
    $("board").tHead.replaceChildren(line);
    showRows();
    $("starred").hidden = !board.rows.some((row) => row[4]);
    $("footer").replaceChildren(...board.footer.filter(Boolean).map((text) => make("li", "", name(text))),
      make("li", "", make("code", "", name(metric.signature))));
    showPairs();
  }

  function headOf(column) {
    if (column.scale) {
      const [low, high] = board.scale;
      return head("interval", make("span", "scale", make("span", "", String(low)),
        make("span", "", "95 %"), make("span", "", String(high))));
    }
    if (!column.value) return head(column.kind, column.title);
    const button = make("button", "", column.title);
    button.type = "button";
    const element = head(column.kind, button);
    button.addEventListener("click", () => {
      const again = order && order.title === column.title;
      order = { title: column.title, falls: again ? !order.falls : Boolean(column.falls) };
      showRows();
    });
    return element;
  }

  function showRows() {
    const all = columns();
    const own = heading(board.figure);
    const by = all.find((column) => order && column.title === order.title && column.value);
    const rows = [...board.rows];
    if (by) {
      const sign = order.falls ? -1 : 1;
      const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a === b ? 0 : a - b);
      rows.sort((a, b) => sign * compare(by.value(a), by.value(b)));
    }
    const shown = by ? order : { title: own, falls: true };
    [...$("board").tHead.rows[0].cells].forEach((element, at) => {
      if (all[at].value && all[at].title === shown.title) {
        element.setAttribute("aria-sort", shown.falls ? "descending" : "ascending");
      } else element.removeAttribute("aria-sort");
    });
    $("board").tBodies[0].replaceChildren(...rows.map(showRow));
  }

  function showRow(row) {
    const [extractor, letters, first, last, best, figures, median, failures, , cpu] = row;
    const own = board.columns.indexOf(board.figure);
    const line = make("tr", best ? "best" : "");
    const title = rowHead();
    if (best) {
      const star = make("span", "star", "★");
      star.setAttribute("role", "img");
      star.setAttribute("aria-label", "best within noise");
      title.append(star);
    }
    title.append(name(site.extractors[extractor]));
    const ranks = first === last ? `${first}` : `${first}–${last}`;
    const there = (column, ...cells) => board.bare.includes(column) ? [] : cells;
    line.append(title, cell("figure", three(figures[own]?.[0])),
      cell("interval", ...interval(figures[own], board.scale)),
      ...there("Group", cell("text", letters)), cell("", ranks));
    board.columns.forEach((_, at) => {
      if (at === own) return;
      const figure = figures[at];
      const around = figure && figure.length === 3
        ? [" ", make("small", "", `${short(figure[1])}–${short(figure[2])}`)] : [];
      line.append(cell("", three(figure?.[0]), ...around));
    });
    const version = site.versions[extractor];
    line.append(...there("Median", cell("", three(median))), ...there("Failures", cell("text", failures)),
      ...there("CPU ms", cell("", cpu === null ? "–" : cpu.toFixed(1))),
      ...there("Version", cell("text", ...(version ? [name(version)] : []))));
    return line;
  }

  function interval(figure, [start, end]) {
    if (!figure || figure.length < 3) return [];
    const [value, low, high] = figure.map((one) => 100 * (one - start) / (end - start));
    const marks = low < 0 || high > 100 ? []
      : [["span", low, 3, high - low, 6], ["at", value - 0.6, 1, 1.2, 10]];
    return [make("span", "both", drawn("line", ["track", 0, 5.5, 100, 1], ...marks),
      make("small", "", `${short(figure[1])}–${short(figure[2])}`))];
  }

  // ---- pairs --------------------------------------------------------------------------------

  const probability = (p) => p < 0.001 ? "< .001" : short(p);

  function showPairs() {
    const there = board.rows.map((row) => row[0]).filter(
      (extractor) => board.pairs.some((pair) => pair[0] === extractor || pair[1] === extractor));
    $("pairs").hidden = !there.length;
    if (!there.length) return;
    const names = there.map((extractor) => [extractor, site.extractors[extractor]]);
    const first = $("first").value;
    options($("first"), names, there.includes(Number(first)) && first ? first : there[0]);
    options($("second"), [["", "all others"], ...names], $("second").value);
    showPaired();
  }

  function showPaired() {
    const first = Number($("first").value);
    const second = $("second").value;
    const found = board.pairs.filter((pair) => pair[0] === first || pair[1] === first)
      .map((pair) => oriented(pair, first))
      .filter((pair) => second === "" || pair.other === Number(second));
    const others = found.filter((pair) => !site.references.includes(pair.other));
    const reach = Math.max(0.01, ...(others.length ? others : found)
      .flatMap((pair) => [Math.abs(pair.low), Math.abs(pair.high)]));
    const line = make("tr");
    line.append(head("text", "First less second"), head("", "Difference"), head("interval", "95 %"),
      head("", "p"), head("", "p (Holm)"), head("", "Effect"), head("", "Wins"), head("", "Ties"),
      head("", "Losses"));
    $("paired").tHead.replaceChildren(line);
    $("paired").tBodies[0].replaceChildren(...found.map((pair) => {
      const row = make("tr");
      const at = (value) => 50 + 50 * value / reach;
      const marks = Math.max(-pair.low, pair.high) > reach ? []
        : [["span", at(pair.low), 3, at(pair.high) - at(pair.low), 6],
          ["at", at(pair.value) - 0.6, 1, 1.2, 10]];
      const same = pair.holm >= 0.05 ? "same" : "";
      row.append(
        rowHead(name(site.extractors[first]), " − ", name(site.extractors[pair.other])),
        cell(same, signed(pair.value)),
        cell("interval", make("span", "both",
          drawn("line", ["track", 0, 5.5, 100, 1], ["other", 49.7, 0, 0.6, 12], ...marks),
          make("small", "", `${signed(pair.low)} to ${signed(pair.high)}`))),
        cell(same, probability(pair.p)), cell(same, probability(pair.holm)),
        cell("", pair.effect === null ? "–" : signed(pair.effect, 2)),
        cell("", counted(pair.wins)), cell("", counted(pair.ties)), cell("", counted(pair.losses)));
      return row;
    }));
    if (!found.length) {
      const none = cell("text", "One extractor has no pair with itself.");
      none.colSpan = 9;
      $("paired").tBodies[0].append(make("tr", "", none));
    }
  }

  function oriented(pair, first) { // the first's figure less the other's
    const [one, other, value, low, high, p, holm, effect, wins, ties, losses] = pair;
    return one === first
      ? { other, value: -value, low: -high, high: -low, p, holm, ties, wins: losses, losses: wins,
        effect: effect === null ? null : -effect }
      : { other: one, value, low, high, p, holm, ties, wins, losses, effect };
  }

  function signed(value, digits = 3) {
    const plain = Math.abs(value).toFixed(digits).replace(/^0\./, ".");
    return Number(plain) ? `${value < 0 ? "−" : "+"}${plain}` : plain;
  }

  function startScoreboard() {
    options($("corpus"), site.corpora.map((one, at) => [at, one]), board.corpus);
    const protocols = [...new Set(site.metrics.map((metric) => metric.protocol || ""))];
    const of = (protocol) => site.metrics.map((metric, at) => [at, metric.label])
      .filter(([at]) => (site.metrics[at].protocol || "") === protocol);
    options($("metric"), protocols.length > 1
      ? protocols.map((protocol) => [protocol ? `protocol ${protocol}` : "by name", of(protocol)])
      : of(protocols[0]), board.metric);
    for (const id of ["corpus", "metric", "part"]) $(id).addEventListener("change", chooseBoard);
    for (const id of ["first", "second"]) $(id).addEventListener("change", showPaired);
    $("choose").hidden = false;
    chooseBoard();
  }

  startScoreboard();
})();
