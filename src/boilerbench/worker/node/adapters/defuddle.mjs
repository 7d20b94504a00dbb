// Defuddle on linkedom, as its documentation says. It asks the services of some sites (transcripts,
// comments) for what a page does not have; not here.

import { DECODING, decoder } from "../decode.mjs";
import { linkedom } from "../linkedom.mjs";
import { checkOptions } from "../options.mjs";
import { TEXT_BY, text } from "../text.mjs";

export const PACKAGE = "defuddle";

/** Those that can change the text and be written on a command line. */
const OPTIONS = {
  contentSelector: "string",
  includeReplies: [true, false, "extractors"],
  language: "string",
  removeContentPatterns: "boolean",
  removeExactSelectors: "boolean",
  removeHiddenElements: "boolean",
  removeImages: "boolean",
  removeLowScoring: "boolean",
  removePartialSelectors: "boolean",
  removeSmallImages: "boolean",
  standardize: "boolean",
};

/** The options are those of `Defuddle`; with `output_format=markdown` the text is its own Markdown
 * and not made from its HTML. */
export async function load(environment, options) {
  const { Defuddle } = await environment.import("defuddle/node");
  checkOptions(options, { ...OPTIONS, output_format: ["txt", "markdown"] });
  const { output_format: format, ...own } = options;
  const markdown = format === "markdown";
  const decode = await decoder(environment);
  const { parse, fragment } = await linkedom(environment);
  const given = {
    call: "Defuddle(document, url, {useAsync: false}).content",
    document: "linkedom",
    decoding: DECODING,
    "text by": markdown ? "Defuddle's Markdown" : TEXT_BY,
    ...options,
  };
  return {
    given,
    async extract(page) {
      const asked = { ...own, markdown, useAsync: false };
      const url = page.url ?? undefined;
      const { content } = await Defuddle(parse(decode(page.html)), url, asked);
      return markdown ? content : text(fragment(content));
    },
  };
}
