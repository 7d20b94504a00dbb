// Mozilla's Readability on jsdom, as its documentation says; no script runs, nothing is loaded.

import { DECODING, decoder } from "../decode.mjs";
import { PACKAGE, readability } from "../readability.mjs";
import { TEXT_BY } from "../text.mjs";

export { PACKAGE };

/** The options are those of `Readability`. */
export async function load(environment, options) {
  const extract = await readability(environment, options);
  const decode = await decoder(environment);
  const { JSDOM, VirtualConsole } = await environment.import("jsdom");
  const given = {
    call: "new Readability(document).parse().content",
    document: "jsdom",
    decoding: DECODING,
    "text by": TEXT_BY,
    ...options,
  };
  return {
    given,
    extract(page) {
      // A virtual console that nobody listens to: jsdom would print all the style sheets that it
      // cannot read. The page's address is not needed, since it only completes links.
      const virtualConsole = new VirtualConsole();
      const { window } = new JSDOM(decode(page.html), { virtualConsole });
      try {
        return extract(window.document);
      } finally {
        window.close();
      }
    },
  };
}
