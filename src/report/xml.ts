/** What XML 1.0 cannot hold, not even escaped: control characters, lone surrogates, two non-characters. */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes away
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** Printable ASCII that is no markup: most names, words and numbers. */
const PLAIN = /^[ !#-%'-;=?-~]*$/;

export function escapeXml(text: string): string {
  if (PLAIN.test(text)) return text;

  return text
    .replace(FORBIDDEN, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;")
    .replaceAll("\r", "&#13;");
}

/** An element on one line; `content` is XML already. */
export function element(
  name: string,
  attributes: Record<string, string | number>,
  content = "",
): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeXml(String(value))}"`,
  );
  return content === ""
    ? `<${name}${pairs.join("")}/>`
    : `<${name}${pairs.join("")}>${content}</${name}>`;
}
