import { readdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";
import { expect, test } from "vitest";
import {
  CHECKS,
  IN_TURN,
  nextStep,
  SESSION_CHECKS,
} from "../../../src/validate/checks/registry.ts";

const FOLDER = "src/validate/checks";

test("every check's file is in the registry, and no name is there twice", () => {
  const files = readdirSync(FOLDER)
    .map((file) => file.replace(".ts", ""))
    .filter((file) => file !== "registry");

  expect(CHECKS.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
});

test("the worker loads first, then compares with the source, then tries inputs", () => {
  expect(IN_TURN.map(({ needs }) => needs)).toEqual(
    ["runtime", "references", "inputs"].flatMap((needs) =>
      SESSION_CHECKS.filter((check) => check.needs === needs).map(() => needs),
    ),
  );
  expect(IN_TURN[0]?.name).toBe("load");
});

test("the schema's names for off are those that can be switched off", () => {
  const schema = JSON.parse(
    readFileSync("schemas/conversion-config.schema.json", "utf8"),
  );
  const { off } = schema.$defs.model.properties.validate.properties;

  expect(off.items.enum).toEqual(
    CHECKS.filter(({ canBeSwitchedOff }) => canBeSwitchedOff).map(
      ({ name }) => name,
    ),
  );
});

test("the documentation has a row for each check, in the registry's order", () => {
  const page = readFileSync("docs/what-green-means.md", "utf8");
  const rows = page
    .split("<!-- /checks -->")[0]
    ?.split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  expect(
    rows
      ?.slice(-CHECKS.length)
      .map(([, name, title, question]) => [name, title, question]),
  ).toEqual(CHECKS.map(({ name, title, question }) => [name, title, question]));
});

test("what to do next stands with the check", () => {
  expect(nextStep("load")).toContain("ONNX Runtime");
  expect(nextStep("structure")).toBeNull();
});

test("the registry loads no native library, as every command loads it", async () => {
  const { metafile } = await build({
    entryPoints: [`${FOLDER}/registry.ts`],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.map(({ path }) => path),
  );

  expect(imported).toContain("node:path");
  expect(imported).not.toContain("onnxruntime-node");
});
