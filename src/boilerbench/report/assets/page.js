// A page of the corpus: gold and extracted texts side by side, and the page itself.
//
// What is shown comes out of pages and extractors, so all of it is put in as text. Data come as
// scripts, since a page opened from disk may not fetch: each calls one of the three functions below
// with one literal. index.js says what pages there are; NNNN.js has the texts of one, NNNN.page.js
// its inert copy.
"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  const THEME = "boilerbench-theme";
  const waiting = new Map();
  const given = new Map();

  // What stands for an extractor that was not run on a page.
  const NONE = { outcome: "not run", error: null, cpu: null, text: "", held: [] };

  let index = null;
  let page = null; // what NNNN.js says of the page that is shown
  let copy = null; // the same of NNNN.page.js, once the reader asked for it
  let number = -1;
  let loaded = -1; // the number that `page` is of
  let chosen = 0;
  let unknown = null; // an extractor that was asked for, and that the report has not
  let opened = false;

  // ---- loading ------------------------------------------------------------------------------

  window.boilerbenchPages = (data) => {
    index = data;
    window.addEventListener("hashchange", route);
    route();
  };
  window.boilerbenchPage = (data) => given.set(`${name(data.number)}.js`, data);
  window.boilerbenchCopy = (data) => given.set(`${name(data.number)}.page.js`, data);

  const name = (n) => String(n).padStart(4, "0");

  function load(file) {
    if (!waiting.has(file)) {
      waiting.set(file, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `pages/${file}`;
        script.onload = () => { script.remove(); resolve(unpacked(given.get(file))); };
        script.onerror = () => { script.remove(); reject(new Error(file)); };
        document.head.append(script);
      }));
      // Two pages are enough to go back and forth.
      for (const old of [...waiting.keys()].slice(0, -6)) { waiting.delete(old); given.delete(old); }
    }
    return waiting.get(file);
  }

  async function unpacked(data) {
    if (data.gzip === undefined) return data.json;
    const bytes = Uint8Array.from(atob(data.gzip), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  // ---- small parts --------------------------------------------------------------------------

  const { visible, append: put } = window.boilerbenchSigns;

  function make(tag, kind, text) {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    return text === undefined ? element : put(element, String(text));
  }

  function foreign(tag, kind, text) { // a text out of a page: it has a direction of its own
    const element = make(tag, kind);
    const inner = make("bdi", "", text);
    element.append(inner);
    return element;
  }

  const figure = (value) => value === null || value === undefined ? "–" : value.toFixed(3);

  // ---- which page ---------------------------------------------------------------------------

  const address = (row, extractor) => "#" + [index.corpora[row[0]], row[1], extractor]
    .filter((part) => part !== undefined).map(encodeURIComponent).join("/");

  function asked() {
    const parts = location.hash.slice(1).split("/").map((part) => {
      try { return decodeURIComponent(part); } catch { return part; }
    });
    const found = index.pages.findIndex(
      (row) => index.corpora[row[0]] === parts[0] && row[1] === parts[1]);
    return [found, parts[2] || undefined];
  }

  async function route() {
    let [found, wanted] = asked();
    if (found < 0 && !location.hash.slice(1)) found = 0;
    unknown = wanted !== undefined && !index.extractors.includes(wanted) ? wanted : null;
    if (wanted !== undefined && unknown === null) chosen = index.extractors.indexOf(wanted);
    if (found < 0 || !index.pages.length) { say("There is no such page in this report."); return; }
    if (found === number) { if (page && loaded === number) showExtractor(); return; }
    number = found;
    copy = null;
    try {
      const data = await load(`${name(found)}.js`);
      if (number !== found) return;
      page = data;
      loaded = found;
      page.extractors = page.extractors.map((one) => one ?? NONE);
    } catch (problem) {
      if (number !== found) return;
      say(problem instanceof ReferenceError ? "This browser is too old to unpack pages."
        : `The file pages/${name(found)}.js of this page is not there.`);
      return;
    }
    showPage();
  }

  function say(text) {
    $("view").hidden = true;
    $("message").hidden = false;
    $("message").textContent = text;
    number = -1;
  }

  // ---- the page -----------------------------------------------------------------------------

  function showPage() {
    $("view").hidden = false;
    $("title").replaceChildren(foreign("span", "", page.id));
    document.title = `${visible(page.id)} · boilerbench`;
    const facts = [["Corpus", page.corpus], ["Address", page.url], ["Kind", page.kind],
      ["Language", page.lang], ["Site", page.site], ["Level", page.level]];
    $("facts").replaceChildren(...facts.filter(([, value]) => value).map(([term, value]) => {
      const pair = make("div");
      pair.append(make("dt", "", term), foreign("dd", "", value));
      return pair;
    }));
    step($("previous"), number - 1);
    step($("next"), number + 1);
    $("place").textContent = `${number + 1} of ${index.pages.length}`;
    showTable();
    showExtractor();
    window.scrollTo(0, 0);
  }

  function step(link, to) {
    const row = index.pages[to];
    if (row) link.href = address(row, index.extractors[chosen]);
    else link.removeAttribute("href");
  }

  function showTable() {
    const metrics = index.metrics;
    const timed = page.extractors.some((one) => one.cpu !== null);
    const compared = page.extractors.some((one) => one.diff);
    const columns = metrics.flatMap((metric, at) => (at ? [] : ["precision", "recall"])
      .filter((figure) => metric.figures.includes(figure)).map((figure) => [at, figure])
      .concat(metric.figures.includes("f1") ? [[at, "f1"]] : []));
    const heads = ["Extractor", "Outcome",
      ...columns.map(([at, figure]) => `${shortName(at)} ${FIGURES[figure]}`),
      ...(compared ? ["Words missing", "Words extra"] : []), ...(timed ? ["CPU ms"] : [])];
    const line = make("tr");
    heads.forEach((text, column) => {
      const cell = make("th", column < 2 ? "text" : "", text);
      cell.scope = "col";
      const [at] = columns[column - 2] || [];
      if (at !== undefined) cell.title = `${metrics[at].about} ${metrics[at].signature}`;
      line.append(cell);
    });
    $("extractors").tHead.replaceChildren(line);
    $("counts").hidden = !compared;
    $("counts").replaceChildren(`What ${shortName(0)} counts: `, make("q", "", metrics[0].about),
      " Words missing and extra are those that the comparison below marks. It goes in order, so that "
      + `a word that stands elsewhere is both: there may be more than ${shortName(0)} misses.`);
    $("extractors").tBodies[0].replaceChildren(...page.extractors.map((one, place) => {
      const row = make("tr");
      const head = make("th", "text");
      head.scope = "row";
      const label = make("label");
      const radio = make("input");
      radio.type = "radio";
      radio.name = "extractor";
      radio.addEventListener("change", () => choose(place));
      label.append(radio, foreign("span", "", index.extractors[place]));
      head.append(label);
      row.append(head, make("td", `text ${one.outcome === "ok" ? "" : "failed"}`, one.outcome));
      for (const [at, wanted] of columns) row.append(make("td", "", score(at, place, wanted)));
      if (compared) {
        row.append(make("td", "", one.diff ? one.missing : "–"));
        row.append(make("td", "", one.diff ? one.extra : "–"));
      }
      if (timed) row.append(make("td", "", one.cpu === null ? "–" : one.cpu.toFixed(1)));
      row.addEventListener("click", () => choose(place));
      return row;
    }));
  }

  const FIGURES = { precision: "P", recall: "R", f1: "F1" };

  // A metric without its parameters, unless another differs from it by these alone.
  function shortName(at) {
    const names = index.metrics.map((metric) => metric.name);
    const short = names.map((one) => one.split("[")[0]);
    return short.filter((one) => one === short[at]).length > 1 ? names[at] : short[at];
  }

  function score(at, place, wanted) {
    const column = index.metrics[at].figures.indexOf(wanted);
    const values = page.scores[at][place];
    return column < 0 ? "" : figure(values && values[column]);
  }

  function choose(place) {
    if (place === chosen && unknown === null) return;
    chosen = place;
    unknown = null;
    const to = address(index.pages[number], index.extractors[place]);
    // Choosing is no step of its own for the browser's way back.
    try { history.replaceState(null, "", to); } catch { location.hash = to; }
    showExtractor();
  }

  function showExtractor() {
    const one = page.extractors[chosen];
    $("message").hidden = unknown === null;
    $("message").replaceChildren(...(unknown === null ? [] : ["This report has no extractor ",
      make("bdi", "", unknown), "; shown is ", make("bdi", "", index.extractors[chosen]), "."]));
    [...$("extractors").tBodies[0].rows].forEach((row, place) => {
      row.classList.toggle("chosen", place === chosen);
      row.querySelector("input").checked = place === chosen;
    });
    step($("previous"), number - 1);
    step($("next"), number + 1);
    $("error").hidden = !one.error;
    $("error").replaceChildren(make("bdi", "", one.error || ""));
    showScores();
    showTexts();
    showSnippets();
    if (opened) showOriginal();
    else closeOriginal();
  }

  function showScores() {
    const details = $("all-scores");
    details.querySelector("summary").replaceChildren(
      "All scores of ", make("bdi", "", index.extractors[chosen]));
    const names = [...new Set(index.metrics.flatMap((metric) => metric.figures))];
    const heads = make("tr");
    ["Metric", ...names].forEach((text, column) => {
      const cell = make("th", column ? "" : "text", text.replaceAll("_", " "));
      cell.scope = "col";
      heads.append(cell);
    });
    const table = details.querySelector("table");
    table.tHead.replaceChildren(heads);
    table.tBodies[0].replaceChildren(...index.metrics.map((metric, at) => {
      const row = make("tr");
      const head = make("th", "text", metric.name);
      head.scope = "row";
      head.title = metric.signature;
      row.append(head);
      for (const wanted of names) row.append(make("td", "", score(at, chosen, wanted)));
      return row;
    }));
  }

  // ---- texts --------------------------------------------------------------------------------

  // Lengths are counted in characters, a string of JavaScript in units of UTF-16.
  const characters = (text) => /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
  const piece = (text, from, to) => {
    const part = text.slice(from, to);
    return typeof part === "string" ? part : part.join("");
  };

  // The differences as pieces: [gold, text], each "" where the other alone has something, and
  // whether they are the same.
  function pieces(one) {
    const gold = characters(page.gold);
    const text = characters(one.text);
    const found = [];
    let i = 0;
    let j = 0;
    for (let at = 0; at < one.diff.length; at += 4) {
      const [sameGold, sameText, missing, extra] = one.diff.slice(at, at + 4);
      if (sameGold || sameText) {
        found.push([piece(gold, i, i + sameGold), piece(text, j, j + sameText), true]);
      }
      i += sameGold;
      j += sameText;
      if (missing || extra) {
        found.push([piece(gold, i, i + missing), piece(text, j, j + extra), false]);
      }
      i += missing;
      j += extra;
    }
    return found;
  }

  // The lines of a text, each with the blank ones after it, and how many words end with it.
  function lines(text) {
    let words = 0;
    return (text.match(/[^\n]*\n\s*|[^\n]+$/g) || []).map((line) => {
      words += (line.match(/[\p{L}\p{N}_]+/gu) || []).length;
      return [line, words];
    });
  }

  // Two texts of the same words, cut where both end a line.
  function together(gold, text) {
    const left = lines(gold);
    const right = lines(text);
    if (!left.length || !right.length || left.at(-1)[1] !== right.at(-1)[1]) return [[gold, text]];
    const ends = new Set(right.map(([, words]) => words));
    const cut = [];
    let taken = 0;
    let held = "";
    for (const [line, words] of left) {
      held += line;
      if (!ends.has(words)) continue;
      let other = "";
      while (taken < right.length && right[taken][1] <= words) other += right[taken++][0];
      cut.push([held, other]);
      held = "";
    }
    if (held) cut.at(-1)[0] += held;
    return cut;
  }

  // Rows of a table of two columns: they may begin wherever both texts begin a line.
  function rows(found) {
    const all = [];
    let row = [];
    let goldEnds = true;
    let textEnds = true;
    const add = (gold, text, same) => {
      if (goldEnds && textEnds && row.length) { all.push(row); row = []; }
      row.push([gold, text, same]);
      if (gold) goldEnds = /\n\s*$/.test(gold);
      if (text) textEnds = /\n\s*$/.test(text);
    };
    for (const [gold, text, same] of found) {
      for (const [left, right] of same ? together(gold, text) : [[gold, text]]) {
        add(left, right, same);
      }
    }
    if (row.length) all.push(row);
    return all;
  }

  function mark(parent, tag, text) {
    const body = text.trimEnd();
    const lead = body.length - body.trimStart().length;
    if (!body.trim()) { put(parent, text); return; }
    put(parent, body.slice(0, lead));
    parent.append(make(tag, "", body.slice(lead)));
    put(parent, text.slice(body.length));
  }

  function showTexts() {
    const one = page.extractors[chosen];
    const mode = document.querySelector("#mode input:checked").value;
    const texts = $("texts");
    texts.className = mode;
    texts.replaceChildren();
    const compared = Boolean(one.diff);
    $("mode").hidden = !compared;
    document.querySelector(".legend").hidden = !compared;
    if (!compared) {
      texts.className = "text";
      texts.append(column("Extracted", one.text, one));
      return;
    }
    const found = pieces(one);
    if (mode === "both") {
      texts.append(make("h3", "", "Gold"), foreign("h3", "", index.extractors[chosen]));
      if (!found.length) texts.append(empty("gold"), empty("text"));
      for (const row of rows(found)) {
        const gold = make("div", "side");
        const text = make("div", "side");
        for (const [left, right, same] of row) {
          if (same) { put(gold, left); put(text, right); } else {
            if (left) mark(gold, "del", left);
            if (right) mark(text, "ins", right);
          }
        }
        texts.append(gold, text);
      }
      return;
    }
    const whole = make("div", "whole");
    for (const [left, right, same] of found) {
      if (mode !== "text" && !(same && mode === "merged") && left) {
        if (same) put(whole, left); else mark(whole, "del", left);
      }
      if (mode !== "gold" && right) {
        if (same) put(whole, right); else mark(whole, "ins", right);
      }
    }
    texts.append(whole.hasChildNodes() ? whole : empty());
  }

  function column(heading, text, one) {
    const part = make("div", "one");
    part.append(make("h3", "", heading));
    part.append(text ? make("div", "whole", text) : make("p", "note", `No text: ${one.outcome}.`));
    return part;
  }

  const empty = () => make("p", "note", "No text.");

  function showSnippets() {
    const details = $("snippets");
    details.hidden = !page.snippets.length;
    let right = 0;
    const items = page.snippets.map(([wanted, text, found]) => {
      const there = found[chosen] === "1";
      const good = there === Boolean(wanted);
      right += good;
      const item = make("li", good ? "right" : "wrong");
      item.append(make("strong", "", good ? "✓ " : "✗ "),
        `must ${wanted ? "" : "not "}be there, is${there ? "" : " not"}: `, foreign("q", "", text));
      return item;
    });
    details.querySelector("ul").replaceChildren(...items);
    details.querySelector("summary").textContent =
      `Snippets: ${right} of ${items.length} as the gold wants them`;
  }

  // ---- the original -------------------------------------------------------------------------

  // What an inert copy may load: nothing.
  const POLICY = "default-src 'none'; style-src 'unsafe-inline'";
  const BASE = `
    :root { color-scheme: light; background: #fff; color: #1c2024; }
    body { font: 16px/1.5 system-ui, sans-serif; }
    x-b { display: inline !important; }
    img { max-width: 100%; color: #60646c; font-size: .85em; }
    pre { white-space: pre-wrap; }
  `;
  const PLAIN = "body { max-width: 60rem; margin: 1rem auto; padding: 0 1rem; } a { color: #0b5c86; }";
  const LOOKS = {
    missing: "background: #ffe3a8; text-decoration: underline dashed #8a5a00 2px",
    extra: "background: #ffd3d6; text-decoration: underline wavy #b3202c 1px",
    both: "background: #cdebd2; text-decoration: underline solid #1f7a36 2px",
  };

  function blocks() {
    const gold = new Set(page.blocks);
    const held = new Set(page.extractors[chosen].held);
    return {
      missing: page.blocks.filter((block) => !held.has(block)),
      both: page.blocks.filter((block) => held.has(block)),
      extra: page.extractors[chosen].held.filter((block) => !gold.has(block)),
    };
  }

  function sheet() {
    const found = blocks();
    const checked = (box) => document.querySelector(`#original input[name=${box}]`).checked;
    const rules = Object.keys(LOOKS).filter((kind) => checked(kind) && found[kind].length)
      .map((kind) => `${found[kind].map((block) => `[data-b="${block}"]`).join(",")}
        { ${LOOKS[kind].replaceAll(";", " !important;")} !important; color: #1c2024 !important; }`);
    rules.push(checked("hidden")
      ? "[data-hidden] { outline: 1px dotted #60646c !important; }"
      : "[data-hidden] { display: none !important; }");
    // No script can scroll there: the first marked block is where the frame begins.
    const first = Math.min(...Object.values(found).flat());
    if (Number.isFinite(first)) {
      rules.push(`[data-b="${first}"] { scroll-initial-target: nearest; }`);
    }
    return rules.join("\n");
  }

  async function showOriginal() {
    opened = true;
    const at = number;
    if (!copy) {
      try {
        const data = await load(`${name(at)}.page.js`);
        if (number !== at) return;
        copy = data;
      } catch {
        if (number !== at) return;
        $("frame").replaceChildren(make("p", "note", "The file of this page is not there."));
        return;
      }
    }
    const [root, frame, css, body] = copy;
    const styled = document.querySelector("#original input[name=styles]").checked;
    const dressed = (html) => styled ? html.replaceAll(" data-s=\"", " style=\"") : html;
    const view = make("iframe");
    view.setAttribute("sandbox", "");
    view.title = "The original page, inert";
    view.srcdoc = `<!doctype html><html${dressed(root)}><head><meta charset="utf-8">`
      + `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`
      + `<meta name="viewport" content="width=device-width">`
      + `<style>${BASE}${styled ? "" : PLAIN}</style>`
      + `${styled ? `<style>${css}</style>` : ""}<style>${sheet()}</style></head>`
      + `<body${dressed(frame)}>${dressed(body)}</body></html>`;
    $("frame").replaceChildren(view);
    for (const id of ["options", "looks", "marked"]) $(id).hidden = false;
    $("open").textContent = "Hide the page";
    const found = blocks();
    const both = found.both.length;
    $("marked").textContent = `${both} block${both === 1 ? "" : "s"} both in gold and extracted, `
      + `${found.missing.length} missing, ${found.extra.length} extra. Scripts, images and whatever `
      + "the page would load are left out.";
  }

  function closeOriginal() {
    $("frame").replaceChildren();
    for (const id of ["options", "looks", "marked"]) $(id).hidden = true;
    $("open").textContent = "Show the page";
  }

  // ---- controls -----------------------------------------------------------------------------

  function dark() {
    const set = document.documentElement.dataset.theme;
    return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function showTheme() { // what a press gives
    $("theme").textContent = dark() ? "Light" : "Dark";
    $("theme").setAttribute("aria-label", `${$("theme").textContent} theme`);
  }

  showTheme();
  $("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem(THEME, document.documentElement.dataset.theme); } catch { /* refused to files */ }
    showTheme();
  });
  // Two columns need room.
  if (matchMedia("(max-width: 44rem)").matches) $("mode").querySelector("[value=merged]").checked = true;
  $("mode").addEventListener("change", showTexts);
  $("open").addEventListener("click", () => {
    opened = !opened;
    if (opened) showOriginal(); else closeOriginal();
  });
  for (const id of ["options", "looks"]) $(id).addEventListener("change", showOriginal);
})();
