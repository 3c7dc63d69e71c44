import { describe, expect, it } from "vitest";
import { toyStore } from "../support/toy-store.ts";

/** Throws where nobody catches it, while a model's section is open. */
function throwing(error: string): Record<string, string> {
  const program = `
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text, ...more) => {
      if (String(text).includes("Convert det"))
        setImmediate(() => { throw ${error}; });
      return write(text, ...more);
    };`;

  return {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}`,
  };
}

describe("an error that nobody caught, in the middle of a section", () => {
  it.each([
    [
      "of the machine",
      "Object.assign(new Error('spawn git EMFILE'), {code: 'EMFILE'})",
      3,
      /^error: the command was stopped: too many files are open$/m,
    ],
    [
      "of ours",
      "new Error('never thought of')",
      70,
      /^error: this is a bug in model-to-edge .+\nError: never thought of$/m,
    ],
  ])("%s is told, with its exit code", async (_, error, code, told) => {
    const run = await toyStore().run([], { env: throwing(error) });
    expect([run.code, run.stdout]).toEqual([code, expect.stringMatching(told)]);
  });
});
