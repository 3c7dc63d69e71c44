/** A picture in a page of ours: bytes inside of the page, never an address. */
const PICTURE = /href="data:image\/png;base64,([A-Za-z0-9+/]+={0,2})"/;

/** The first picture of a model's published report, as PNG: of the sample that it shows first. Null where it shows none. */
export function firstPicture(page: string): Uint8Array | null {
  const [, base64] = PICTURE.exec(page) ?? [];
  return base64 === undefined ? null : Buffer.from(base64, "base64");
}
