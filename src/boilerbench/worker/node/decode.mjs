// From a page's bytes to its characters, as a browser that was sent no headers has them.

export const DECODING = "BOM, meta charset, else UTF-8 if it is valid, else windows-1252";

/** The packages that it needs: jsdom's own for this. */
export const DECODERS = ["html-encoding-sniffer", "whatwg-encoding"];

/** A function from bytes to text. jsdom's own default where nothing is declared is windows-1252,
 * as the standard's is; but browsers look at the bytes, and most undeclared pages are UTF-8. */
export async function decoder(environment) {
  const [sniff, encoding] = await Promise.all(DECODERS.map((name) => environment.import(name)));
  return (bytes) => {
    const declared = sniff(bytes, { defaultEncoding: null });
    if (declared !== null) return encoding.decode(bytes, declared);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return encoding.decode(bytes, "windows-1252");
    }
  };
}
