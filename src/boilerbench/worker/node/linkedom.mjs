// linkedom: a DOM without a browser's layout, scripts and loading.

/** `{ parse, fragment }`: from a page to its document, from HTML in a result to an element that has
 * it inside. */
export async function linkedom(environment) {
  const { parseHTML } = await environment.import("linkedom");
  return {
    parse: (html) => parseHTML(html).document,
    fragment: (html) => {
      const { body } = parseHTML("<!doctype html><html><body></body></html>").document;
      body.innerHTML = html;
      return body;
    },
  };
}
