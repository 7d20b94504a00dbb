// article-extractor, from the page that it is handed: `extract` would load one by itself.

import { DECODING, decoder } from "../decode.mjs";
import { linkedom } from "../linkedom.mjs";
import { checkOptions } from "../options.mjs";
import { TEXT_BY, text } from "../text.mjs";

export const PACKAGE = "@extractus/article-extractor";

/** It gives nothing for a page that has no address and names none itself. */
const STAND_IN = "https://example.org/";

/** `contentLengthThreshold`: of its options the one that can change the text and be written on a
 * command line. */
export async function load(environment, options) {
  const { extractFromHtml } = await environment.import(PACKAGE);
  checkOptions(options, { contentLengthThreshold: "number" });
  const decode = await decoder(environment);
  const { fragment } = await linkedom(environment);
  const given = {
    call: "extractFromHtml(html, url).content",
    url: `the page's, else ${STAND_IN}`,
    decoding: DECODING,
    "text by": TEXT_BY,
    ...options,
  };
  return {
    given,
    async extract(page) {
      const found = await extractFromHtml(decode(page.html), page.url ?? STAND_IN, options);
      return found && text(fragment(found.content));
    },
  };
}
