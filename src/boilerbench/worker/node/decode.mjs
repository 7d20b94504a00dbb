// From a page's bytes to its characters, as a browser that was sent no headers has them. The same
// order as that of the Python extractors (adapters/decoding.py), with another detector.

export const DECODING = "BOM, meta charset, UTF-8 if it is valid, detected";

/** The packages that it needs: jsdom's own for this, and a detector. */
export const DECODERS = ["html-encoding-sniffer", "whatwg-encoding", "chardet"];

/** A function from bytes to text. jsdom's own default where nothing is declared is windows-1252,
 * as the standard's is; but browsers look at the bytes, and most undeclared pages are UTF-8. */
export async function decoder(environment) {
  const [sniff, encoding, detector] = await Promise.all(
    DECODERS.map((name) => environment.import(name)),
  );
  const detect = detector.detect ?? detector.default.detect;
  return (bytes) => {
    const declared = sniff(bytes, { defaultEncoding: null });
    if (declared !== null) return encoding.decode(bytes, declared);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      // What it has been shown not to be, and what no browser reads, is no answer.
      const found = encoding.labelToName(detect(bytes) ?? "");
      return encoding.decode(bytes, found && found !== "UTF-8" ? found : "windows-1252");
    }
  };
}
