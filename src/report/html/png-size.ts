const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const LARGEST = 16384;

/** Width and height in pixels from the header; null where the bytes are no PNG of a sensible size. */
export function pngSize(
  png: Uint8Array,
): { width: number; height: number } | null {
  if (png.length < 24 || SIGNATURE.some((byte, index) => png[index] !== byte))
    return null;

  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];

  return width > 0 && height > 0 && width <= LARGEST && height <= LARGEST
    ? { width, height }
    : null;
}
