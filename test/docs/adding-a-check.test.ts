import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const COPIED = [
  ...[
    "src",
    "schemas",
    "scripts",
    "profiles",
    "parameters",
    "components/_shared",
  ],
  ...["docs/what-green-means.md", "test/support"],
  ...["package.json", "tsconfig.json", "vitest.config.ts"],
];
const REGISTRY = "src/validate/checks/registry.ts";

const root = mkdtempSync(join(tmpdir(), "adding-a-check-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** TypeScript blocks of the page: the check, the line of the registry, the test. */
function blocks(): string[] {
  const page = readFileSync("docs/adding-a-check.md", "utf8");
  return [...page.matchAll(/^ {3}```ts\n([\s\S]*?)\n {3}```$/gm)].map(
    ([, code]) => (code ?? "").replace(/^ {3}/gm, ""),
  );
}

/** What a node program of ours says; its failure is the test's. */
function node(...words: string[]): string {
  return execFileSync(process.execPath, words, { cwd: root, encoding: "utf8" });
}

function changed(path: string, change: (text: string) => string): void {
  const file = join(root, path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

test("the page's check takes one file, one line and one test, and judges real models", {
  timeout: 300_000,
}, () => {
  for (const path of COPIED)
    cpSync(path, join(root, path), { recursive: true });
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));

  const [check = "", line = "", example = ""] = blocks();
  writeFileSync(join(root, "src/validate/checks/names.ts"), check);
  changed(REGISTRY, (text) =>
    text
      .replace("  metamorphic,\n", `  metamorphic,\n${line}\n`)
      .replace(
        'import { metamorphic } from "./metamorphic.ts";\n',
        '$&import { names } from "./names.ts";\n',
      ),
  );
  cpSync("test/validate/checks", join(root, "test/validate/checks"), {
    recursive: true,
  });
  writeFileSync(join(root, "test/validate/checks/names.test.ts"), example);

  node("node_modules/typescript/bin/tsc");
  // Builds first, as every run of the tests does: that writes both lists.
  node("node_modules/vitest/vitest.mjs", "run", "test/validate/checks");

  expect(readFileSync(join(root, "docs/what-green-means.md"), "utf8")).toMatch(
    /^\| names +\| names of inputs and outputs +\| can a program write/m,
  );
  expect(
    readFileSync(join(root, "schemas/conversion-config.schema.json"), "utf8"),
  ).toContain('"names"');
});
