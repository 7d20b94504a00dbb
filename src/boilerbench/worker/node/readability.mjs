// Mozilla's Readability on a document of any DOM.

import { checkOptions } from "./options.mjs";
import { Refused } from "./refused.mjs";
import { text } from "./text.mjs";

export const PACKAGE = "@mozilla/readability";

/** Those that can change the text and be written on a command line. */
const OPTIONS = {
  charThreshold: "number",
  disableJSONLD: "boolean",
  keepClasses: "boolean",
  linkDensityModifier: "number",
  maxElemsToParse: "number",
  nbTopCandidates: "number",
};

/** A function from document to text. The article is taken as elements rather than as HTML, which
 * would only be parsed again. */
export async function readability(environment, options) {
  const { Readability } = await environment.import(PACKAGE);
  checkOptions(options, OPTIONS);
  for (const name of Object.keys(options)) {
    // It takes no notice of what it does not know.
    if (!Readability.toString().includes(`options.${name}`)) {
      throw new Refused(`release ${environment.release(PACKAGE)} has no option ${name}`);
    }
  }
  return (document) => {
    const article = new Readability(document, { ...options, serializer: (found) => found }).parse();
    return article && text(article.content);
  };
}
