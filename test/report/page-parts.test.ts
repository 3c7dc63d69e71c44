import { describe, expect, it } from "vitest";
import { html } from "../../src/report/html/markup.ts";
import { pngSize } from "../../src/report/html/png-size.ts";
import { samplePng } from "../support/sample-png.ts";

describe("html", () => {
  it("escapes every value, in text and in attributes, and shows what hides", () => {
    const nasty = `<b onload='x'>"&\u202e\u0000\ud800`;
    expect(
      html`<p title="${nasty}">${[nasty, html`<i>${1}</i>`, null, false]}</p>`
        .markup,
    ).toBe(`<p title="${escaped}">${escaped}<i>1</i></p>`);
  });
  const escaped = "&lt;b onload=&#39;x&#39;&gt;&quot;&amp;\ufffd\u2400\ufffd";
});

describe("pngSize", () => {
  it("reads width and height, and takes nothing else for a picture", () => {
    expect(pngSize(samplePng(7, 3))).toEqual({ width: 7, height: 3 });
    expect(
      pngSize(new TextEncoder().encode("<svg onload=alert(1)>".repeat(9))),
    ).toBeNull();
    expect(pngSize(samplePng(7, 3).subarray(0, 20))).toBeNull();
  });
});
