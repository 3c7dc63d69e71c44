import { expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";

it("a reader that has seen enough neither ends a run nor changes its exit code", async () => {
  const store = toyStore();
  const run = await store.run([], {
    started: ({ stdout }) => stdout?.once("data", () => stdout.destroy()),
  });

  expect([run.code, run.stderr]).toEqual([0, ""]);
  expect(store.summary().publication.status).toBe("published");
});

it.each([["--help"], ["--version"], ["doctor"]])(
  "%s is no failure where nobody reads it",
  async (word) => {
    const { cwd } = toyStore();
    const { stderr } = await commandLine([word], {
      cwd,
      started: ({ stdout }) => stdout?.destroy(),
    });
    expect(stderr).toBe("");
  },
);

it("a umask that takes away the owner's own rights is no fault of the model", async () => {
  const store = toyStore();
  const run = await store.run([], {
    before: ["sh", "-c", 'umask 777; exec "$@"', "sh"],
  });

  expect(run.code, run.stdout).toBe(0);
  expect(store.exists("edge/det/manifest.json")).toBe(true);
});
