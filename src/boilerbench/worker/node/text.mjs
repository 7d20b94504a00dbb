// From HTML to text by the rules of the Python library html-text, release 0.7, which makes the text
// of the extractors in Python that return HTML; so block boundaries are the same for all.

export const TEXT_BY = "html-text's rules";

const NEWLINE = words(
  `article aside br dd details div dt fieldset figcaption footer form header hr legend li main nav
  table tr`,
);
const DOUBLE_NEWLINE = words("blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre title ul");
const LEFT_OUT = words("applet frame frameset link meta noframes script style");
/** Of these the tags are left out, but not what is between them. */
const UNWRAPPED = words("embed iframe layer object param");

// Python's white space: JavaScript's without the byte order mark, and with some control characters.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
/** A run of it that is not a single space already: most are, and cost time by the million. */
const SPACES = new RegExp(`${SPACE.source}{2,}|(?! )${SPACE.source}`, "g");
const STARTS_WITH_PUNCTUATION = /^[,:;.!?")]/;

const ELEMENT = 1;
const TEXT = 3;

/** The text of what `container`, a node of any DOM, has in it. The walk needs no stack of calls, so
 * that no nesting is too deep for it. */
export function text(container) {
  const chunks = [];
  // What came last: a piece of text as it was in the page, or how many newlines.
  let last = 2;
  let piece = "";

  const end = () => {
    const shown = piece.replace(SPACES, " ").replace(/^ | $/g, "");
    if (shown) {
      if (typeof last !== "string" || !spaceBetween(last, shown)) chunks.push(shown);
      else chunks.push(" ", shown);
      last = piece;
    }
    piece = "";
  };
  const boundary = (tag) => {
    end();
    if (last === 2) return;
    if (DOUBLE_NEWLINE.has(tag)) {
      chunks.push(last === 1 ? "\n" : "\n\n");
      last = 2;
    } else if (NEWLINE.has(tag)) {
      if (last !== 1) chunks.push("\n");
      last = 1;
    }
  };

  for (let node = first(container), above = []; node || above.length; ) {
    if (!node) {
      const closed = above.pop();
      const tag = tagOf(closed);
      if (!UNWRAPPED.has(tag)) boundary(tag);
      node = closed.nextSibling;
      continue;
    }
    if (node.nodeType === TEXT) piece += node.data.replaceAll("\0", "");
    if (node.nodeType !== ELEMENT || LEFT_OUT.has(tagOf(node))) {
      node = node.nextSibling;
      continue;
    }
    const tag = tagOf(node);
    if (!UNWRAPPED.has(tag)) boundary(tag);
    above.push(node);
    node = first(node);
  }
  end();
  return chunks.join("").replace(/\n{1,2}$/, "");
}

function spaceBetween(before, shown) {
  if (SPACE.test(before.at(-1))) return true;
  return !STARTS_WITH_PUNCTUATION.test(shown) && !before.endsWith("(");
}

/** A template's content is no child of its in a browser's DOM. */
function first(node) {
  return node.firstChild ?? (tagOf(node) === "template" ? node.content?.firstChild : null) ?? null;
}

function tagOf(node) {
  return (node.localName ?? "").toLowerCase();
}

function words(listed) {
  return new Set(listed.split(/\s+/));
}
