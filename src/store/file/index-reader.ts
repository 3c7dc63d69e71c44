import { createReadStream } from "node:fs";
import { join } from "node:path";
import { orMissing } from "../../node-error.ts";
import { ownJson } from "./own-json.ts";

/** The file beside the published folders that remembers their hashes. */
export const INDEX = "index.json";

/** What it says of a file: the hash holds as long as the file's stat token does. */
interface Known {
  sha256: string;
  stat: string;
}

/** `index.json` of a publication, by path. What is damaged may be anything. */
export interface PublicationIndex {
  [path: string]: Known;
}

export interface IndexReader {
  /** Told once for each path; null where the index does not know it. */
  take(path: string): Promise<Known | null>;
  /** Its file is open until then. */
  close(): Promise<void>;
}

/** Bytes of the text that are read at a time: of larger texts V8 keeps what is done with for long. */
const PIECE = 32 << 10;
/** Between two files. Within a string of JSON no quote comes without a backslash before it. */
const BETWEEN = '},"';

/**
 * Looks up the files that are asked for in the order of the index, which is that of a listing: no more of it is in memory
 * than lies between the two. Another order costs memory, and changes no answer.
 */
export function readIndex(
  publication: string,
  isAsked: (path: string) => boolean,
): IndexReader {
  const pieces = piecesOf(join(publication, INDEX));
  const ahead = new Map<string, Known>();
  let isRead = false;

  return {
    async take(path) {
      while (!isRead && !ahead.has(path)) {
        const next = await orMissing(pieces.next());
        isRead = next?.done ?? true;
        for (const [name, known] of Object.entries(next?.value ?? {}))
          if (isAsked(name)) ahead.set(name, known);
      }

      const known = ahead.get(path) ?? null;
      ahead.delete(path);

      return known;
    },
    close: async () => void (await pieces.return(undefined)),
  };
}

/** Whole files at a time. */
async function* piecesOf(
  file: string,
): AsyncGenerator<PublicationIndex | null, undefined> {
  const text = createReadStream(file, {
    encoding: "utf8",
    highWaterMark: PIECE,
  });
  let rest = "";

  for await (const chunk of text) {
    rest += chunk;
    const end = rest.lastIndexOf(BETWEEN);
    if (end < 0) continue;

    yield ownJson<PublicationIndex>(`${rest.slice(0, end + 1)}}`);
    rest = `{${rest.slice(end + 2)}`;
  }

  yield ownJson<PublicationIndex>(rest);
}
