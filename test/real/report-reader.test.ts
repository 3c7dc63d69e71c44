import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import { hasChromium, useChromium } from "../support/chromium.ts";
import { READER_PAGES } from "../support/reader-pages.ts";

const browserHere = hasChromium("test/real/report-reader.test.ts");

/** A reader with a screen reader, a keyboard, a phone, paper, or very many models. */
describe.skipIf(!browserHere)("the pages for every reader", () => {
  const reader = useChromium(async (folder) => {
    for (const [name, page] of Object.entries(READER_PAGES))
      await writeFile(join(folder, `${name}.html`), page);
  });

  const openAll =
    "document.querySelectorAll('details').forEach((each) => { each.open = true; })";

  const open = (
    name: keyof typeof READER_PAGES,
    width: number,
    scheme?: "light" | "dark",
  ) => reader.open(`${name}.html`, width, scheme);

  it.each([
    ["run", 400, "light"],
    ["run", 400, "dark"],
    ["run", 1200, "light"],
    ["run", 1200, "dark"],
    ["model", 400, "dark"],
    ["model", 1200, "light"],
  ] as const)(
    "axe finds nothing serious in the %s's page at %i px, %s",
    async (name, width, scheme) => {
      const page = await open(name, width, scheme);
      await page.evaluate(openAll);
      await page.evaluate(axe.source);
      const found = (await page.evaluate(
        "axe.run().then(({ violations }) => violations)",
      )) as axe.Result[];
      const serious = found
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => [id, nodes.slice(0, 3).map((n) => n.html)]);
      expect(serious).toEqual([]);
      await page.close();
    },
  );

  it("a table that is cut at 400 px scrolls by keyboard, and says what it holds", async () => {
    const page = await open("run", 400);
    await page.evaluate(openAll);
    const table = page.getByRole("group", { name: "Outputs of camera" });
    await table.focus();
    for (const _ of [1, 2, 3]) await page.keyboard.press("ArrowRight");
    // Not by waitForFunction: its second look is an eval, which the page's policy refuses.
    const isScrolled = () =>
      page.evaluate(
        "document.activeElement.scrollLeft > 0 && document.activeElement.classList.contains('wide')",
      );
    await expect.poll(isScrolled).toBe(true);
    await page.close();
  });

  it("the table of models sorts and filters, and leads to a model that is folded", async () => {
    const page = await open("run", 1200);
    const names = () =>
      page.locator("#models tbody tr:visible td:first-child").allInnerTexts();
    expect((await names())[0]).toBe("camera");

    await page.getByRole("button", { name: "Size" }).click();
    await page.getByRole("button", { name: "Size" }).click();
    expect(await names()).toEqual(["lidar", "radar", "camera", "depth"]);
    await page.getByLabel("Answer").selectOption("may ship");
    expect(await names()).toEqual(["lidar", "radar"]);
    await page.getByLabel("Filter").fill("RAD");
    expect(await names()).toEqual(["radar"]);
    expect(await page.getByRole("status").textContent()).toBe("1 of 4 models");

    await page.getByRole("link", { name: "radar" }).click();
    const card = page.locator("details.model", { hasText: "radar" });
    await expect.poll(() => card.getAttribute("open")).not.toBeNull();
    await page.close();
  });

  it("paper has every detail open and no column cut", async () => {
    const page = await open("run", 703, "dark");
    await page.emulateMedia({ media: "print" });
    const widths = (await page.evaluate(
      "[document.documentElement, ...document.querySelectorAll('table')].map((each) => each.getBoundingClientRect().right)",
    )) as number[];
    expect(Math.max(...widths)).toBeLessThanOrEqual(703);
    const details = page.locator("details.model").last();
    expect(await details.getAttribute("open")).toBeNull();
    const hidden = await page.evaluate(
      "[...document.querySelectorAll('details td, details pre, details li')].filter((each) => !each.checkVisibility()).length",
    );
    expect(hidden).toBe(0);
    const back = "getComputedStyle(document.body).backgroundColor";
    expect(await page.evaluate(back)).toBe("rgb(255, 255, 255)");
    await page.close();
  });

  it("500 models are small, and cost the browser less than two seconds", async () => {
    const page = await reader.newPage();
    const session = await page.context().newCDPSession(page);
    // Of its thread, so that other work on the machine does not count.
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(reader.addressOf("many.html"));
    const { metrics } = await session.send("Performance.getMetrics");
    const busy = metrics.find(({ name }) => name === "TaskDuration")?.value;

    expect(await page.locator("#models tbody tr").count()).toBe(500);
    expect(READER_PAGES.many.length).toBeLessThan(4e6);
    expect(busy).toBeLessThan(2);
    console.info(`500 models: ${READER_PAGES.many.length} bytes, ${busy} s`);
    await page.close();
  });
});
