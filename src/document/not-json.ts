/** The head of an object in UTF-16, in either order and with or without its mark, read as UTF-8. */
const UTF_16 = /^(?:\ufffd\ufffd|\{\0|\0\{)/;

/** Why a text, read as UTF-8, is not JSON, for people: some editors and shells save a document otherwise than it was. */
export function whyNotJson(text: string): string {
  if (text.trim() === "") return "it is empty";
  if (text.startsWith("\ufeff"))
    return "another program saved it, with a byte order mark at its head";
  if (UTF_16.test(text))
    return "another program saved it, not as UTF-8 but as UTF-16";

  return "it may be truncated";
}
