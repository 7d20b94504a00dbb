// What the scripts of the report's first page share: how texts, tables and bars are made.
//
// What is shown comes out of pages, files and flags, so all of it is put in as text. Data come as
// scripts, since a page opened from disk may not fetch: data.js gives `boilerbenchSite`.
"use strict";

window.boilerbenchParts = (() => {
  const $ = (id) => document.getElementById(id);
  const site = window.boilerbenchSite;

  const { visible, append } = window.boilerbenchSigns;

  function make(tag, kind, ...content) {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    element.append(...content);
    return element;
  }

  // A text of anyone's: it has a direction of its own.
  const name = (text) => append(make("bdi"), text);

  function drawn(kind, ...rects) { // [class, x, y, width, height] each, on a field of 100 by 12
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("class", kind);
    svg.setAttribute("viewBox", "0 0 100 12");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    for (const [looks, x, y, width, height] of rects) {
      const rect = document.createElementNS(space, "rect");
      rect.setAttribute("class", looks);
      for (const [key, value] of Object.entries({ x, y, width, height })) {
        rect.setAttribute(key, value.toFixed(2));
      }
      svg.append(rect);
    }
    return svg;
  }

  function options(select, entries, chosen) { // [value, text] each, or [label, entries]
    select.replaceChildren(...entries.map(([value, text]) => {
      if (Array.isArray(text)) {
        const group = make("optgroup");
        group.label = visible(value);
        options(group, text, chosen);
        return group;
      }
      const option = make("option", "", visible(text));
      option.value = value;
      option.selected = String(value) === String(chosen);
      return option;
    }));
    if (select.closest("label") && select.tagName === "SELECT") {
      select.closest("label").hidden = select.options.length < 2;
    }
  }

  const cell = (kind, ...content) => make("td", kind, ...content);
  function head(kind, ...content) {
    const element = make("th", kind, ...content);
    element.scope = "col";
    return element;
  }
  function rowHead(...content) {
    const element = make("th", "text", ...content);
    element.scope = "row";
    return element;
  }

  const three = (value) => value === null || value === undefined ? "–" : value.toFixed(3);
  const short = (value) => value.toFixed(3).replace(/^(-?)0\./, "$1.").replace("-", "−");
  const counted = (value) => value.toLocaleString("en");

  const HEADINGS = { precision: "P", recall: "R", f1: "F1" };
  const heading = (column) => {
    const plain = column.replaceAll("_", " ");
    return HEADINGS[column] || plain[0].toUpperCase() + plain.slice(1);
  };

  return {
    $, site, visible, make, name, drawn, options, cell, head, rowHead, three, short, counted, heading,
  };
})();
