import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseConversionYaml } from "../../src/config/conversion-yaml.ts";
import { knownFacts } from "../../src/convert/device/parameter-facts.ts";
import { renderParameters } from "../../src/convert/device/render-parameters.ts";
import { checkAgainst } from "../../src/document/schema.ts";
import { ciProblems, compileCiSchema } from "./ci-schema.ts";
import { componentFile, readComponent } from "./component.ts";
import { interpolate } from "./interpolate.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGES = [
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"].filter((name) =>
    existsSync(join(ROOT, name)),
  ),
].filter((name) => name.endsWith(".md"));

/** Every engine of components/, by listing. */
const ENGINES = readdirSync(join(ROOT, "components")).filter((name) =>
  existsSync(join(ROOT, "components", name, "engine.json")),
);

interface Block {
  page: string;
  text: string;
}

/** Code blocks of a language, without the indentation of the list they stand in. */
function blocks(language: string): Block[] {
  return PAGES.flatMap((page) =>
    [
      ...read(page).matchAll(
        new RegExp(`^( *)\`\`\`${language}\n([\\s\\S]*?)^ *\`\`\`$`, "gm"),
      ),
    ].map((match) => ({
      page,
      text: (match[2] ?? "").replaceAll(
        new RegExp(`^${match[1] ?? ""}`, "gm"),
        "",
      ),
    })),
  );
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

describe("the pages", () => {
  const yaml = blocks("yaml");
  const includes = yaml.filter(({ text }) => text.includes("include:"));
  const conversions = yaml.filter(({ text }) => text.startsWith("version: 1"));
  const templates = yaml.filter(({ text }) => text.startsWith("/**:"));

  const jobs = yaml.filter(({ text }) =>
    /^(pages|model-to-edge-convert):/.test(text),
  );

  it("show examples of four kinds, and no others", () => {
    expect(includes.length).toBeGreaterThan(2);
    expect(conversions.length).toBeGreaterThan(2);
    expect(templates.length).toBeGreaterThan(0);
    expect(jobs.length).toBeGreaterThan(0);
    const known = [...includes, ...conversions, ...templates, ...jobs];
    expect(yaml.length).toBe(known.length);
  });

  it.each(templates)(
    "in $page, show a template of parameters that renders",
    ({ page, text }) => {
      const contract = {
        opset: 11,
        inputs: [{ name: "image" }],
        classes: ["car"],
        baked: {},
      };
      const facts = { name: "det", file: "end2end.onnx" };
      const rendered = renderParameters(
        { text, file: page },
        knownFacts(contract as never, facts),
      );
      expect(rendered).toContain("image");
      expect(rendered).not.toContain("${");
    },
  );

  const schema = compileCiSchema();
  it.skipIf(schema === null).each(jobs)(
    "in $page, show a job that GitLab takes",
    ({ text }) => {
      expect(ciProblems(schema, parse(text))).toEqual([]);
    },
  );

  it.each(includes)(
    "in $page, include the component with inputs that it has",
    ({ text }) => {
      const { include } = parse(text) as {
        include: { component: string; inputs: Record<string, unknown> }[];
      };
      for (const { component, inputs } of include) {
        const [, name] = /\/([a-z-]+)@/.exec(component) ?? [];
        const file = componentFile(`${name}.yml`);
        expect(() => interpolate(readComponent(file), inputs)).not.toThrow();
      }
    },
  );

  it.each(conversions)(
    "in $page, show a conversion.yaml without problems",
    async ({ page, text }) => {
      const parsed = await parseConversionYaml(text, page, ENGINES);
      expect(parsed).not.toHaveProperty("problems");
    },
  );

  it("show an engine.json and a summary.json that fit their schemas", async () => {
    const json = blocks("json").map(({ text }) => JSON.parse(text));
    const engine = json.find((data) => "protocol" in data);
    const summary = json.find((data) => "exit_code" in data);
    expect(await checkAgainst("engine", engine)).toEqual([]);
    const whole = JSON.parse(
      JSON.stringify(summary).replaceAll("…", "0".repeat(64)),
    );
    expect(await checkAgainst("summary", whole)).toEqual([]);
  });

  it.each(PAGES)("%s links to files and headings that are there", (page) => {
    // A lambda of C++ looks like a link.
    const prose = read(page).replaceAll(/^```[\s\S]*?^```$/gm, "");
    const broken = [
      ...prose.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g),
    ].filter(([, path, heading]) => {
      const file = path ? resolve(ROOT, dirname(page), path) : join(ROOT, page);
      return (
        !existsSync(file) ||
        (heading && !headings(readFileSync(file, "utf8")).includes(heading))
      );
    });
    expect(broken.map(([whole]) => whole)).toEqual([]);
  });

  it("are all in the index", () => {
    const index = read("docs/index.md");
    const names = readdirSync(join(ROOT, "docs")).filter(
      (name) => name.endsWith(".md") && name !== "index.md",
    );
    expect(names.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  });
});

/** Anchors as GitLab makes them. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
