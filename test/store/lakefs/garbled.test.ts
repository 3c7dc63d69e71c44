import { describe, expect, test } from "vitest";
import { branchCalls } from "../../../src/store/lakefs/branch-calls.ts";
import { commitCalls } from "../../../src/store/lakefs/commit-calls.ts";
import { objectCalls } from "../../../src/store/lakefs/object-calls.ts";
import { restOf } from "../../../src/store/lakefs/rest.ts";
import { Garbled } from "../../../src/store/transfer/errors.ts";

const COMMIT = "0123456789abcdef".repeat(4);

/** The calls, to a server that answers every request with this text. */
function callsTo(text: string) {
  const rest = restOf(
    async (_request, read) => read(text),
    async () => "too-large",
    "vision",
  );
  return { ...branchCalls(rest), ...objectCalls(rest), ...commitCalls(rest) };
}

function listing(...paths: string[]): string {
  const results = paths.map((path) => ({ path, checksum: "c", size_bytes: 1 }));
  return JSON.stringify({ results, pagination: { has_more: false } });
}

async function listed(text: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of callsTo(text).listObjects(COMMIT, "model/"))
    paths.push(path);
  return paths;
}

describe("an answer that lakeFS cannot have given", () => {
  test("is told from one that it gave", async () => {
    const branch = JSON.stringify({ id: "main", commit_id: COMMIT });
    expect(await callsTo(branch).getBranch("main")).toBe(COMMIT);
    expect(await listed(listing("model/a", "model/b"))).toEqual([
      "model/a",
      "model/b",
    ]);
  });

  test.each([
    ["a name that no commit has", JSON.stringify({ commit_id: "0123gh" })],
    ["another field", JSON.stringify({ commit_ie: COMMIT })],
    ["no JSON", `{"commit_id:"${COMMIT}"}`],
    ["no object", "null"],
  ])("%s is not a branch, commit, merge or base", async (_what, text) => {
    const calls = callsTo(text);
    const words = { message: "m", metadata: {} };
    await expect(calls.getBranch("main")).rejects.toThrow(Garbled);
    await expect(calls.commit("main", words)).rejects.toThrow(Garbled);
    await expect(calls.merge("a", "main", words)).rejects.toThrow(Garbled);
    await expect(calls.findMergeBase("a", "b")).rejects.toThrow(Garbled);
    await expect(calls.getCommit(COMMIT)).rejects.toThrow(Garbled);
  });

  test.each([
    ["outside the prefix", listing("mpdel/a")],
    ["in another order", listing("model/b", "model/a")],
    ["twice", listing("model/a", "model/a")],
    ["without a size", listing("model/a").replace(":1}", ':"1"}')],
    ["on no page", JSON.stringify({ resultt: [] })],
    ["without their end", listing("model/a").replace("has_more", "has_mole")],
  ])("objects %s are no listing", async (_what, text) => {
    await expect(listed(text)).rejects.toThrow(Garbled);
  });
});
