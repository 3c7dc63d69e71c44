import { crc32, deflateSync, inflateSync } from "node:zlib";

/** Pixels of 8 bits, RGB, row by row. */
export interface Pixels {
  width: number;
  height: number;
  rgb: Uint8Array;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** More pixels are not for a note. */
const MOST = 4 << 20;
/** Bit depth, colour type RGB, compression, filter method, no interlace. */
const FORM = [8, 2, 0, 0, 0];

/** The pixels of a PNG as engines write them: 8-bit RGB, rows without a filter. Null for any other bytes. */
export function decodePng(bytes: Uint8Array): Pixels | null {
  const file = Buffer.from(bytes);
  if (!file.subarray(0, 8).equals(SIGNATURE)) return null;

  const chunks = chunksOf(file);
  const header = chunks.find(({ type }) => type === "IHDR")?.data;
  if (header?.length !== 13 || !header.subarray(8).equals(Buffer.from(FORM)))
    return null;

  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  if (width === 0 || height === 0 || width * height > MOST) return null;

  const packed = chunks.filter(({ type }) => type === "IDAT");
  const rows = inflated(Buffer.concat(packed.map(({ data }) => data)), {
    expected: height * (1 + width * 3),
  });

  return rows && withoutFilters(rows, width, height);
}

/** The same pixels give the same bytes. */
export function encodePng({
  width,
  height,
  rgb,
}: Pixels): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(FORM, 8);

  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1)
    rows.set(
      rgb.subarray(y * width * 3, (y + 1) * width * 3),
      y * (1 + width * 3) + 1,
    );

  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunksOf(file: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString("latin1", at + 4, at + 8);
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }

  return chunks;
}

/** Null where it is not as long as expected, or not packed at all. */
function inflated(
  packed: Buffer,
  { expected }: { expected: number },
): Buffer | null {
  try {
    const rows = inflateSync(packed, { maxOutputLength: expected + 1 });
    return rows.length === expected ? rows : null;
  } catch {
    return null;
  }
}

function withoutFilters(
  rows: Buffer,
  width: number,
  height: number,
): Pixels | null {
  const stride = 1 + width * 3;
  const rgb = new Uint8Array(width * height * 3);

  for (let y = 0; y < height; y += 1) {
    if (rows[y * stride] !== 0) return null;
    rgb.set(rows.subarray(y * stride + 1, (y + 1) * stride), y * width * 3);
  }

  return { width, height, rgb };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);

  return frame;
}
