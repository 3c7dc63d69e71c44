import { readSync } from "node:fs";
import { UsageError } from "../errors.ts";
import { LIMITS } from "./limits.ts";

/** A field of a protobuf message. `start` and `end` are the file's offsets of a length-delimited value. */
export interface Field {
  number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  wire: number;
  /** Of a varint: exact up to 2^53, negative where it is a negative int64. */
  value: number;
  start: number;
  end: number;
}

const WINDOW = 64 * 1024;
const EIGHT = 8;

/** The file is not a readable ONNX; the structure check turns it into a failed check. */
export class MalformedOnnx extends UsageError {}

/** Reads protobuf fields by position; what nobody asks for is never read. */
export class WireReader {
  readonly #fd: number;
  readonly #size: number;
  readonly #window = Buffer.alloc(WINDOW);
  #from = 0;
  #to = 0;
  #fields = 0;
  #texts = 0;

  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.#size = size;
  }

  /** The message's fields, in the file's order. Throws `MalformedOnnx` where the bytes are none. */
  *fields(start: number, end: number): Generator<Field> {
    let at = start;
    while (at < end) {
      if (++this.#fields > LIMITS.fields)
        throw malformed(`more than ${LIMITS.fields} fields`);

      const tag = this.#varint(at, end);
      const number = Math.floor(tag.value / EIGHT);
      const wire = tag.value % EIGHT;
      if (number <= 0 || number > 536_870_911)
        throw malformed(`no field at byte ${at}`);

      const field = this.#field(number, wire, tag.next, end);
      yield field;
      at = field.end;
    }
  }

  text(field: Field): string {
    return this.bytes(field).toString("utf8");
  }

  bytes({ wire, start, end }: Field): Buffer {
    if (wire !== 2) throw malformed(`a text was expected at byte ${start}`);

    const length = end - start;
    this.#texts += length;
    if (length > LIMITS.text || this.#texts > LIMITS.texts)
      throw malformed(`a text of ${length} bytes at byte ${start}`);
    if (length > WINDOW) return this.#long(start, length);

    this.#need(start, length);

    return Buffer.from(
      this.#window.subarray(start - this.#from, end - this.#from),
    );
  }

  /** The field's bytes, in pieces that fit in memory whatever its length. */
  *chunks({ start, end }: Field): Generator<Buffer> {
    for (let at = start; at < end; ) {
      const length = Math.min(WINDOW, end - at);
      this.#need(at, length);
      yield this.#window.subarray(at - this.#from, at - this.#from + length);
      at += length;
    }
  }

  /** Values of a repeated integer field, packed or not. */
  integers({ wire, value, start, end }: Field, limit: number): number[] {
    if (wire === 0) return [value];
    if (wire !== 2) throw malformed(`a number was expected at byte ${start}`);

    const values: number[] = [];
    for (let at = start; at < end; ) {
      const { value: number, next } = this.#varint(at, end);
      values.push(number);

      if (values.length > limit)
        throw malformed(
          `a list of more than ${limit} numbers at byte ${start}`,
        );

      at = next;
    }

    return values;
  }

  #field(number: number, wire: number, at: number, end: number): Field {
    if (wire === 0) {
      const { value, next } = this.#varint(at, end);
      return { number, wire, value, start: at, end: next };
    }

    if (wire === 1 || wire === 5)
      return inside(
        { number, wire, value: 0, start: at, end: at + (wire === 1 ? 8 : 4) },
        end,
      );

    if (wire !== 2)
      throw malformed(`an unknown kind of field (${wire}) at byte ${at}`);

    const { value: length, next } = this.#varint(at, end);
    if (length < 0) throw malformed(`a negative length at byte ${at}`);

    return inside(
      { number, wire, value: 0, start: next, end: next + length },
      end,
    );
  }

  #varint(start: number, end: number): { value: number; next: number } {
    this.#need(start, Math.min(10, end - start));

    let low = 0;
    let high = 0;

    for (let at = start; at < end && at < start + 10; at++) {
      const byte = this.#window[at - this.#from] ?? 0;
      const position = at - start;
      if (position < 4) low += (byte & 0x7f) * 2 ** (7 * position);
      else high += (byte & 0x7f) * 2 ** (7 * (position - 4));
      if (byte < 0x80) return { value: signed(low, high), next: at + 1 };
    }

    throw malformed(
      start + 10 <= end
        ? `a number without end at byte ${start}`
        : `truncated at byte ${end}`,
    );
  }

  #long(start: number, length: number): Buffer {
    const whole = Buffer.alloc(length);
    const got = readSync(this.#fd, whole, 0, length, start);
    if (got < length) throw malformed(`truncated at byte ${start + got}`);

    return whole;
  }

  /** Makes the bytes available in the window. */
  #need(start: number, length: number): void {
    if (start >= this.#from && start + length <= this.#to) return;
    if (start + length > this.#size)
      throw malformed(`truncated at byte ${this.#size}`);

    this.#from = start;
    this.#to = start + readSync(this.#fd, this.#window, 0, WINDOW, start);
    if (this.#to < start + length)
      throw malformed(`truncated at byte ${this.#to}`);
  }
}

function inside(field: Field, end: number): Field {
  if (field.end > end)
    throw malformed(
      `a field at byte ${field.start} is longer than the message that contains it`,
    );
  return field;
}

/** A signed 64-bit number from its low 28 bits and those above; the complement keeps small negative ones exact. */
function signed(low: number, high: number): number {
  const upper = high % 2 ** 36;
  return upper >= 2 ** 35
    ? low - (2 ** 36 - upper) * 2 ** 28
    : upper * 2 ** 28 + low;
}

export function malformed(what: string): MalformedOnnx {
  return new MalformedOnnx(`the file is not a readable ONNX model: ${what}`, {
    code: "onnx-malformed",
    hint: "the file may be truncated or not an ONNX model at all: export or download it again (a Git LFS pointer is not a model)",
  });
}
