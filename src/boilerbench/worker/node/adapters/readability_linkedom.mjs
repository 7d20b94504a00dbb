// Mozilla's Readability on linkedom, the faster DOM that many use with it.

import { DECODING, decoder } from "../decode.mjs";
import { linkedom } from "../linkedom.mjs";
import { PACKAGE, readability } from "../readability.mjs";
import { TEXT_BY } from "../text.mjs";

export { PACKAGE };

/** The options are those of `Readability`. */
export async function load(environment, options) {
  const extract = await readability(environment, options);
  const decode = await decoder(environment);
  const { parse } = await linkedom(environment);
  const given = {
    call: "new Readability(document).parse().content",
    document: "linkedom",
    decoding: DECODING,
    "text by": TEXT_BY,
    ...options,
  };
  return { given, extract: (page) => extract(parse(decode(page.html))) };
}
