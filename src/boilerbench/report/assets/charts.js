/* Draws the report's charts into the elements with data-figure="NAME", once they come into view, from
   what figures.js holds. assets/vega.js is loaded only then: it is large, and the scoreboard does not
   wait for it. */
(() => {
  "use strict";
  const held = window.boilerbenchFigures;
  const hosts = [...document.querySelectorAll("[data-figure]")].filter(
    (host) => held && Object.hasOwn(held.figures, host.dataset.figure));
  if (!hosts.length) return;

  const LEAST_SCALE = 0.7; // below it a chart scrolls rather than shrinks
  const folder = document.currentScript.src.replace(/[^/]*$/, "");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const views = new Map();
  let library;

  /* The theme that the reader chose, as data-theme of the page, or the system's. */
  const theme = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen in held.themes ? chosen : system.matches ? "dark" : "light";
  };

  const load = () => library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `${folder}vega.js`;
    script.onload = () => done(window.vegaEmbed);
    script.onerror = () => failed(new Error("assets/vega.js is missing"));
    document.head.append(script);
  });

  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.hidden = true;
  document.body.append(tip);

  /* What the pointer is on, as text and never as markup: names come from elsewhere. */
  const tooltip = (handler, event, item, value) => {
    tip.hidden = !value || typeof value !== "object";
    if (tip.hidden) return;
    tip.replaceChildren(...Object.entries(value).map(([name, said]) => {
      const line = document.createElement("div");
      const strong = document.createElement("b");
      strong.textContent = `${name} `;
      line.append(strong, String(said));
      return line;
    }));
    const box = tip.getBoundingClientRect();
    const left = Math.min(event.clientX + 12, innerWidth - box.width - 4);
    const below = event.clientY + 14;
    const top = below + box.height > innerHeight ? event.clientY - box.height - 8 : below;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(4, top)}px`;
  };
  addEventListener("scroll", () => { tip.hidden = true; }, { passive: true, capture: true });

  const draw = async (host) => {
    const { spec, summary } = held.figures[host.dataset.figure];
    const wanted = theme();
    if (host.dataset.drawn === wanted) return;
    host.dataset.drawn = wanted;
    const chart = document.createElement("div");
    try {
      const embed = await load();
      const { finalize } = await embed(chart, structuredClone(spec), {
        mode: "vega-lite",
        config: { ...held.themes[wanted], background: null },
        ast: true, // interpreted: the page allows no eval
        renderer: "svg",
        actions: false,
        hover: false,
        defaultStyle: false,
        tooltip,
        loader: { load: () => Promise.reject(new Error("charts load nothing")) },
      });
      if (host.dataset.drawn !== wanted) return finalize(); // the theme changed meanwhile
      views.get(host)?.();
      views.set(host, finalize);
      const svg = chart.querySelector("svg");
      const wide = svg.width.baseVal.value;
      svg.removeAttribute("height");
      svg.style.display = "block";
      svg.style.height = "auto";
      svg.style.width = `min(${wide}px, max(100%, ${Math.round(wide * LEAST_SCALE)}px))`;
      svg.setAttribute("aria-hidden", "true"); // a thousand marks read aloud are of no help
      chart.setAttribute("role", "img");
      chart.setAttribute("aria-label", summary);
      host.replaceChildren(chart);
      host.style.minHeight = "";
      // What scrolls must be in the keyboard's reach.
      if (host.scrollWidth > host.clientWidth + 1) host.tabIndex = 0;
      else host.removeAttribute("tabindex");
    } catch (problem) {
      delete host.dataset.drawn;
      host.textContent = `The chart could not be drawn: ${problem.message}`;
    }
  };

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
  }, { rootMargin: "300px" });
  hosts.forEach((host) => {
    // Room for the chart and its axes from the start, so that nothing moves when it is drawn.
    host.style.minHeight = `${held.figures[host.dataset.figure].spec.height + 50}px`;
    seen.observe(host);
  });

  const redraw = () => { for (const host of views.keys()) draw(host); };
  system.addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, {
    attributes: true, attributeFilter: ["data-theme"],
  });
  addEventListener("beforeprint", () => hosts.forEach(draw));
})();
