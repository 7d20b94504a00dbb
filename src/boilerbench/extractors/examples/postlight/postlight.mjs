// The Postlight parser as a worker. It gets a page's bytes, of which it guesses the charset itself,
// and may not fetch further pages. Its own text format glues blocks together, so its HTML is taken.
import { readFileSync, readSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Parser = require("@postlight/parser");
const { version } = JSON.parse(
  readFileSync(new URL("node_modules/@postlight/parser/package.json", import.meta.url)),
);

function read(count) {
  const buffer = Buffer.alloc(count);
  for (let at = 0, got; at < count; at += got) {
    got = readSync(0, buffer, at, count - at);
    if (got === 0) process.exit(); // the end of the input
  }
  return buffer;
}

function readLine() {
  let line = "";
  for (let next; (next = read(1).toString()) !== "\n"; ) line += next;
  return line;
}

function write(header, text = "") {
  const body = Buffer.from(text);
  const line = JSON.stringify({ ...header, bytes: body.length });
  const all = Buffer.concat([Buffer.from(`${line}\n`), body]);
  for (let at = 0; at < all.length; ) at += writeSync(1, all, at);
}

const BLOCK_ENDS = /<\/(?:p|div|li|h[1-6]|tr|dt|dd|pre|blockquote|figcaption)>|<br\b[^>]*>/gi;
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function textOf(html) {
  return html
    .replace(/\s+/g, " ")
    .replace(BLOCK_ENDS, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&#x([0-9a-f]+);/gi, (_, digits) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .replace(/&(\w+);/g, (whole, name) => NAMED[name] ?? whole)
    .replaceAll("\0", "")
    .trim();
}

const given = { call: "Parser.parse(url, { html, fetchAllPages: false })", decoding: "the library" };
write({ ready: true, version, given });
while (true) {
  const { id, url, bytes } = JSON.parse(readLine());
  const html = read(bytes);
  try {
    const asked = { html, fetchAllPages: false };
    const found = await Parser.parse(url ?? "http://page.invalid/", asked);
    if (found.error) write({ id, outcome: "error", error: found.message });
    else write({ id, outcome: "ok" }, textOf(found.content ?? ""));
  } catch (problem) {
    write({ id, outcome: "error", error: String(problem) });
  }
}
