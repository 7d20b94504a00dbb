// Characters that change the direction of what stands around them: shown, not obeyed.
"use strict";

window.boilerbenchSigns = (() => {
  const SIGNS = {
    "\u061c": "ALM", "\u200e": "LRM", "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE",
    "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2066": "LRI", "\u2067": "RLI",
    "\u2068": "FSI", "\u2069": "PDI",
  };
  const EVERY = /([\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])/g;

  // A text where no element can stand.
  const visible = (text) => String(text).replace(EVERY, (sign) => `[${SIGNS[sign]}]`);

  function append(parent, text) {
    for (const piece of text.split(EVERY)) {
      if (Object.hasOwn(SIGNS, piece)) {
        const control = document.createElement("span");
        control.className = "control";
        control.textContent = SIGNS[piece];
        control.title = `U+${piece.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
        parent.append(control);
      } else if (piece) parent.append(piece);
    }
    return parent;
  }

  return { visible, append };
})();
