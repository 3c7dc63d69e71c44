import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import { TIMING } from "../../src/store/transfer/timing.ts";
import { objectsOf, useStore } from "../store/harness.ts";
import {
  type LakefsUnderTest,
  lakefsUnderTest,
} from "../store/lakefs-under-test.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";
import { useLakefs } from "../support/use-lakefs.ts";

const parts = await realLakefs();
const QUICK = { ...TIMING, attempts: 3, pauseMs: 10, idleMs: 2_000 };

describe.skipIf(!parts)("access to a lakeFS server", () => {
  const lakefs = useLakefs(parts);
  const at = useStore<LakefsUnderTest>(() => lakefsUnderTest(lakefs.server));
  const open = (repository: string, env: Record<string, string> = {}) =>
    lakefsStore(
      storeContext({
        environment: readEnvironment({ ...lakefs.server.env, ...env }),
      }),
      repository,
      { webUrl: null },
      QUICK,
    );

  test.each([
    "LAKECTL_CREDENTIALS_ACCESS_KEY_ID",
    "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY",
  ])("says so when %s is wrong, and does not repeat it", async (name) => {
    const store = await open(at.under.repository, { [name]: "WRONGVALUE" });
    const error = await store.verify().catch((thrown) => thrown);
    expect(error).toMatchObject({
      exitCode: 2,
      code: "credentials-wrong",
      hint: expect.stringContaining(name),
    });
    expect(JSON.stringify(error) + error.message + error.hint).not.toContain(
      "WRONGVALUE",
    );
    await expect(store.snapshot("main")).rejects.toMatchObject({
      code: "credentials-wrong",
    });
  });

  test("says so when the repository does not exist", async () => {
    const store = await open("no-such-repository");
    await expect(store.verify()).rejects.toMatchObject({
      exitCode: 2,
      code: "store-missing",
      hint: expect.stringContaining(
        "lakectl repo create lakefs://no-such-repository",
      ),
    });
  });

  test("says so when the server does not answer, or is none of lakeFS", async () => {
    const closed = await open("vision", {
      LAKECTL_SERVER_ENDPOINT_URL: "http://127.0.0.1:4",
    });
    await expect(closed.verify()).rejects.toMatchObject({
      exitCode: 3,
      code: "store-unreachable",
    });
    const other = createServer((_, answer) =>
      answer.end("<html>log in</html>"),
    ).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const page = await open("vision", {
      LAKECTL_SERVER_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    });
    await expect(page.verify()).rejects.toMatchObject({
      exitCode: 3,
      code: "not-lakefs",
    });
    await expect(page.head("main")).rejects.toMatchObject({
      code: "not-lakefs",
    });
    other.close();
  });

  test("works with the address of the REST API too", async () => {
    const store = await open(at.under.repository, {
      LAKECTL_SERVER_ENDPOINT_URL: `${lakefs.server.endpoint}/api/v1`,
    });
    await store.verify();
    const target = at.place();
    const snapshot = await store.snapshot("main");
    await snapshot.download(await objectsOf(snapshot, "model/"), target);
    expect(await readFile(join(target, "model/a/w.pth"), "utf8")).toBe(
      "weights",
    );
    await store.close();
  });

  test("names the branches there are where one is missing", async () => {
    await at.store.createBranch("feature--x", "main");
    await at
      .newDraft()
      .then(async ({ draft }) =>
        draft.put(await at.folder({ m: "1" }), ["m"], "edge/"),
      );
    await expect(at.store.snapshot("feature-x")).rejects.toMatchObject({
      exitCode: 2,
      code: "branch-missing",
      hint: "name one of the branches there: feature--x, main",
    });
    await expect(
      at.store.snapshot("main", "0123456789abcdef"),
    ).rejects.toMatchObject({ code: "snapshot-gone" });
  });

  test("links to the pages of the server, or of the address that people use", async () => {
    const { repository } = at.under;
    const path = `/repositories/${repository}`;
    expect(at.store.link("c0ffee", "edge/a b/")).toBe(
      `${lakefs.server.endpoint}${path}/objects?ref=c0ffee&path=edge%2Fa+b%2F`,
    );
    const people = { webUrl: "https://models.example.com/" };
    const store = await lakefsStore(
      storeContext({ environment: readEnvironment(lakefs.server.env) }),
      repository,
      people,
    );
    expect(store.link("c0ffee", "edge/x")).toBe(
      `https://models.example.com${path}/object?ref=c0ffee&path=edge%2Fx`,
    );
  });
});
