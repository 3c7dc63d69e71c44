import { expect, it } from "vitest";
import { firstPicture } from "../../src/report/catalogue/first-picture.ts";
import { decodePng, encodePng } from "../../src/report/picture/png.ts";
import { thumbnail } from "../../src/report/picture/thumbnail.ts";
import { samplePng } from "../support/sample-png.ts";
import { modelPage } from "./render-pages.ts";

/** Left half of one grey, right half of another. */
function halves(width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3).map((_, at) =>
    Math.floor(at / 3) % width < width / 2 ? 10 : 201,
  );
  return encodePng({ width, height, rgb });
}

it("a thumbnail is small, of the same sides, and each pixel the mean of its area", () => {
  const small = decodePng(thumbnail(halves(768, 512)) ?? new Uint8Array());
  expect(small).toMatchObject({ width: 192, height: 128 });
  expect(small?.rgb[0]).toBe(10);
  expect(small?.rgb.at(-1)).toBe(201);

  // 200 columns become 192, so that one of them covers both halves.
  const odd = decodePng(thumbnail(halves(385, 2)) ?? new Uint8Array());
  expect(odd).toMatchObject({ width: 192, height: 1 });
  const greys = new Set(odd?.rgb);
  expect([...greys].some((grey) => grey > 10 && grey < 201)).toBe(true);
});

it("a small picture stays, a long one keeps a row, and other bytes are none", () => {
  const small = samplePng(40, 30);
  const { rgb } = decodePng(thumbnail(small) ?? new Uint8Array()) ?? {};
  expect(rgb).toEqual(decodePng(small)?.rgb);
  expect(decodePng(thumbnail(halves(2000, 1)) ?? small)).toMatchObject({
    ...{ width: 192, height: 1 },
  });
  expect(thumbnail(Buffer.from("<svg onload=alert(1)>"))).toBeNull();
});

it("the first picture of a published report is that of its sample", () => {
  const png = samplePng(160, 160);
  const page = modelPage({ previews: [{ case: "real-0", png }] });
  expect(firstPicture(page)).toEqual(Buffer.from(png));
  expect(firstPicture(modelPage({ previews: [] }))).toBeNull();
});
