import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { temporaryFolder } from "../child/children.ts";
import { commandLine } from "../support/command-line.ts";

const { version, repository } = JSON.parse(
  readFileSync("package.json", "utf8"),
) as { version: string; repository: { url: string } };
/** Where this release was stamped for. */
const [, PROJECT] = /\/\/[^/]+\/(.+)\.git$/.exec(repository.url) ?? [];
const MAJOR = version.split(".")[0];

async function init(words: string[], files: Record<string, string> = {}) {
  const cwd = temporaryFolder();
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(cwd, name), text);
  const ran = await commandLine(["init", ...words], { cwd });
  const read = (name: string) => readFileSync(join(cwd, name), "utf8");
  return { ...ran, cwd, read };
}

it("writes a pipeline that includes the component where the release was stamped for", async () => {
  const { code, read } = await init(["--store", "lakefs://vision"]);

  expect(code).toBe(0);
  expect(parse(read(".gitlab-ci.yml"))).toEqual({
    include: [
      {
        component: `$CI_SERVER_FQDN/${PROJECT}/convert@${MAJOR}`,
        inputs: { store: "lakefs://vision" },
      },
    ],
  });
  expect(read(".gitignore")).toBe("model-to-edge-out/\nmodel-to-edge.key\n");
});

it.each([
  ["lakefs://vision", "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY"],
  ["s3://models/team", "AWS_SECRET_ACCESS_KEY"],
])(
  "names the variables that a pipeline with %s needs",
  async (store, variable) => {
    const { stdout, read } = await init(["--store", store]);
    expect(stdout).toContain(variable);
    expect(parse(read(".gitlab-ci.yml")).include[0].inputs).toEqual({ store });
  },
);

it("adds the include to a pipeline that is there, and shows what it changed", async () => {
  const was = "stages: [test] # ours\ninclude:\n  - local: a.yml\n";
  const { code, stdout, read } = await init([], {
    ".gitlab-ci.yml": was,
    ".gitignore": "*.pth",
  });

  expect(code).toBe(0);
  expect(read(".gitlab-ci.yml").startsWith(was)).toBe(true);
  expect(stdout).toContain(
    `  include:\n    - local: a.yml\n+   - component: $CI_SERVER_FQDN/${PROJECT}/convert@${MAJOR}\n+     inputs:\n`,
  );
  expect(read(".gitignore")).toMatch(/^\*\.pth\nmodel-to-edge-out\/\n/);
});

it("changes nothing the second time", async () => {
  const { cwd, read } = await init(["--engine", "toy"]);
  const files = [".gitlab-ci.yml", ".gitignore", "conversion.yaml"];
  const before = files.map(read);
  const { code, stdout } = await commandLine(["init"], { cwd });

  expect(code).toBe(0);
  expect(stdout).toContain(".gitlab-ci.yml includes it already");
  expect(files.map(read)).toEqual(before);
});

it("leaves a pipeline alone that it cannot change safely, and prints the lines", async () => {
  const was = "include: !reference [x, y]\n";
  const { code, stdout, read } = await init([], { ".gitlab-ci.yml": was });

  expect(code).toBe(2);
  expect(read(".gitlab-ci.yml")).toBe(was);
  expect(stdout).toMatch(
    /hint: add these lines by hand:\ninclude:\n {2}- comp/,
  );
});

it("names engines by the catalogue, and leaves the image to the template, which has one for each", async () => {
  const open = await init([]);
  const yaml = open.read("conversion.yaml");
  expect(parse(yaml)).toEqual({ version: 1 });
  expect(yaml).toMatch(/\(mmdeploy, sklearn, .*toy\)/);

  const named = await init(["--engine", "sklearn", "--component", "a/b/c"]);
  expect(parse(named.read("conversion.yaml"))).toMatchObject({
    defaults: { engine: "sklearn" },
  });
  const [include] = parse(named.read(".gitlab-ci.yml")).include;
  expect(include).toMatchObject({
    component: `$CI_SERVER_FQDN/a/b/c/convert@${MAJOR}`,
    inputs: { engine: "sklearn" },
  });
  expect(include.inputs).not.toHaveProperty("image");

  const wrong = await init(["--engine", "sklaern"]);
  expect([wrong.code, wrong.stdout]).toEqual([
    2,
    expect.stringContaining('did you mean "sklearn"'),
  ]);
});

it("leads an editor to the schema, on the server that the checkout comes from", async () => {
  const cwd = temporaryFolder();
  const git = (...words: string[]) => execFileSync("git", words, { cwd });
  git("init", "-q");
  git("remote", "add", "origin", "git@gitlab.acme.example:vision/models.git");
  await commandLine(["init"], { cwd });

  const [first] = readFileSync(join(cwd, "conversion.yaml"), "utf8").split(
    "\n",
  );
  expect(first).toBe(
    `# yaml-language-server: $schema=https://gitlab.acme.example/${PROJECT}/-/raw/${version}/schemas/conversion-config.schema.json`,
  );
});

it("wants a project's path, not an address", async () => {
  const { code, stdout } = await init(["--component", "https://x.example/a"]);
  expect([code, stdout]).toEqual([2, expect.stringContaining("--component")]);
});
