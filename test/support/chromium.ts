import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { afterAll, beforeAll } from "vitest";

const CHROMIUM = "/usr/bin/chromium";

/** False where it is not there: prints why `test` is skipped, throws where real parts are required. */
export function hasChromium(test: string): boolean {
  if (existsSync(CHROMIUM)) return true;
  const reason = `${CHROMIUM} is missing: apt-get install --no-install-recommends chromium`;
  if (process.env.MODEL_TO_EDGE_TEST_REAL === "required")
    throw new Error(reason);
  console.warn(`skipped ${test}: ${reason}`);

  return false;
}

/** One browser for the tests of a file, and a folder of pages that it opens. */
export interface Reader {
  newPage(options?: BrowserContextOptions): Promise<Page>;
  /** Address of a page, by its path in the folder. */
  addressOf(path: string): string;
  /** A page of the folder, in a window of `width` and 900 pixels. */
  open(
    path: string,
    width: number,
    colorScheme?: "light" | "dark",
  ): Promise<Page>;
}

/** Starts Chromium before the tests of this place, and `write` fills its folder; both are gone after them. */
export function useChromium(
  write: (folder: string) => Promise<void> = async () => undefined,
): Reader {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox"],
    });
    folder = await mkdtemp(join(tmpdir(), "pages-"));
    await write(folder);
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  const addressOf = (path: string) => pathToFileURL(join(folder, path)).href;

  return {
    newPage: (options) => browser.newPage(options),
    addressOf,
    open: async (path, width, colorScheme = "light") => {
      const viewport = { width, height: 900 };
      const page = await browser.newPage({ viewport, colorScheme });
      await page.goto(addressOf(path));

      return page;
    },
  };
}
