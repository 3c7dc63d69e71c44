import { existsSync } from "node:fs";

export const CHROMIUM = "/usr/bin/chromium";

/** False where it is not there: prints why `test` is skipped, throws where real parts are required. */
export function hasChromium(test: string): boolean {
  if (existsSync(CHROMIUM)) return true;
  const reason = `${CHROMIUM} is missing: apt-get install --no-install-recommends chromium`;
  if (process.env.MODEL_TO_EDGE_TEST_REAL === "required")
    throw new Error(reason);
  console.warn(`skipped ${test}: ${reason}`);

  return false;
}
