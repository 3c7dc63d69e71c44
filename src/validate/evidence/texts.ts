/**
 * Tensors of texts are held as codes, so that all that compares, hashes, cuts and stacks tensors takes them as integers:
 * equal codes are equal texts, and nothing else of a code means anything. 0 is the empty text.
 */
const texts: string[] = ["", "another text"];
const codes = new Map(texts.map((text, index) => [text, BigInt(index)]));

/** Codes of texts, one for each. */
export function encodeTexts(list: readonly string[]): BigInt64Array {
  return BigInt64Array.from(list, codeOf);
}

/** The texts of codes that `encodeTexts` or `readTexts` gave. */
export function decodeTexts(list: BigInt64Array): string[] {
  return Array.from(list, (code) => texts[Number(code)] ?? "");
}

/** Codes of texts that lie one behind the other, each `length` bytes of UTF-8 that end in zeros. */
export function readTexts(bytes: Uint8Array, length: number): BigInt64Array {
  const decoder = new TextDecoder();
  const count = length === 0 ? 0 : bytes.length / length;

  return BigInt64Array.from({ length: count }, (_, at) => {
    const cell = bytes.subarray(at * length, (at + 1) * length);
    const end = cell.indexOf(0);
    return codeOf(decoder.decode(end < 0 ? cell : cell.subarray(0, end)));
  });
}

function codeOf(text: string): bigint {
  const known = codes.get(text);
  if (known !== undefined) return known;

  const code = BigInt(texts.push(text) - 1);
  codes.set(text, code);

  return code;
}
