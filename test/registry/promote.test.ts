import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folderPlace } from "../../src/registry/folder-place.ts";
import { objectTarget } from "../../src/registry/object-target.ts";
import { promote } from "../../src/registry/promote.ts";
import { releaseSample } from "./release-sample.ts";

test("the same model with other files beside it is a version of its own", async () => {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-promote-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { signal } = new AbortController();
  const target = objectTarget(folderPlace("file:///r", folder, signal));
  const { facts } = releaseSample(folder, "same").release;
  const promoted = (content: string) => {
    const { release, files } = releaseSample(folder, content);
    return promote(target, {
      model: { algorithm: "CenterPoint", name: "t4base" },
      version: {
        ...{ scheme: "xyz", kind: null, project: null, chosen: null },
        day: new Date(0),
      },
      ...{ source: release.source, outcome: "pass", facts, files },
      ...{ aliases: [], dryRun: false, describe: async () => [] },
    });
  };

  expect(await promoted("a")).toMatchObject({ release: "1.0.0" });
  expect(await promoted("b")).toMatchObject({
    ...{ status: "promoted", release: "1.1.0" },
    since: {
      level: "weights",
      changes: ["same model, files beside it have other bytes"],
    },
  });
  expect(await promoted("b")).toMatchObject({ status: "there" });
});
