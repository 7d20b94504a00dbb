// How far a run is; then its report. Only where `boilerbench serve` serves it.
"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  const SAID = {
    running: "The run goes on.",
    stopped: "The run stopped before it was finished. The same command resumes it.",
    complete: "The run is finished. If its report does not appear: boilerbench report RUN",
  };

  function row(extractor, done, pages) {
    const line = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.className = "text";
    const name = document.createElement("bdi");
    name.textContent = extractor;
    head.append(name);
    const bar = document.createElement("progress");
    bar.max = Math.max(1, pages);
    bar.value = done;
    bar.setAttribute("aria-label", extractor);
    const cell = document.createElement("td");
    cell.append(bar);
    const counted = document.createElement("td");
    counted.textContent = `${done.toLocaleString("en")} / ${pages.toLocaleString("en")}`;
    line.append(head, cell, counted);
    return line;
  }

  async function ask() {
    try {
      const state = await (await fetch("/live/state")).json();
      if (state.report) { location.replace("/report/"); return; }
      $("command").textContent = state.command || "";
      const said = state.problem || SAID[state.status];
      if ($("status").textContent !== said) $("status").textContent = said;
      $("done").replaceChildren(...Object.entries(state.done || {}).map(
        ([extractor, done]) => row(extractor, done, state.pages)));
    } catch {
      $("status").textContent = "boilerbench serve has ended.";
    }
    setTimeout(ask, 1000);
  }

  ask();
})();
