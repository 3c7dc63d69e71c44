import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { misspeltVariables } from "../../src/config/unread-variables.ts";
import { ENGINES } from "../../src/engine/catalogue.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";

const misspelt = (
  variables: Record<string, string>,
  flags: Record<string, string> = {},
) => misspeltVariables(readEnvironment(variables), flags, [ENGINES]);

test.each([
  ["MODEL_TO_EDGE_STROE", "MODEL_TO_EDGE_STORE"],
  ["MODEL_TO_EDGE_MODEL_BRANH", "MODEL_TO_EDGE_MODEL_BRANCH"],
  ["MODEL_TO_EDGE_FAILON", "MODEL_TO_EDGE_FAIL_ON"],
  ["MODEL_TO_EDGE_TOKN", "MODEL_TO_EDGE_TOKEN"],
  ["MODEL_TO_EDGE_SIGNINGKEY", "MODEL_TO_EDGE_SIGNING_KEY"],
  ["MODEL_TO_EDGE_CAFILE", "MODEL_TO_EDGE_CA_FILE"],
  ["MODEL_TO_EDGE_OLDER_THEN", "MODEL_TO_EDGE_OLDER_THAN"],
])("%s is most likely meant to be %s", (name, meant) => {
  expect(misspelt({ [name]: "x" })).toEqual([{ name, meant }]);
  expect(misspelt({ [name]: "" })).toEqual([]);
});

test("what templates, images, docs and the code itself name is no misspelling", () => {
  const files = ["templates", "components", "docs", "src"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(yml|md|ts)$|Dockerfile$/.test(path))
      .map((path) => join(folder, path)),
  );
  const names = files
    .flatMap((file) =>
      readFileSync(file, "utf8").match(/MODEL_TO_EDGE_[A-Z0-9_]*[A-Z0-9]/g),
    )
    .filter((name) => name !== null);
  expect(new Set(names).size).toBeGreaterThan(60);

  const set = Object.fromEntries(names.map((name) => [name, "x"]));
  expect(misspelt(set)).toEqual([]);
});

test("a variable that a setting names is used", () => {
  const own = { MODEL_TO_EDGE_TOKENS: "secret" };
  expect(misspelt(own)).toHaveLength(1);
  expect(misspelt(own, { tokenVariable: "MODEL_TO_EDGE_TOKENS" })).toEqual([]);
  expect(
    misspelt({ ...own, MODEL_TO_EDGE_TOKEN_VARIABLE: "MODEL_TO_EDGE_TOKENS" }),
  ).toEqual([]);
});

test("a run warns once, before anything fails, and prints no value", async () => {
  const { cwd } = toyStore();
  const env = { MODEL_TO_EDGE_STROE: "file:///geheim-word" };
  const { code, stdout, stderr } = await commandLine(["run"], { cwd, env });
  expect(code).toBe(2);
  const said = "MODEL_TO_EDGE_STROE is not read: did you mean";
  expect(stdout.split(said)).toHaveLength(2);
  expect(stdout + stderr).not.toContain("geheim");
});
