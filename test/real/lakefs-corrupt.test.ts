import { createHash, randomBytes } from "node:crypto";
import { readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import {
  edgeChange,
  objectsOf,
  options,
  textAt,
  useStore,
} from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import type { Exchange } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { random } from "../support/random.ts";
import { storeContext } from "../support/store-context.ts";
import { useFaultProxy, useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();
const PATIENCE = { pauseMs: 10, longestPauseMs: 50, dirtyMs: 300 };
const MIB = 1 << 20;
const reads =
  (path: string) =>
  ({ method, path: asked }: Exchange) =>
    method === "GET" && asked.endsWith(`/${path}`);
const uploads = ({ method, path }: Exchange) =>
  method === "PUT" && path.includes("/edge/");
const inAnswer = { flip: "answer", at: 0.5 } as const;
const inRequest = { flip: "request", at: 0.5 } as const;

describe.skipIf(!parts)("a line that changes bytes", () => {
  const lakefs = useLakefs(parts);
  const line = useFaultProxy(lakefs);
  const at = useStore<LakefsUnderTest>(() =>
    lakefsUnderTest(lakefs.server, PATIENCE, line.proxy.endpoint),
  );

  /** Downloads `model/a/w` and gives its bytes and what the store says of it. */
  async function fetchWeights() {
    const snapshot = await at.store.snapshot("main");
    const target = at.place();
    const listed = await objectsOf(snapshot, "model/a/w");
    const files = await snapshot.download(listed, target);
    return {
      bytes: await readFile(join(target, "model/a/w")),
      kept: files[0]?.token === listed[0]?.token,
    };
  }

  test.each([
    ["small", 1000],
    ["large", 40 * MIB],
  ])(
    "is noticed while a %s file arrives, which is fetched again",
    async (_what, size) => {
      const content = randomBytes(size);
      await at.under.write("main", { "model/a/w": content });
      line.proxy.fail(reads("model/a/w"), inAnswer);
      const { bytes, kept } = await fetchWeights();
      expect(line.proxy.unmet()).toBe(0);
      expect(bytes.equals(content)).toBe(true);
      expect(kept).toBe(true);
    },
  );

  test("that does it every time ends the run, and names the object", async () => {
    await at.under.write("main", { "model/a/w": "weights" });
    line.proxy.fail(reads("model/a/w"), inAnswer, 100);
    await expect(fetchWeights()).rejects.toMatchObject({
      exitCode: 3,
      code: "corrupt-object",
      message: expect.stringContaining("model/a/w"),
    });
    expect(line.proxy.exchanges.filter(reads("model/a/w"))).toHaveLength(2);
  });

  test("is noticed in a small file that is read whole", async () => {
    await at.under.write("main", { "model/conversion.yaml": "version: 1" });
    const snapshot = await at.store.snapshot("main");
    const small = ({ path, query }: Exchange) =>
      path.endsWith("/objects") &&
      query.get("path") === "model/conversion.yaml";
    line.proxy.fail(small, inAnswer);
    expect(await textAt(snapshot, "model/conversion.yaml")).toBe("version: 1");
    line.proxy.fail(small, inAnswer, 100);
    await expect(
      textAt(snapshot, "model/conversion.yaml"),
    ).rejects.toMatchObject({ code: "corrupt-object" });
  });

  test.each([
    ["streamed", 6 * MIB, 1],
    ["in parts", 70 * MIB, 1],
    ["from memory", 1000, 1],
  ])(
    "is noticed in an upload %s, which is repeated",
    async (_how, size, times) => {
      const content = randomBytes(size);
      const { draft } = await at.newDraft();
      line.proxy.fail(uploads, inRequest, times);
      const keep = await draft.put(
        await at.folder({ m: content }),
        ["m"],
        "edge/a/",
      );
      expect(line.proxy.unmet()).toBe(0);
      await draft.publish([], () => edgeChange(keep), options);
      const target = at.place();
      const snapshot = await at.store.snapshot("main");
      await snapshot.download(await objectsOf(snapshot, "edge/a/m"), target);
      const bytes = await readFile(join(target, "edge/a/m"));
      expect(bytes.equals(content)).toBe(true);
    },
  );

  test("that changes every upload ends the run", async () => {
    const { draft } = await at.newDraft();
    line.proxy.fail(uploads, inRequest, 100);
    const folder = await at.folder({ m: randomBytes(6 * MIB) });
    await expect(draft.put(folder, ["m"], "edge/a/")).rejects.toMatchObject({
      exitCode: 3,
      code: "corrupt-upload",
      message: expect.stringContaining("edge/a/m"),
    });
  });

  test.each([
    ["streamed", 6 * MIB],
    ["sent in parts", 70 * MIB],
  ])(
    "a file that gets shorter while it is %s: the error names it",
    {
      timeout: 300_000,
    },
    async (_how, size) => {
      const { draft } = await at.newDraft();
      const folder = await at.folder({ m: randomBytes(size) });
      line.proxy.before(uploads, () => truncate(join(folder, "m"), MIB));
      await expect(draft.put(folder, ["m"], "edge/a/")).rejects.toMatchObject({
        ...{ exitCode: 3, code: "corrupt-upload" },
        message: expect.stringMatching(/\/m changed while it was uploaded$/),
      });
    },
  );

  test("never publishes or hands out other bytes, wherever it strikes", async () => {
    const dice = random(7);
    const ours = new Set<string>();
    const seen: string[] = [];
    let struck = 0;
    const clean = await lakefsStore(
      storeContext({ environment: readEnvironment(lakefs.server.env) }),
      at.under.repository,
      { webUrl: null },
    );

    for (let round = 0; round < 30; round++) {
      const content = randomBytes(2000 + dice.below(6 * MIB));
      ours.add(sha256(content));
      await at.under.write("main", { "model/a/w": content });
      const flip = dice.uniform() < 0.6 ? "answer" : "request";
      const left = line.proxy.unmet();
      line.proxy.fail(
        ({ method }) =>
          (flip === "answer" || method !== "GET") && dice.uniform() < 0.2,
        // Two readings that were changed in one place are taken for the object: each time another.
        { flip, at: () => dice.uniform() },
        2,
      );

      try {
        const { bytes } = await fetchWeights();
        seen.push(sha256(bytes));
        const { draft } = await at.newDraft();
        const folder = await at.folder({ m: content });
        const keep = await draft.put(folder, ["m"], "edge/a/");
        await draft.publish([], () => edgeChange(keep), options);
      } catch (error) {
        // To refuse is right; a program that does not understand what it meets is not.
        expect(error).toMatchObject({ exitCode: expect.any(Number) });
      }

      struck += left + 2 - line.proxy.unmet();
      const shown = await clean.snapshot("main");
      const [published] = await objectsOf(shown, "edge/a/m");
      if (!published) continue;
      const [file] = await shown.download([published], at.place());
      seen.push(file?.sha256 ?? "");
    }

    await clean.close();
    expect(seen.filter((hash) => !ours.has(hash))).toEqual([]);
    expect(struck).toBeGreaterThan(15);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
