import type { HttpAnswer } from "../transfer/http-send.ts";
import { refusalOf } from "./s3-errors.ts";

/** Errors and names of uploads are small; more is not read. Bytes. */
const LONGEST = 1 << 20;

export interface ReadAnswer {
  headers: Record<string, string>;
  text: string;
}

/**
 * An answer's body as text. Throws `Refusal` where an answer with a good status holds an error: S3 sends the status
 * before it joins an upload's parts.
 */
export async function readAnswer(answer: HttpAnswer): Promise<ReadAnswer> {
  const text = await textOf(answer);
  if (/<Error[\s>]/.test(text))
    throw refusalOf(500, elementOf(text, "Code"), elementOf(text, "Message"));

  return { headers: answer.headers, text };
}

/** Throws `Refusal`, with S3's own code and words, for an answer that is not 2xx; its body is read then. */
export async function refuseFailed(answer: HttpAnswer): Promise<void> {
  const { statusCode: status } = answer;
  if (status >= 200 && status < 300) return;

  const text = await textOf(answer);
  const code = elementOf(text, "Code") || `HTTP ${status}`;
  throw refusalOf(status, code, elementOf(text, "Message"));
}

/** The text of the first element of that name, as it reads; "" where there is none. */
export function elementOf(xml: string, name: string): string {
  const inner = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";

  return inner.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (entity, decimal, hex, word) => {
      if (decimal) return String.fromCodePoint(Number(decimal));
      if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
      return ENTITIES.get(word) ?? entity;
    },
  );
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

async function textOf({ body }: HttpAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;

  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > LONGEST) break;
  }

  return Buffer.concat(chunks).toString("utf8");
}
