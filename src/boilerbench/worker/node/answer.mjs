// One page's outcome: what was returned or thrown, and what it cost.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

import { Meter } from "./meter.mjs";

const MAX_TEXT = 64 << 20;
const MAX_ERROR = 4000;
const PLACES = 8;
const OURS = path.dirname(fileURLToPath(import.meta.url));

/** The page that is being worked on fails by this; null between pages. */
let fail = null;

/** What nobody caught ends the page that is being worked on, not the process. Between pages there
 * is none to blame. */
export function catchAll() {
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.on(event, (problem) => (fail ? fail(problem) : console.error(problem)));
  }
}

/** Header and body of the answer for one page. */
export async function answer(page, extract) {
  const meter = new Meter();
  let returned;
  try {
    const failed = new Promise((_, reject) => (fail = reject));
    returned = await Promise.race([run(page, extract), failed]);
  } catch (problem) {
    const outcome = /allocation failed/.test(problem?.message) ? "oom" : "error";
    return [{ id: page.id, outcome, error: reason(problem), ...meter.stop() }];
  } finally {
    fail = null;
  }
  const cost = meter.stop();
  const [outcome, error, body] = judge(returned);
  return [{ id: page.id, outcome, error, ...cost }, body];
}

/** A turn of the event loop comes after the extraction: Node tells of a rejection that nobody
 * handles only then. */
async function run(page, extract) {
  const returned = await extract(page);
  await new Promise(setImmediate);
  return returned;
}

/** In one line, without its places. */
export function sentence(problem) {
  const { name, message } = Object(problem);
  return typeof message === "string" ? `${name ?? "Error"}: ${message}` : inspect(problem);
}

/** First the error, then where it was thrown, the innermost place last. Ours and Node's own are
 * left out. */
function reason(problem) {
  const places = String(problem?.stack ?? "")
    .split("\n")
    .map((line) => /^\s+at (?:(.*) \()?(.*?):(\d+):\d+\)?$/.exec(line))
    .filter((place) => place && !/^node:/.test(place[2]) && !place[2].includes(OURS))
    .map(([, name, file, line]) => `  ${path.basename(file)}:${line} in ${name ?? "<module>"}`)
    .reverse();
  if (places.length > PLACES) places.splice(PLACES / 2, places.length - PLACES, "  …");
  return [sentence(problem).slice(0, MAX_ERROR), ...places].join("\n");
}

/** Outcome, error and bytes of what an extractor returned. Only text counts; null and undefined are
 * the common ways to say that there is none. */
function judge(returned) {
  if (returned === null || returned === undefined) return ["empty", null];
  if (typeof returned !== "string") return ["error", `returned ${typeof returned}, not a string`];
  if (!returned.trim()) return ["empty", null];
  const lone = returned.search(/\p{Surrogate}/u);
  if (lone >= 0) return ["error", `returned a lone surrogate at position ${lone}: not text`];
  const bytes = Buffer.byteLength(returned);
  if (bytes > MAX_TEXT) {
    const [had, allowed] = [bytes, MAX_TEXT].map((count) => count.toLocaleString("en"));
    return ["error", `returned ${had} bytes of text; ${allowed} are allowed`];
  }
  return ["ok", null, Buffer.from(returned)];
}
