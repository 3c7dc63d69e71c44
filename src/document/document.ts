import { constants } from "node:buffer";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import {
  mkdir,
  open,
  readFile,
  rename,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname } from "node:path";
import { notWritable } from "../disk/not-writable.ts";
import { UsageError } from "../errors.ts";
import { foreseen } from "../foreseen.ts";
import { errorCode, isMissing, unlessMissing } from "../node-error.ts";
import { isObject } from "./json-object.ts";
import { jsonPieces } from "./json-pieces.ts";
import { whyNotJson } from "./not-json.ts";
import { checkAgainst, type SchemaName, schemaVersion } from "./schema.ts";

/** JSON in a form that is the same bytes for the same data: keys in order of insertion, two spaces, a final newline. */
export function toJson(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}

/** Bytes that are written at once, by calls that cost a fifth. */
const SMALL = 64 << 10;
/** Bytes of a larger text that are in memory at a time. */
const PART = 256 << 10;
/** Of UTF-8 for a unit of UTF-16. */
const MOST_BYTES = 3;

/** The same text in pieces: an object's arrays, element by element. */
export function* toJsonPieces(data: object): Generator<string> {
  yield* jsonPieces(data);
  yield "\n";
}

/** Checks and writes a document; readers see the old one or the new one, never half. */
export async function writeDocument(
  path: string,
  schema: SchemaName,
  data: object,
): Promise<void> {
  const problems = await checkAgainst(schema, data);
  if (problems.length > 0)
    throw new Error(
      `${path} would not match ${schema}.schema.json: ${problems.join("; ")}`,
    );

  await writePieces(path, toJsonPieces(data));
}

/** Writes a file by way of a sibling and a rename, of a long text only a part at a time. */
export async function writePieces(
  path: string,
  text: Iterable<string>,
): Promise<void> {
  const parts = byteParts(text);
  const first = parts.next();
  if (first.done) return writeWhole(path, first.value);

  await writeBeside(path, async (temporary) => {
    const file = await open(temporary, "w");
    try {
      let part: IteratorResult<Uint8Array, Uint8Array> = first;
      for (; !part.done; part = parts.next()) await file.writeFile(part.value);
      await file.writeFile(part.value);
    } finally {
      await file.close();
    }
  });
}

/** The text as UTF-8 in parts of at most about `PART` bytes, the last one returned: a small text takes no more than itself. */
function* byteParts(text: Iterable<string>): Generator<Uint8Array, Uint8Array> {
  let pieces: string[] = [];
  let most = 0;

  for (const piece of text) {
    most += MOST_BYTES * piece.length;
    if (most > PART && pieces.length > 0) {
      yield Buffer.from(pieces.join(""));
      pieces = [];
      most = MOST_BYTES * piece.length;
    }
    pieces.push(piece);
  }

  return Buffer.from(pieces.join(""));
}

/** Writes a file by way of a sibling and a rename. */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  if (content.length < SMALL) return writeAtOnce(path, content);

  await writeBeside(path, (temporary) => writeFile(temporary, content));
}

async function writeBeside(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.partial`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    throw notWritable(path, error);
  }
}

function writeAtOnce(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.partial`;
  const write = () => {
    writeFileSync(temporary, content);
    return true;
  };

  try {
    if (!unlessMissing(write)) {
      mkdirSync(dirname(path), { recursive: true });
      write();
    }
    renameSync(temporary, path);
  } catch (error) {
    throw notWritable(path, error);
  }
}

/** Reads a document that a step before wrote. Throws `UsageError` where it is missing, no JSON, of another kind or version. */
export async function readDocument<T>(
  path: string,
  schema: SchemaName,
): Promise<T> {
  let text: string;
  try {
    // A pipe would be waited for.
    const stats = await stat(path);
    if (!stats.isFile()) throw damaged(`${path} is not a file`);
    if (stats.size > constants.MAX_STRING_LENGTH)
      throw damaged(`${path} is too large for a document: ${stats.size} bytes`);
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error))
      throw new UsageError(`${path} is missing`, {
        code: "document-missing",
        hint: "first run the step that writes it, with the same `--out`",
      });
    throw (
      foreseen(error) ??
      damaged(`${path} cannot be read (${errorCode(error)})`, error)
    );
  }

  return (await parseDocument(text, path, schema)) as T;
}

/** What no step of this program leaves there. */
function damaged(message: string, cause?: unknown): UsageError {
  return new UsageError(message, {
    code: "document-damaged",
    hint: "the file was changed by hand or by another program: rerun the step that writes it",
    cause,
  });
}

/** Parses and checks a document's text; `path` is for the messages. */
export async function parseDocument(
  text: string,
  path: string,
  schema: SchemaName,
): Promise<unknown> {
  return checkedDocument(parseJson(text, path), path, schema);
}

/** Throws `UsageError` for a text that is not JSON; `path` is for the message. */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not JSON`, {
      code: "document-damaged",
      hint: `${whyNotJson(text)}: rerun the step that writes it`,
    });
  }
}

/** The data of a document; throws `UsageError` for another version, or where the schema does not take it. */
export async function checkedDocument(
  data: unknown,
  path: string,
  schema: SchemaName,
): Promise<unknown> {
  const version = isObject(data) ? data.version : undefined;
  if (version === undefined)
    throw damaged(`${path} is not a document of this program`);

  const known = await schemaVersion(schema);
  if (version !== known)
    throw new UsageError(
      `${path} has version ${JSON.stringify(version)}, but this program reads version ${known}`,
      {
        code: "document-version",
        hint: "use the same version of model-to-edge in all jobs of a pipeline",
      },
    );

  const problems = await checkAgainst(schema, data);
  if (problems.length > 0)
    throw damaged(`${path} does not match its schema: ${problems[0]}`);

  return data;
}
