// `node worker.mjs ENVIRONMENT ADAPTER OPTIONS`: the worker process for extractors in JavaScript.
// It does what ../loop.py does for those in Python: load one adapter, then one page in, one frame
// out, until stdin ends. It is started by ../sealed.py, which seals the network off.

import { answer, catchAll, sentence } from "./answer.mjs";
import { Environment } from "./environment.mjs";
import { Refused } from "./refused.mjs";
import { frames, privateWire, writeFrame } from "./wire.mjs";

const OLDEST_NODE = 18;

const SENTENCE =
  "<p>This is a sentence of a text that nobody reads, since all of it is here to warm up.</p>";
const WARM_UP_PAGES = [
  `<html><body><article>${SENTENCE.repeat(8)}</article></body></html>`,
  "<html><body><div>A short line.</div></body></html>",
];

/** The adapter's function, and what the harness is told of it. */
async function load(folder, name, options) {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new Refused(`Node ${process.versions.node} is too old: ${OLDEST_NODE} is needed`);
  }
  const before = performance.now();
  const environment = new Environment(folder);
  const adapter = await import(`./adapters/${name}.mjs`);
  const { extract, given } = await adapter.load(environment, options);
  const imported = (performance.now() - before) / 1000;
  await warmUp(extract);
  const about = {
    version: environment.release(adapter.PACKAGE),
    given,
    import_s: imported,
    packages: environment.releases(),
  };
  return [extract, about];
}

/** Have a library load what it loads at its first call, in the start-up and not in the first page's
 * time. What fails on these pages fails on all: an option has a value that it cannot take. */
async function warmUp(extract) {
  for (const html of WARM_UP_PAGES) {
    try {
      await extract({ id: "warm-up", html: Buffer.from(html), url: null, lang: "en" });
    } catch (problem) {
      throw new Refused(`it fails on the simplest page: ${sentence(problem)}`);
    }
  }
}

const wire = privateWire();
catchAll();
const [folder, name, options] = process.argv.slice(2);
let extract;
try {
  const [found, about] = await load(folder, name, JSON.parse(options));
  extract = found;
  writeFrame(wire.write, {
    ready: true,
    ...about,
    node: process.versions.node,
    network: process.env.BOILERBENCH_NETWORK ?? "open",
    startup_s: performance.now() / 1000,
  });
} catch (problem) {
  const refused = problem instanceof Refused ? problem.message : sentence(problem);
  writeFrame(wire.write, { refused });
  process.exit();
}
for await (const [head, html] of frames(wire.read)) {
  writeFrame(wire.write, ...(await answer({ ...head, html }, extract)));
}
process.exit(); // whatever a library still waits for
