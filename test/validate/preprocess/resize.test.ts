import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { BytePicture } from "../../../src/validate/preprocess/picture.ts";
import { INTERPOLATIONS } from "../../../src/validate/preprocess/resize.ts";

interface Vector {
  interp: string;
  from: [number, number];
  to: [number, number];
  sha256?: string;
  bytes?: string;
}

const FILE = new URL("../../fixtures/preprocess/vectors.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(FILE, "utf8")) as Vector[];

/** As `draw` in make_vectors.py. */
function draw([width, height]: [number, number]): BytePicture {
  const at = (place: number) => {
    const [x, y, c] = [
      Math.floor(place / 3) % width,
      Math.floor(place / 3 / width),
      place % 3,
    ];
    return (7 * x + 13 * y + 29 * c + 5 * Math.floor((x * y) / 4)) % 256;
  };
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, (_, place) =>
      at(place),
    ),
  };
}

function resized({ interp, from, to }: Vector): Uint8Array {
  const resize = INTERPOLATIONS.get(interp);
  if (!resize) throw new Error(`no ${interp}`);
  return resize(draw(from), ...to).data;
}

const title = ({ interp, from, to }: Vector): [string, Vector] => [
  `${interp} ${from.join("×")} to ${to.join("×")}`,
  { interp, from, to },
];

describe("a picture is resized as OpenCV and Pillow do it, to the last bit", () => {
  test.each(
    VECTORS.filter(({ sha256 }) => sha256).map(
      (vector) => [...title(vector), vector.sha256] as const,
    ),
  )("%s", (_, vector, sha256) => {
    expect(
      createHash("sha256").update(resized(vector)).digest("hex").slice(0, 16),
    ).toBe(sha256);
  });
});

describe("a picture is resized as OpenCV does it, within a grey level", () => {
  test.each(
    VECTORS.filter(({ bytes }) => bytes).map(
      (vector) => [...title(vector), vector.bytes ?? ""] as const,
    ),
  )("%s", (_, vector, bytes) => {
    const [is, wanted] = [resized(vector), Buffer.from(bytes, "base64")];
    expect(is.length).toBe(wanted.length);
    expect(
      Math.max(...is.map((value, at) => Math.abs(value - (wanted[at] ?? 0)))),
    ).toBeLessThanOrEqual(1);
  });
});
