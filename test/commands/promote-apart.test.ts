import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { registryMustBeApart } from "../../src/commands/run/apart-from-store.ts";
import { commandLine } from "../support/command-line.ts";
import { published, setUp } from "./promoting.ts";

describe("a registry is apart from the store", () => {
  it("in a folder: nothing is written into the store, of a model or of data", async () => {
    const { store } = setUp();
    await published(store);
    mkdirSync(join(store.cwd, "data"));
    symlinkSync(store.branch, join(store.root, "link"));

    for (const place of ["store", "store/new", "store/main/model", "link/x"])
      for (const what of [
        ["--model", "det"],
        ["--auto-label", "data", "--day", "20241101", "--dataset", "a"],
      ]) {
        const to = `file://${join(store.root, place)}`;
        const args = ["promote", "--store", store.url, "--to", to, ...what];
        const { code, stdout } = await commandLine(args, { cwd: store.cwd });

        expect({ args, code, stdout }).toMatchObject({
          code: 2,
          stdout: expect.stringMatching(
            /--to is the registry file:.*, which (is|lies in) the store file:/,
          ),
        });
      }
    expect(store.exists("../new")).toBe(false);
    expect(store.exists("../models")).toBe(false);
    expect(store.exists("model/models")).toBe(false);
  });

  it.each([
    ["s3://bucket/vision", "s3://bucket/vision/", "is"],
    ["s3://bucket", "s3://bucket", "is"],
    ["s3://bucket/vision/main/model", "s3://bucket/vision", "lies in"],
    ["s3://bucket/registry", "s3://bucket", "lies in"],
    ["s3://bucket", "s3://bucket/models", "contains"],
    ["s3://bucket/a", "s3://bucket/a/info/store", "contains"],
    ["file:///nowhere", "file:///nowhere/models/x", "contains"],
  ])("%s %s", (to, store, how) => {
    expect(() => registryMustBeApart(to, store)).toThrow(
      `--to is the registry ${to}, which ${how} the store ${store}`,
    );
  });

  it.each([
    ["s3://bucket/autoware-ml", "s3://bucket/vision"],
    ["s3://bucket/vision-models", "s3://bucket/vision"],
    ["s3://bucket", "s3://bucket/vision"],
    ["s3://other/vision", "s3://bucket/vision"],
    ["file:///nowhere", "file:///nowhere/store"],
    ["file:///nowhere/store-models", "file:///nowhere/store"],
    ["s3://bucket/vision", "lakefs://vision"],
    ["gitlab:", "file:///nowhere"],
    ["file:///nowhere", ""],
  ])("%s beside %s", (to, store) => {
    expect(() => registryMustBeApart(to, store)).not.toThrow();
  });
});
