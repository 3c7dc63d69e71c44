import { randomBytes } from "node:crypto";
import { appendFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import {
  type Exchange,
  type FaultProxy,
  faultProxy,
} from "../support/fault-proxy.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

const MIB = 1 << 20;
const QUICK = { attempts: 4, pauseMs: 5, longestPauseMs: 20, idleMs: 3_000 };
const changed = {
  ...{ exitCode: 3, code: "corrupt-upload" },
  message: expect.stringMatching(/\/m changed while it was uploaded$/),
};
/** Written when all files of a draft are hashed, and before the first of them is sent. */
const isMark = ({ method, path }: Exchange) =>
  method === "PUT" && path.includes("/drafts/");
const isContent = ({ method, path }: Exchange) =>
  method === "PUT" && path.includes("/objects/");

const rewrite = (file: string, size: number) =>
  writeFile(file, randomBytes(size));
const shorten = (file: string, size: number) => truncate(file, size - 1);
const remove = (file: string) => rm(file);
const lengthen = (file: string) => appendFile(file, "more");

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`a file on its way into S3 (${kind})`, () => {
    const s3 = useS3(kind);
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await faultProxy(s3.server.endpoint);
    });
    afterAll(() => proxy.close());
    const at = useStore<S3UnderTest>(() =>
      s3UnderTest(s3.server, { AWS_ENDPOINT_URL_S3: proxy.endpoint }, QUICK),
    );

    test.each([
      ["small, gets other content", 1000, rewrite],
      ["small, gets shorter", 1000, shorten],
      ["small, gets longer", 1000, lengthen],
      ["small, is removed", 1000, remove],
      ["streamed, gets other content", 6 * MIB, rewrite],
      ["streamed, gets shorter", 6 * MIB, shorten],
      ["streamed, is removed", 6 * MIB, remove],
      ["sent in parts, gets other content", 70 * MIB, rewrite],
      ["sent in parts, gets shorter", 70 * MIB, shorten],
    ] as const)(
      "that is %s after it was hashed: the error says so",
      {
        timeout: 60_000,
      },
      async (_what, size, change) => {
        const { draft } = await at.newDraft();
        const folder = await at.folder({ m: randomBytes(size) });
        proxy.before(isMark, () => change(join(folder, "m"), size));
        await expect(draft.put(folder, ["m"], "edge/a/")).rejects.toMatchObject(
          changed,
        );
        expect(proxy.unmet()).toBe(0);
      },
    );

    test("is hashed once: what is appended later is not looked at", async () => {
      const { draft } = await at.newDraft();
      const folder = await at.folder({ m: randomBytes(6 * MIB) });
      proxy.before(isMark, () => lengthen(join(folder, "m")));
      const [file] = await draft.put(folder, ["m"], "edge/a/");
      expect(file?.size).toBe(6 * MIB);
    });

    test("is changed by the line each time: the error names it, and does not blame the file", async () => {
      const { draft } = await at.newDraft();
      const folder = await at.folder({ m: randomBytes(1000) });
      proxy.fail(isContent, { flip: "request", at: 0.5 }, 100);
      await expect(draft.put(folder, ["m"], "edge/a/")).rejects.toMatchObject({
        ...{ exitCode: 3, code: "corrupt-upload" },
        message: expect.stringMatching(/different bytes arrived$/),
      });
      proxy.forget();
    });
  });
