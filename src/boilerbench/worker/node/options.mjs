// Checking options against those that a library has.

import { Refused } from "./refused.mjs";

const TAKES = { boolean: "true or false", number: "a number", string: "text" };

/** Refuses an option that is not among the known, or of another type. `known` gives by name the
 * type (`boolean`, `number`, `string`) or the list of values that it may have. */
export function checkOptions(options, known) {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) throw unknown(name, Object.keys(known));
    const kind = known[name];
    if (Array.isArray(kind) ? kind.includes(value) : typeof value === kind) continue;
    const takes = Array.isArray(kind) ? kind.join(" or ") : TAKES[kind];
    throw new Refused(`option ${name} takes ${takes}, not ${JSON.stringify(value)}`);
  }
}

function unknown(name, known) {
  const lower = name.toLowerCase();
  const [near] = known
    .map((one) => [distance(lower, one.toLowerCase()), one])
    .filter(([far, one]) => far <= Math.max(name.length, one.length) / 3)
    .sort(([a], [b]) => a - b);
  const hint = near ? `did you mean ${near[1]}?` : `known: ${[...known].sort().join(", ")}`;
  return new Refused(`unknown option '${name}': ${hint}`);
}

/** Levenshtein's. */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
