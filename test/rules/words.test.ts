// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is code, to be read as text
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const RULES = fileURLToPath(
  new URL("../../scripts/rules.mjs", import.meta.url),
);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-words-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm run rules` reports about a folder with these files and some code. */
function rulesOn(files: Record<string, string>) {
  const all = { "src/log.ts": "export interface Log {}\n", ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { stderr, status } = spawnSync(process.execPath, [RULES, folder], {
    encoding: "utf8",
  });

  return { lines: stderr.split("\n").filter(Boolean), status };
}

type Row = [what: string, file: string, text: string, says: string];

const BANNED: Row[] = [
  [
    "a string",
    "src/a.ts",
    '\nconst why = "the box has no partner";\n',
    'src/a.ts:2: "partner": write "match"',
  ],
  [
    "a template string",
    "src/a.ts",
    "const hint = `${name} is no file: ${shown(`a ${b}`)}`;\n",
    'src/a.ts:1: "is no": write "is not a …"',
  ],
  [
    "a string in the value of a template string",
    "src/a.ts",
    'const hint = `it ${ok ? "is fine" : "shall be corrected"}`;\n',
    'src/a.ts:1: "shall": write "should, or must"',
  ],
  [
    "a string of Python",
    "components/x/a.py",
    'raise Failure(f"{name} was cut off at {size} bytes")\n',
    'components/x/a.py:1: "cut off": write "truncated"',
  ],
  [
    "a template's description",
    "templates/x.yml",
    "spec:\n  inputs:\n    a:\n      description: What lakeFS says.\n",
    'templates/x.yml:4: "lakeFS says": write "reports"',
  ],
  [
    "a schema's description",
    "schemas/x.schema.json",
    '{\n  "description": "Null where nothing was found."\n}\n',
    'schemas/x.schema.json:2: "where nothing": write "if"',
  ],
  [
    "a page",
    "docs/x.md",
    "# X\n\nThe `shall` flag is\nexcused.\n",
    'docs/x.md:4: "excused": write "within tolerance"',
  ],
  [
    "a page with American spelling",
    "README.md",
    "The optimized graph.\n",
    'README.md:1: "optimized": write "-ise (British spelling)"',
  ],
];

describe("words that are ruled out", () => {
  it.each(BANNED)("are found in %s", (_, file, text, line) => {
    expect(rulesOn({ [file]: text })).toEqual({ lines: [line], status: 1 });
  });

  it.each([
    ["src/a.ts", 'throw error(a, {\n  hint: "use --out x",\n});\n'],
    ["src/a.ts", 'const a = {\n  hint:\n    "run model-to-edge doctor",\n};\n'],
    ["components/x/a.py", 'hint = (\n    "Run lakectl diff."\n)\n'],
  ])("a command of a hint is between backticks: %s %j", (file, text) => {
    expect(rulesOn({ [file]: text }).lines).toEqual([
      expect.stringMatching(/in a hint: put code between backticks$/),
    ]);

    const marked = text.replace(
      /--out x|model-to-edge \w+|lakectl \w+/,
      "`$&`",
    );
    expect(rulesOn({ [file]: marked }).lines).toEqual([]);
  });

  it("may stand in code, in comments and in sentences that need them", () => {
    const code = [
      "// A partner is no file; it shall be noticed.",
      'import { partner } from "./whoever.ts";',
      'const color = "partner";',
      "const hint = `correct \\`partner: sure\\`: there is no file`;",
      'const next = "make sure that it is no longer there";',
      "const markup = `<p style='color: red'>it ${partner(color)}</p>`;",
    ];
    const python = [
      "# The partner is sure.",
      '"""What shall be excused: a docstring is not shown."""',
      "hint = \"set color_type='color' in `whoever`\"",
    ];
    const page = "```sh\nrun whoever\n```\n\nRun `shall`, [as](asked.md).\n";
    const style = `# C\n\n## Style\n\nNo "shall".\n\n## Next\n`;

    const files = {
      "src/a.ts": `${code.join("\n")}\n`,
      "components/x/a.py": `${python.join("\n")}\n`,
      "docs/a.md": page,
      "CONTRIBUTING.md": style,
    };
    expect(rulesOn(files).lines).toEqual([]);
  });
});
