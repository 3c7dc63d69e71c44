import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import type { Catalogue } from "../../src/registry/catalogue.ts";
import { renderEntry } from "../../src/report/catalogue/entry-page.ts";
import { renderIndex } from "../../src/report/catalogue/index-page.ts";
import { sampleCatalogue } from "../support/catalogue-sample.ts";
import { hasChromium, useChromium } from "../support/chromium.ts";
import { samplePng } from "../support/sample-png.ts";

const browserHere = hasChromium("test/real/catalogue-reader.test.ts");
const PICTURE = samplePng(192, 144);

/** Of the first picture's file; 0 where the browser did not take it. */
const WIDTH = "document.querySelector('img').naturalWidth";

/** The catalogue of one model and of 300, for every reader. */
describe.skipIf(!browserHere)("the catalogue", () => {
  const reader = useChromium(async (folder) => {
    await writeSite(join(folder, "1"), sampleCatalogue(1));
    await writeSite(join(folder, "300"), sampleCatalogue(300));
  });

  const ENTRY = "300/models/camera-front-007.html";

  it.each([
    ["1/index.html", 400, "dark"],
    ["1/index.html", 1200, "light"],
    ["300/index.html", 400, "light"],
    ["300/index.html", 1200, "dark"],
    [ENTRY, 400, "light"],
    [ENTRY, 400, "dark"],
    [ENTRY, 1200, "light"],
    [ENTRY, 1200, "dark"],
  ] as const)(
    "axe finds nothing serious in %s at %i px, %s, and nothing is cut",
    async (path, width, scheme) => {
      const page = await reader.open(path, width, scheme);
      await page.evaluate(axe.source);
      const found = (await page.evaluate(
        "axe.run().then(({ violations }) => violations)",
      )) as axe.Result[];
      const serious = found
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => [id, nodes.slice(0, 3).map((n) => n.html)]);
      expect(serious).toEqual([]);
      expect(
        await page.evaluate("document.documentElement.scrollWidth"),
      ).toBeLessThanOrEqual(width);
      await page.close();
    },
  );

  it("300 models: the page is small, the browser is not busy, and fetches only the pictures that are near", async () => {
    const page = await reader.newPage({
      viewport: { width: 1200, height: 900 },
    });
    const pictures: string[] = [];
    page.on("request", (request) => {
      if (request.resourceType() === "image") pictures.push(request.url());
    });
    const session = await page.context().newCDPSession(page);
    // Of its thread, so that other work on the machine does not count.
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(reader.addressOf("300/index.html"));
    const { metrics } = await session.send("Performance.getMetrics");
    const busy = metrics.find(({ name }) => name === "TaskDuration")?.value;
    const size = renderIndex(sampleCatalogue(300)).length;

    expect(await page.locator("#models tbody tr").count()).toBe(300);
    expect(size).toBeLessThan(500_000);
    expect(busy).toBeLessThan(2);
    await expect.poll(() => page.evaluate(WIDTH)).toBe(192);
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.length).toBeLessThan(100);
    console.info(
      `300 models: ${size} bytes, ${busy} s, ${pictures.length} pictures`,
    );

    const near = pictures.length;
    await page.locator("#models tbody tr").last().scrollIntoViewIfNeeded();
    await expect.poll(() => pictures.length).toBeGreaterThan(near);
    await page.close();
  });

  it("by keyboard a reader filters, sorts by version and opens a model with its picture", async () => {
    const page = await reader.open("300/index.html", 1200);
    const names = () =>
      page.locator("#models tbody tr:visible td:first-child").allInnerTexts();

    await page.keyboard.press("Tab");
    await page.keyboard.type("front-01 segmentation");
    expect(await names()).toEqual(
      ["010", "013", "016", "019"].map((id) => `camera-front-${id}`),
    );
    await page.getByRole("button", { name: "Version" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect((await names())[0]).toBe("camera-front-019");
    // 1.299 comes after 1.99.
    await page.getByLabel("Filter").fill("");
    expect((await names())[0]).toBe("camera-front-299");

    await page.getByLabel("Filter").fill("camera-front-10");
    expect((await names())[0]).toBe("camera-front-109");
    await page.getByRole("link", { name: "camera-front-109" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/camera-front-109\.html$/);
    const name = "a sample of camera-front-109";
    expect(await page.getByRole("img", { name }).count()).toBe(1);
    await expect.poll(() => page.evaluate(WIDTH)).toBe(192);
    await page.close();
  });

  it("one model needs no filter, and no script", async () => {
    const page = await reader.open("1/index.html", 1200);
    expect(await page.getByLabel("Filter").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(0);
    await page.close();
  });
});

/** As the command lays it out, each picture the same. */
async function writeSite(folder: string, site: Catalogue): Promise<void> {
  const write = async (name: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  };
  await write("index.html", renderIndex(site));
  for (const entry of site.entries) {
    await write(`models/${entry.name}.html`, renderEntry(site, entry));
    if (entry.picture !== null)
      await write(`pictures/${entry.picture}`, PICTURE);
  }
}
