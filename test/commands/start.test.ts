import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: the file beside it is .mjs
import { loadedCode } from "../../scripts/parts/loaded-code.mjs";
// biome-ignore lint/correctness/useImportExtensions: the file beside it is .mjs
import { LOADED_BYTES, limitOf } from "../../scripts/parts/recorded.mjs";
// biome-ignore lint/correctness/useImportExtensions: the file beside it is .mjs
import { withToyStore } from "../../scripts/parts/toy-store.mjs";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

test("help loads no more code than it did, and no library", () => {
  const { bytes, files } = loadedCode([cli, "--help"]);
  expect(bytes, files.join("\n")).toBeLessThan(limitOf(LOADED_BYTES.help));
});

test("a run of one model loads at most a fifth more code than it did", async () => {
  await withToyStore(async ({ run, env }) => {
    const { bytes, files } = loadedCode([cli, ...run], env);
    expect(bytes, files.join("\n")).toBeLessThan(limitOf(LOADED_BYTES.run));
    expect(bytes).toBeGreaterThan(LOADED_BYTES.run / 2);
  });
});
