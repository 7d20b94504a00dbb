// Where extractors go wrong, and the list of pages. pages/index.js calls `boilerbenchPages`.
"use strict";

(() => {
  const {
    $, site, visible, make, name, drawn, options,
    cell, head, rowHead, counted, heading,
  } = window.boilerbenchParts;

  // ---- where it goes wrong ------------------------------------------------------------------

  const PLACES = 8; // that are shown at first
  let index = null; // what pages/index.js says

  const address = (row, extractor) => "page.html#" + [index.corpora[row[0]], row[1], extractor]
    .filter((part) => part !== undefined).map(encodeURIComponent).join("/");

  function chooseWrong() {
    const corpus = $("wrong-corpus").value;
    const kinds = [...new Set(site.groups.filter((one) => one[0] === corpus && one[1] !== null)
      .map((one) => one[1]))];
    const kind = $("wrong-kind").value;
    options($("wrong-kind"), [["", "all"], ...kinds.map((one) => [`=${one}`, one])],
      kinds.includes(kind.slice(1)) ? kind : "");
    showWrong();
  }

  function showWrong() {
    const corpus = $("wrong-corpus").value;
    const kind = $("wrong-kind").value ? $("wrong-kind").value.slice(1) : null;
    const extractor = $("wrong-extractor").value;
    const there = site.groups.filter((one) => one[0] === corpus && one[1] === kind);
    if (extractor === "") { showOverview(there); return; }
    const wanted = site.extractors[Number(extractor)];
    const sides = make("div", "sides");
    for (const [side, title] of [["leaked", "Leaked"], ["lost", "Lost"]]) {
      const group = there.find((one) => one[2] === wanted && one[3] === side);
      sides.append(showSide(title, wanted, group));
    }
    $("faults").replaceChildren(sides);
  }

  function showOverview(there) {
    const table = make("table", "overview");
    const line = make("tr");
    line.append(head("text", "Extractor"), head("text", "Leaked most"), head("text", "Lost most"));
    table.append(make("thead", "", line), make("tbody"));
    for (const row of site.boards[site.shown].rows) {
      const extractor = site.extractors[row[0]];
      const found = ["leaked", "lost"].map(
        (side) => there.find((one) => one[2] === extractor && one[3] === side));
      if (!found.some(Boolean)) continue;
      const shown = make("tr", "", rowHead(name(extractor)));
      for (const group of found) {
        const content = [];
        if (group) {
          const fault = group[5][0];
          content.push(name(fault[5]), ` (${counted(fault[1])}): `, links(fault, extractor, 2));
        } else content.push("–");
        shown.append(cell("text wrap", ...content));
      }
      table.tBodies[0].append(shown);
    }
    $("faults").replaceChildren(scrolling(table, "What each extractor leaked and lost most"));
  }

  function showSide(title, extractor, group) {
    const part = make("div");
    part.append(make("h3", "", title));
    if (!group) { part.append(make("p", "", "Nothing.")); return part; }
    const [, , , , total, faults] = group;
    part.append(make("p", "note", `${counted(total)} tokens`));
    const said = make("ul", "said");
    for (const fault of faults) if (fault[5]) said.append(make("li", "", name(fault[5])));
    const table = make("table");
    const line = make("tr");
    line.append(head("text", "Place"), head("text", "Share"), head("", "Tokens"), head("", "Pages"),
      head("text", "Most on"));
    table.append(make("thead", "", line), make("tbody", "", ...faults.map((fault, rank) => {
      const [place, tokens, share, pages] = fault;
      const row = make("tr", "", rowHead(place), cell("text", drawn("share", ["", 0, 0, 100 * share, 12]),
        `${(100 * share).toFixed(share < 0.01 ? 1 : 0)} %`), cell("", counted(tokens)),
      cell("", counted(pages)), cell("text pages", links(fault, extractor, 2)));
      row.hidden = rank >= PLACES;
      return row;
    })));
    part.append(said, scrolling(table, `${title} by place`));
    if (faults.length > PLACES) {
      const more = make("button", "", `${faults.length - PLACES} more places`);
      more.type = "button";
      more.addEventListener("click", () => {
        for (const row of table.tBodies[0].rows) row.hidden = false;
        table.closest(".scroll").focus();
        more.remove();
      });
      part.append(more);
    }
    return part;
  }

  function scrolling(table, label) {
    const region = make("div", "scroll", table);
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", label);
    return region;
  }

  function links(fault, extractor, most) {
    const held = make("span", "links");
    for (const [number, tokens] of fault[4].slice(0, most)) {
      const row = index && index.pages[number];
      if (!row) continue;
      const link = make("a", "", name(row[1]));
      link.href = address(row, extractor);
      link.title = `${visible(row[1])}: ${counted(tokens)} tokens`;
      held.append(link, " ");
    }
    return held;
  }

  function startWrong() {
    const corpora = [...new Set(site.groups.map((one) => one[0]))];
    options($("wrong-corpus"), corpora.map((one) => [one, one]), corpora[0]);
    options($("wrong-extractor"), [["", "all"], ...site.boards[site.shown].rows.map(
      (row) => [row[0], site.extractors[row[0]]])], "");
    for (const id of ["wrong-corpus", "wrong-kind"]) $(id).addEventListener("change", chooseWrong);
    $("wrong-extractor").addEventListener("change", showWrong);
    $("wrong-choose").hidden = false;
    chooseWrong();
  }

  // ---- pages --------------------------------------------------------------------------------

  const AT_ONCE = 100;
  let start = 0;

  window.boilerbenchPages = (data) => {
    index = data;
    const references = site.references.map((at) => site.extractors[at]);
    const others = data.extractors.map((one) => !references.includes(one));
    const counts = others.some(Boolean) ? others : others.map(() => true);
    data.pages.forEach((row, number) => {
      row.number = number;
      row.sought = `${row[1]} ${row[2] || ""}`.toLowerCase();
      // Those that take all of a page, or nothing, disagree with everyone, and everywhere.
      const of = (values) => [...values].filter((_, at) => counts[at]);
      row.known = of(row[6]).filter((figure) => figure !== null);
      row.spread = row.known.length ? Math.max(...row.known) - Math.min(...row.known) : 0;
      row.outcomes = of(row[7]);
      row.failed = row.outcomes.filter((digit) => Number(digit) > 1).length;
      row.empty = row.outcomes.filter((digit) => digit === "1").length;
    });
    const distinct = (at) => [...new Set(data.pages.map((row) => row[at] || ""))].sort();
    const choice = (at) => [["", "all"], ...distinct(at).map((one) => [`=${one}`, one || "unknown"])];
    options($("page-kind"), choice(3).length > 2 ? choice(3) : [["", "all"]], $("page-kind").value);
    options($("page-lang"), choice(4).length > 2 ? choice(4) : [["", "all"]], $("page-lang").value);
    const corpora = data.corpora.map((one, at) => [at, one]);
    options($("page-corpus"), corpora.length > 1 ? [["", "all"], ...corpora] : [["", "all"]], "");
    const best = site.extractors[site.boards[site.shown].rows[0][0]];
    options($("page-extractor"), data.extractors.map((one, at) => [at, one]),
      Math.max(0, data.extractors.indexOf(best)));
    $("filters").hidden = false;
    $("turn").hidden = false;
    for (const id of ["order", "page-extractor", "page-corpus", "page-kind", "page-lang"]) {
      $(id).addEventListener("change", fromStart);
    }
    $("filter").addEventListener("input", fromStart);
    $("back").addEventListener("click", () => turn(-AT_ONCE));
    $("on").addEventListener("click", () => turn(AT_ONCE));
    showPages();
    if (site.groups.length) startWrong();
  };

  function fromStart() { start = 0; showPages(); }

  function turn(by) {
    start += by;
    showPages();
    $("pages").scrollIntoView();
    $("pages").focus({ preventScroll: true });
  }

  function found() {
    const sought = $("filter").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const [corpus, kind, lang] = ["page-corpus", "page-kind", "page-lang"].map((id) => $(id).value);
    const extractor = Number($("page-extractor").value);
    const by = $("order").value;
    const rows = index.pages.filter((row) => (corpus === "" || row[0] === Number(corpus))
      && (kind === "" || `=${row[3] || ""}` === kind) && (lang === "" || `=${row[4] || ""}` === lang)
      && sought.every((word) => row.sought.includes(word))
      && (by !== "failures" || row.failed + row.empty > 0)
      && (by !== "worst" || row[6][extractor] !== null));
    if (by === "spread") rows.sort((a, b) => b.spread - a.spread || a.number - b.number);
    if (by === "worst") rows.sort((a, b) => a[6][extractor] - b[6][extractor] || b.spread - a.spread);
    if (by === "failures") {
      rows.sort((a, b) => b.failed - a.failed || b.empty - a.empty || a.number - b.number);
    }
    return rows;
  }

  function showPages() {
    const rows = found();
    const extractor = Number($("page-extractor").value);
    const shown = rows.slice(start, start + AT_ONCE);
    const several = index.corpora.length > 1;
    const kinds = index.pages.some((row) => row[3]);
    const langs = index.pages.some((row) => row[4]);
    const line = make("tr");
    line.append(head("text", "Page"));
    if (several) line.append(head("text", "Corpus"));
    if (kinds) line.append(head("text", "Kind"));
    if (langs) line.append(head("text", "Language"));
    const measure = heading(site.boards[site.shown].figure);
    line.append(
      head("", name(index.extractors[extractor])),
      head("interval", make("span", "scale", make("span", "", "0"),
        make("span", "", `${measure} of all`), make("span", "", "1"))),
      head("", "Least"), head("", "Most"), head("text", "Failed"));
    $("list").tHead.replaceChildren(line);
    $("list").tBodies[0].replaceChildren(...shown.map((row) => {
      const link = make("a", "", name(row[1]));
      link.href = address(row, $("order").value === "worst" ? index.extractors[extractor] : undefined);
      const title = rowHead(link);
      if (row[2]) title.append(make("small", "", name(row[2])));
      const result = make("tr", "", title);
      if (several) result.append(cell("text", name(index.corpora[row[0]])));
      if (kinds) result.append(cell("text", name(row[3] || "")));
      if (langs) result.append(cell("text", name(row[4] || "")));
      const own = row[6][extractor];
      const ticks = row.known.map((figure) => ["other", figure / 10 - 0.6, 3, 1.2, 6]);
      if (own !== null) ticks.push(["at", own / 10 - 0.8, 0, 1.6, 12]);
      const share = (figure) => figure === null ? "–" : (figure / 1000).toFixed(3);
      result.append(cell("", share(own)),
        cell("interval", drawn("line", ["track", 0, 5.5, 100, 1], ...ticks)),
        cell("", share(row.known.length ? Math.min(...row.known) : null)),
        cell("", share(row.known.length ? Math.max(...row.known) : null)),
        cell("text failed", failed(row)));
      return result;
    }));
    $("range").textContent = rows.length
      ? `${counted(start + 1)}–${counted(start + shown.length)} of ${counted(rows.length)}` : "No page is so.";
    $("back").disabled = start === 0;
    $("on").disabled = start + AT_ONCE >= rows.length;
  }

  function failed(row) {
    const outcomes = new Map();
    for (const digit of row.outcomes) {
      if (digit === "-" || digit === "0") continue;
      const outcome = index.outcomes[Number(digit)];
      outcomes.set(outcome, (outcomes.get(outcome) || 0) + 1);
    }
    return [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  }
})();
