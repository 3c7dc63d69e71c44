import { type FileHandle, open } from "node:fs/promises";
import { UsageError } from "../../errors.ts";
import { nullUnlessPrevented } from "../../machine-fault.ts";
import { type Dtype, sizeOf, type Tensor, type TensorData } from "./tensor.ts";
import { readTexts } from "./texts.ts";

/** Where one tensor lies in a safetensors file. */
export interface TensorEntry {
  name: string;
  dtype: Dtype;
  dims: number[];
  /** Offset in the file, and length, in bytes. */
  offset: number;
  length: number;
}

export interface TensorFile {
  entries: TensorEntry[];
  metadata: Record<string, string>;
  /** Reads one tensor; nothing else is held in memory. */
  read(entry: TensorEntry): Promise<Tensor>;
  /** Its bytes as they lie in the file. */
  bytes(entry: TensorEntry): Promise<Uint8Array>;
  close(): Promise<void>;
}

const MAX_HEADER = 16 << 20;
const MAX_RANK = 64;
const LAYOUT: Record<
  string,
  [Dtype, number, new (buffer: ArrayBuffer) => TensorData]
> = {
  F64: ["float64", 8, Float64Array],
  F32: ["float32", 4, Float32Array],
  F16: ["float16", 2, Uint16Array],
  BF16: ["bfloat16", 2, Uint16Array],
  I64: ["int64", 8, BigInt64Array],
  U64: ["uint64", 8, BigUint64Array],
  I32: ["int32", 4, Int32Array],
  U32: ["uint32", 4, Uint32Array],
  I16: ["int16", 2, Int16Array],
  U16: ["uint16", 2, Uint16Array],
  I8: ["int8", 1, Int8Array],
  U8: ["uint8", 1, Uint8Array],
  BOOL: ["bool", 1, Uint8Array],
};
const BY_DTYPE = new Map(
  Object.values(LAYOUT).map(([dtype, , array]) => [dtype, array]),
);

/** Opens a safetensors file and checks its header. Throws `UsageError` where it is none. */
export async function openTensors(path: string): Promise<TensorFile> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    nullUnlessPrevented(error);
    throw new UsageError(
      `${path} cannot be read (${error.code ?? "unknown"})`,
      {
        code: "references-unreadable",
        hint: "make it readable for the user that runs this, or convert the model again",
        cause: error,
      },
    );
  });
  try {
    const { size } = await file.stat();
    const headerLength = await readLength(file, size);
    const text = await readBytes(file, 8, headerLength);
    const { entries, metadata } = parseHeader(
      Buffer.from(text).toString("utf8"),
      8 + headerLength,
      size,
    );

    return {
      entries: entries.map((entry) => asTexts(entry, metadata)),
      metadata,
      read: (entry) => readTensor(file, entry),
      bytes: async ({ offset, length: size }) =>
        new Uint8Array(await readBytes(file, offset, size)),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Checks a header's JSON; `base` is where the data begin, `size` the file's. */
export function parseHeader(
  text: string,
  base: number,
  size: number,
): { entries: TensorEntry[]; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw malformed("its header is not JSON");
  }

  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw malformed("its header is not an object");

  const { __metadata__: metadata = {}, ...tensors } = header as Record<
    string,
    unknown
  >;

  const entries = Object.entries(tensors).map(([name, value]) =>
    parseEntry(name, value, base, size),
  );

  const end = entries.reduce(
    (most, { offset, length }) => Math.max(most, offset + length),
    base,
  );
  if (end !== size)
    throw malformed(`${size - end} bytes follow its last tensor`);

  const pairs = Object.entries(metadata ?? {}).map(([key, value]) => [
    key,
    String(value),
  ]);

  return { entries, metadata: Object.fromEntries(pairs) };
}

function parseEntry(
  name: string,
  value: unknown,
  base: number,
  size: number,
): TensorEntry {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (value ?? {}) as Record<string, unknown>;

  const layout =
    typeof dtype === "string" && Object.hasOwn(LAYOUT, dtype)
      ? LAYOUT[dtype]
      : undefined;

  if (!layout)
    throw malformed(
      `${name} has the dtype ${JSON.stringify(dtype)}, which cannot be read`,
    );

  if (!isSizes(shape) || shape.length > MAX_RANK)
    throw malformed(`the shape of ${name} is wrong`);
  if (!isSizes(offsets) || offsets.length !== 2)
    throw malformed(`the offsets of ${name} are wrong`);

  const [from = 0, to = 0] = offsets;
  if (from > to || base + to > size)
    throw malformed(`${name} lies outside the file: it may be truncated`);
  if (to - from !== sizeOf(shape) * layout[1])
    throw malformed(`the length of ${name} does not fit its shape`);

  return {
    name,
    dtype: layout[0],
    dims: shape,
    offset: base + from,
    length: to - from,
  };
}

/**
 * The format has no texts: they are bytes whose last axis is the longest text, UTF-8 that ends in zeros, and metadata
 * `text/<tensor>` says so.
 */
function asTexts(
  entry: TensorEntry,
  metadata: Record<string, string>,
): TensorEntry {
  if (metadata[`text/${entry.name}`] !== "utf8") return entry;
  if (entry.dtype !== "uint8" || entry.dims.length === 0)
    throw malformed(`the texts of ${entry.name} are not bytes`);
  if (entry.dims.at(-1) === 0)
    throw malformed(`the texts of ${entry.name} have no length`);

  return { ...entry, dtype: "string", dims: entry.dims.slice(0, -1) };
}

function isSizes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0)
  );
}

async function readLength(file: FileHandle, size: number): Promise<number> {
  if (size < 8) throw malformed("it is shorter than a header");

  const length = Number(
    new DataView(await readBytes(file, 0, 8)).getBigUint64(0, true),
  );

  if (length > Math.min(MAX_HEADER, size - 8))
    throw malformed(
      `it does not start like a safetensors file: its header would have ${length} bytes`,
    );

  return length;
}

async function readTensor(
  file: FileHandle,
  { dtype, dims, offset, length }: TensorEntry,
): Promise<Tensor> {
  const bytes = await readBytes(file, offset, length);
  if (dtype === "string") {
    const longest = length / Math.max(1, sizeOf(dims));
    return { dtype, dims, data: readTexts(new Uint8Array(bytes), longest) };
  }

  const View = BY_DTYPE.get(dtype) ?? Uint8Array;

  return { dtype, dims, data: new View(bytes) };
}

/** Exactly these bytes, in a buffer of their own, so that any view of it is aligned. */
async function readBytes(
  file: FileHandle,
  offset: number,
  length: number,
): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(new Uint8Array(buffer, done), {
      position: offset + done,
    });
    if (bytesRead === 0) throw malformed("it is truncated");
    done += bytesRead;
  }

  return buffer;
}

function malformed(what: string): UsageError {
  return new UsageError(
    `the references are not a readable safetensors file: ${what}`,
    {
      code: "references-malformed",
      hint: "write references.safetensors again, with names, dtypes and offsets as the safetensors format defines them",
    },
  );
}
