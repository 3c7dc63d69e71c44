import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const { scripts } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
) as { scripts: Record<string, string> };

/** The text of each file of TypeScript below `test/`, by its path from the root. */
const FILES = new Map(
  readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("test", name))
    .map((name) => [name, readFileSync(join(ROOT, name), "utf8")] as const),
);

/** The files of tests that each switch of a suite (`FLEET=all`) names, by the switch. */
const SUITES = new Map<string, string[]>();
for (const [name, command] of Object.entries(scripts)) {
  const [, variable] = /^([A-Z_0-9]+)=.* vitest run /.exec(command) ?? [];
  if (!name.startsWith("test:") || !variable) continue;
  const files = command.split(" ").filter((word) => word.startsWith("test/"));
  SUITES.set(variable, [...(SUITES.get(variable) ?? []), ...files]);
}

/** From which files of `test/` each file has constants (`IS_WHOLE`): their texts. */
const SOURCES = new Map(
  [...FILES].map(([path, text]) => [path, sourcesOf(path, text)] as const),
);

function sourcesOf(path: string, text: string): string[] {
  const imports = text.matchAll(/^import \{([^}]+)\} from "(\.[^"]+)"/gm);
  return [...imports].flatMap(([, names = "", from = ""]) =>
    names.split(",").some((name) => /^[A-Z_0-9]+$/.test(name.trim()))
      ? [FILES.get(join(dirname(path), from)) ?? ""]
      : [],
  );
}

/** Whether the file reads the variable, or a constant of another file that does. */
function reads(path: string, text: string, variable: string): boolean {
  const way = new RegExp(
    `process\\.env\\.${variable}\\b|\\b${variable}\\b.*\\} = process\\.env`,
  );
  return [text, ...(SOURCES.get(path) ?? [])].some((each) => way.test(each));
}

describe.each([...SUITES])("the suite of %s", (variable, files) => {
  it("runs every file that tries more under its switch", () => {
    const readers = [...FILES]
      .filter(
        ([path, text]) =>
          path.endsWith(".test.ts") && reads(path, text, variable),
      )
      .map(([path]) => path);
    expect(readers.length).toBeGreaterThan(0);
    expect(
      readers.filter((path) => !files.some((file) => path.startsWith(file))),
    ).toEqual([]);
  });
});
