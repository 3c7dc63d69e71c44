import { expect, test } from "vitest";
import { inputTwins } from "../../src/plan/twin-notices.ts";

const folder = (name: string, ...files: string[]) => ({
  ...{ name, folder: `model/${name}` },
  files: files.map((relative) => ({
    ...{ path: `model/${name}/${relative}`, relative },
    ...{ size: 1, token: "t" },
  })),
});

test("models, and files of a model, that a Mac takes for one are told", () => {
  expect(
    inputTwins([
      folder("Det", "a.pth", "config.py"),
      folder("det", "Config.py", "config.py"),
      folder("seg", "config.py"),
    ]),
  ).toEqual([
    expect.stringMatching(/^Det, det: names of models that differ only in/),
    expect.stringMatching(
      /^model\/det\/Config.py, model\/det\/config.py: names of files that/,
    ),
  ]);
});
