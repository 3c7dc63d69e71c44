// PNG with a palette: a third of the size, and no difference to the eye.
import { crc32, deflateSync } from "node:zlib";

const COLOURS = 48;

/** The same picture in few colours; `page` is any page of a browser, which reads the PNG. */
export async function indexedPng(page, png) {
  const { width, height, data } = await page.evaluate(
    readPixels,
    png.toString("base64"),
  );
  const rgba = Buffer.from(data, "base64");
  const { palette, indexOf } = paletteOf(rgba);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rows[y * (width + 1) + x + 1] = indexOf(colourAt(rgba, y * width + x));

  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap(bytesOf))),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Runs in the browser. */
async function readPixels(base64) {
  const picture = await fetch(`data:image/png;base64,${base64}`);
  const bitmap = await createImageBitmap(await picture.blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let text = "";
  for (let at = 0; at < data.length; at += 0x8000)
    text += String.fromCharCode(...data.subarray(at, at + 0x8000));
  return { width, height, data: btoa(text) };
}

const colourAt = (rgba, pixel) => rgba.readUIntBE(pixel * 4, 3);
const bytesOf = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];

/** The most frequent colours; each other takes the nearest of them. */
function paletteOf(rgba) {
  const counts = new Map();
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) {
    const colour = colourAt(rgba, pixel);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, COLOURS)
    .map(([colour]) => colour);
  const known = new Map(palette.map((colour, index) => [colour, index]));
  const indexOf = (colour) => {
    if (!known.has(colour)) known.set(colour, nearest(palette, colour));
    return known.get(colour);
  };
  return { palette, indexOf };
}

function nearest(palette, colour) {
  const [r, g, b] = bytesOf(colour);
  let best = 0;
  let least = Infinity;
  for (const [index, other] of palette.entries()) {
    const [r2, g2, b2] = bytesOf(other);
    const distance = (r - r2) ** 2 + (g - g2) ** 2 + (b - b2) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
