import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { notWritable } from "./not-writable.ts";

/** Objects of a list that stay in memory: a run of a thousand models needs no file. */
export const IN_MEMORY = 1000;
/** Bytes that are written at a time. */
const PART = 256 << 10;
/** Objects of the file that are in memory at a time: several steps look at the same ones. */
const RECENT = 4;
const PLACE: unique symbol = Symbol("place");

/** Holds the parts of long lists that are seldom looked at. */
export interface Shelf {
  /**
   * For one list: what it answers is the same object to whoever reads it, without its weight. Beyond the first thousand
   * only the `light` properties stay in memory, the others are read from a file. For data as JSON has it, which nobody
   * changes any more.
   */
  keeper<T extends object>(light: readonly (keyof T)[]): (value: T) => T;
  close(): void;
}

interface Place {
  start: number;
  length: number;
}

/** What stays in memory of an object. */
type Light = Record<PropertyKey, unknown> & { [PLACE]: Place };

/** The file lies in `folder`, without a name: it is gone with the process. Throws as a document that cannot be written. */
export function makeShelf(folder: string): Shelf {
  const file = makeFile(folder);
  const recent = new Map<Light, object>();

  const whole = (light: Light): object => {
    const known = recent.get(light);
    if (known) return known;

    const [oldest] = recent.keys();
    if (oldest && recent.size >= RECENT) recent.delete(oldest);
    const read = JSON.parse(file.read(light[PLACE])) as object;
    recent.set(light, read);

    return read;
  };

  const handler: ProxyHandler<Light> = {
    get(light, key) {
      // JSON is made sooner of an object as it is than of one that reads.
      if (key === "toJSON") return () => whole(light);
      return Object.hasOwn(light, key)
        ? light[key]
        : Reflect.get(whole(light), key);
    },
    has: (light, key) => Reflect.has(whole(light), key),
    ownKeys: (light) => Reflect.ownKeys(whole(light)),
    getOwnPropertyDescriptor: (light, key) =>
      Reflect.getOwnPropertyDescriptor(whole(light), key),
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  };

  return {
    keeper(light) {
      let count = 0;

      return (value) => {
        count += 1;
        if (count <= IN_MEMORY) return value;

        const place = file.append(JSON.stringify(value));
        const target: Light = { [PLACE]: place };
        for (const key of light) target[key] = value[key];

        return new Proxy(target, handler) as typeof value;
      };
    },
    close: file.close,
  };
}

function makeFile(folder: string) {
  const path = join(folder, "shelf.partial");
  let waiting = Buffer.alloc(0);
  // Memory beside V8's heap makes it collect all of it.
  let reading = Buffer.alloc(0);
  let file: number | null = null;
  let written = 0;
  let used = 0;

  const write = (bytes: Uint8Array) => {
    try {
      if (file === null) {
        mkdirSync(folder, { recursive: true });
        file = openSync(path, "w+");
        unlinkSync(path);
      }
      for (let at = 0; at < bytes.length; )
        at += writeSync(file, bytes, at, bytes.length - at, written + at);
      written += bytes.length;
    } catch (error) {
      throw notWritable(path, error);
    }
  };
  const flush = () => {
    if (used > 0) write(waiting.subarray(0, used));
    used = 0;
  };

  return {
    append(text: string): Place {
      const length = Buffer.byteLength(text);
      if (waiting.length === 0) waiting = Buffer.allocUnsafe(PART);
      if (length > PART - used) flush();

      const place = { start: written + used, length };
      if (length > PART) write(Buffer.from(text));
      else used += waiting.write(text, used);

      return place;
    },
    read({ start, length }: Place): string {
      if (start >= written) flush();

      if (length > reading.length) reading = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; ) {
        const got = readSync(file ?? -1, reading, at, length - at, start + at);
        if (got === 0) throw new Error(`${path} ends too early`);
        at += got;
      }

      return reading.toString("utf8", 0, length);
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}
