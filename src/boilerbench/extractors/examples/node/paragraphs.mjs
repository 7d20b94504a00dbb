// A worker in JavaScript, without packages: the text of a page's paragraphs.
import { readSync, writeSync } from "node:fs";

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

write({ ready: true, version: "1" });
while (true) {
  const { id, bytes } = JSON.parse(readLine());
  const page = read(bytes).toString().replaceAll("\0", "");
  const paragraphs = page.match(/<p[\s>][^<]*(<(?!\/?p[\s>])[^<]*)*/gi) ?? [];
  const text = paragraphs.map((one) => one.replace(/<[^>]*>/g, "")).join("\n\n");
  write({ id, outcome: "ok" }, text);
}
