// Screenshots of what the runs left.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { indexedPng } from "./indexed-png.mjs";
import { logPage } from "./log-page.mjs";
import { notePage } from "./note-page.mjs";

const CHROMIUM = "/usr/bin/chromium";
/** Below what is cut. */
const MARGIN = 14;
/** Pixels of the picture for each of the page. */
const WIDTH = 1080;
const SCALE = 1.4;

/** All pictures of `docs/pictures`, from the runs in `work`. What lies in `target` goes. */
export async function takeShots(work, target) {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox"],
  });
  try {
    const context = await browser.newContext({
      viewport: { width: WIDTH, height: 900 },
      deviceScaleFactor: SCALE,
    });
    // A page of its own: the report's policy forbids what reads a picture.
    const reader = await context.newPage();

    for (const [name, shot] of Object.entries(shots(work))) {
      const page = await context.newPage();
      const picture = await shot(page);
      const file = join(target, `${name}.png`);
      await page.close();
      await writeFile(file, await indexedPng(reader, picture));
      console.log(file);
    }
  } finally {
    await browser.close();
  }
}

function shots(work) {
  const show = async (page, name, html) => {
    const file = join(work, `${name}.html`);
    await writeFile(file, html);
    await page.goto(pathToFileURL(file).href);
    return page.locator("#shot").screenshot();
  };
  const note = (name) => async (page) => {
    const markdown = await readFile(join(work, `${name}.md`), "utf8");
    return show(
      page,
      `note-${name}`,
      notePage(markdown, await files(work, name)),
    );
  };
  const log = (name, from) => async (page) => {
    const text = await readFile(join(work, `${name}.log`), "utf8");
    return show(page, `log-${name}`, logPage(text, from));
  };
  const report = async (page, folder) => {
    await page.goto(
      pathToFileURL(join(work, folder, "model-to-edge-out/report/report.html"))
        .href,
    );
  };

  return {
    "note-good": note("good"),
    "note-bad": note("bad"),
    "log-good": log("good", ""),
    "log-bad": log("bad", "Convert detector"),
    catalogue: async (page) => {
      await page.goto(pathToFileURL(join(work, "public/index.html")).href);
      await page.waitForLoadState("networkidle");
      const { y, height } = await page.locator("footer").boundingBox();
      const clip = { x: 0, y: 0, width: WIDTH, height: y + height };
      return page.screenshot({ clip });
    },
    report: async (page) => {
      await report(page, "good");
      const { y } = await page.locator("details.model").last().boundingBox();
      return page.screenshot({ clip: { x: 0, y: 0, width: WIDTH, height: y } });
    },
    "report-model": async (page) => {
      await report(page, "good");
      const model = page.locator("details.model").last();
      await model.locator("summary").first().click();
      const { x, y, width } = await model.boundingBox();
      const row = await model.locator("figure").first().boundingBox();
      const height = row.y + row.height - y + MARGIN;
      const clip = { x, y, width, height };
      return page.screenshot({ fullPage: true, clip });
    },
  };
}

/** Pictures of the job's artifacts: the address in a note, and the file. */
async function files(work, name) {
  const folder = join(work, name);
  const all = await readdir(folder, { recursive: true });
  return all
    .filter((path) => path.endsWith(".png"))
    .map((path) => [
      `https://gitlab.example.com/vision/models/-/jobs/5001/artifacts/raw/${path}`,
      pathToFileURL(join(folder, path)).href,
    ]);
}
