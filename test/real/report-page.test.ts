import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { renderModelPage } from "../../src/report/model-page.ts";
import { hasChromium, useChromium } from "../support/chromium.ts";
import { reportModel } from "../support/report-model-sample.ts";
import {
  sampleConversion,
  sampleSummary,
  summaryModel,
} from "../support/report-samples.ts";
import { sampleBehaviour, sampleVerdict } from "../support/verdict-samples.ts";
import { renderRunPage } from "../support/whole-reports.ts";

const browserHere = hasChromium("test/real/report-page.test.ts");

/** Parity's picture once, for both sides agree, then behaviour's on both sides. */
const SIDES = [0, 1, 2];
const LONG = "a/very/long_name_without_any_place_to_break_".repeat(4);
const red = summaryModel({
  name: LONG,
  verdict: "fail",
  ships: false,
  why: "wrong",
  because: [{ code: LONG }, { text: " is wrong" }],
  next: [{ text: "train again" }],
});
const VERDICT = sampleVerdict({
  checks: [...sampleVerdict().checks, sampleBehaviour()],
});
const PAGES = {
  model: renderModelPage({
    ...reportModel(),
    verdict: VERDICT,
    conversion: sampleConversion(),
  }),
  run: renderRunPage({
    docs: "https://git.test/docs",
    summary: sampleSummary({ models: [summaryModel(), red], notices: [LONG] }),
    models: [reportModel(), reportModel({ summary: red })],
    version: "1.2.3",
  }),
};

describe.skipIf(!browserHere)("the pages in Chromium", () => {
  const reader = useChromium(async (folder) => {
    for (const [name, page] of Object.entries(PAGES))
      await writeFile(join(folder, `${name}.html`), page);
  });

  interface Seen {
    page: Page;
    /** Requests beside the page itself, and what the console says. */
    requests: string[];
    complaints: string[];
  }

  async function open(
    name: string,
    width: number,
    colorScheme: "light" | "dark",
  ): Promise<Seen> {
    const page = await reader.newPage({
      viewport: { width, height: 900 },
      colorScheme,
    });
    const seen: Seen = { page, requests: [], complaints: [] };
    const address = reader.addressOf(`${name}.html`);
    page.on(
      "request",
      (request) =>
        request.url() !== address &&
        seen.requests.push(request.url().slice(0, 60)),
    );
    page.on("console", (message) => seen.complaints.push(message.text()));
    page.on("pageerror", (error) => seen.complaints.push(String(error)));
    await page.goto(address);
    return seen;
  }

  it.each([
    ["model", 1200, "light"],
    ["model", 360, "dark"],
    ["run", 1200, "dark"],
    ["run", 360, "light"],
  ] as const)(
    "shows the %s's page at %i px, %s, without network, complaint or sideways scroll",
    async (name, width, scheme) => {
      const { page, requests, complaints } = await open(name, width, scheme);
      expect(
        requests.filter((url) => !url.startsWith("data:image/png")),
      ).toEqual([]);
      expect(complaints).toEqual([]);
      expect(
        await page.evaluate("document.documentElement.scrollWidth"),
      ).toBeLessThanOrEqual(width);
      const back = await page.evaluate(
        "getComputedStyle(document.body).backgroundColor",
      );
      expect(back).toBe(
        scheme === "light" ? "rgb(246, 247, 248)" : "rgb(16, 18, 20)",
      );
      await page.close();
    },
  );

  it("paints the picture, and the boxes over it, on both sides", async () => {
    const { page } = await open("model", 1200, "light");
    const pictures = page.locator("figure svg");
    expect(await pictures.count()).toBe(3);
    const sizes = await pictures.evaluateAll((all) =>
      (all as unknown as { getBoundingClientRect(): { width: number } }[]).map(
        (one) => one.getBoundingClientRect().width,
      ),
    );
    expect(Math.min(...sizes)).toBeGreaterThan(200);
    const look = () =>
      Promise.all(SIDES.map((side) => pictures.nth(side).screenshot()));
    const whole = await look();
    await page.evaluate(
      "document.querySelectorAll('figure rect, figure text').forEach((box) => box.remove())",
    );
    const unboxed = await look();
    await page.evaluate(
      "document.querySelectorAll('image').forEach((image) => image.remove())",
    );
    const blank = await look();
    for (const side of SIDES) {
      expect(whole[side]?.equals(unboxed[side] ?? Buffer.alloc(0))).toBe(false);
      expect(unboxed[side]?.equals(blank[side] ?? Buffer.alloc(0))).toBe(false);
    }
    await page.close();
  });

  it("opens a folded model without any script", async () => {
    const { page } = await open("run", 1200, "light");
    const card = page.locator("details.card").last();
    const content = card.getByText("Outputs compared");
    expect(await content.isVisible()).toBe(false);
    await card.locator("summary").first().click();
    expect(await content.isVisible()).toBe(true);
    await page.close();
  });

  it("lets no script run, whatever gets into a page", async () => {
    const page = await reader.newPage();
    const attack = `<script>document.title="owned"</script><img src="https://x.invalid/" onerror="document.title='owned'">`;
    await page.setContent(PAGES.model.replace("</main>", `${attack}</main>`));
    expect(await page.title()).toBe("detector may ship");
    await page.close();
  });
});
