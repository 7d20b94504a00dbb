// The wire to the harness: a JSON header line, then exactly `bytes` raw bytes. See ../protocol.py.

import { closeSync, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { devNull } from "node:os";

/** Moves the wire to descriptors of its own: `{ read, write }`. What a library prints then goes to
 * stderr, and what it reads from stdin is empty. A program can make a copy of a descriptor only by
 * opening it again, and gets the lowest number that is free. */
export function privateWire() {
  const read = openSync("/dev/fd/0", "r");
  const write = openSync("/dev/fd/1", "a");
  for (const [number, path, mode] of [[0, devNull, "r"], [1, "/dev/fd/2", "a"]]) {
    closeSync(number);
    const opened = openSync(path, mode);
    if (opened !== number) throw new Error(`descriptor ${number} became ${opened}`);
  }
  return { read, write };
}

/** Writes one frame; `header` gets the count of bytes. */
export function writeFrame(descriptor, header, body = Buffer.alloc(0)) {
  const line = Buffer.from(`${JSON.stringify({ ...header, bytes: body.length })}\n`);
  for (const part of [line, body]) {
    for (let sent = 0; sent < part.length; ) sent += writeSync(descriptor, part, sent);
  }
}

/** The frames that come in, each `[header, body]`, until the stream ends. The pipe is read by the
 * event loop, so that what a page left there is done before the next page comes; and not by a
 * thread, as files are, since a process that exits waits for its threads. */
export async function* frames(descriptor) {
  const chunks = new Socket({ fd: descriptor, readable: true, writable: false });
  let held = [];
  let size = 0;
  let header = null;
  let wanted = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    while (true) {
      if (header === null) {
        const all = Buffer.concat(held);
        const end = all.indexOf("\n");
        held = [all];
        if (end < 0) break;
        header = JSON.parse(all.subarray(0, end).toString());
        wanted = header.bytes;
        held = [all.subarray(end + 1)];
        size = held[0].length;
      }
      if (size < wanted) break;
      const all = held.length === 1 ? held[0] : Buffer.concat(held);
      held = [all.subarray(wanted)];
      size -= wanted;
      yield [header, all.subarray(0, wanted)];
      header = null;
    }
  }
  if (header !== null || size) throw new Error("the stream ended inside a frame");
}
