import {
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { objectsOf, pathsOf, textAt, useStore } from "../store/harness.ts";
import {
  clientOf,
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import { ALL_S3, hasS3, type S3Server } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

const all = test.skipIf(!ALL_S3);

describe.skipIf(!hasS3("moto"))("what lies in a bucket", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

  /** The same store by another address. */
  async function storeAt(endpoint: string) {
    const store = await s3StoreAt(at.store.url, {
      ...s3.server.env,
      AWS_ENDPOINT_URL_S3: endpoint,
    });
    onTestFinished(() => store.close());

    return store;
  }

  test("an input that changed since it was listed is an error, never other bytes", async () => {
    const snapshot = await at.store.snapshot("main");
    const objects = await objectsOf(snapshot, "model/");
    await at.under.write("main", { "model/a/w.pth": "WEIGHTS" });
    await expect(snapshot.download(objects, at.place())).rejects.toMatchObject({
      ...{ exitCode: 3, code: "changed-under-us" },
    });
    await at.under.write("main", { "model/a/w.pth": null });
    await expect(snapshot.download(objects, at.place())).rejects.toMatchObject({
      ...{ exitCode: 3, code: "changed-under-us" },
    });
  });

  test("a bucket that keeps versions gives the one that was listed", async () => {
    const { bucket, client } = at.under;
    await client.send(
      new PutBucketVersioningCommand({
        Bucket: bucket,
        VersioningConfiguration: { Status: "Enabled" },
      }),
    );
    await at.under.write("main", { "model/a/w.pth": "second" });
    const snapshot = await at.store.snapshot("main");
    const objects = await objectsOf(snapshot, "model/");
    await at.under.write("main", { "model/a/w.pth": "third" });
    const [, file] = await snapshot.download(objects, at.place());
    expect(file?.sha256).toBe(
      "16367aacb67a4a017c8da8ab95682ccb390863780f7114dda0a0e0c55644c7c4",
    );
    expect(file?.token).toBe(objects[1]?.token);

    await at.under.write("main", { "model/a/w.pth": null });
    expect(await snapshot.download(objects, at.place())).toHaveLength(2);
  });

  // A thousand uploads.
  all(
    "a listing that changes between its pages is read until it stands still",
    async () => {
      const names = Array.from({ length: 1_001 }, (_, index) => `f${index}`);
      await at.under.write(
        "main",
        Object.fromEntries(names.map((name) => [`model/n/${name}`, name])),
      );
      const proxy = await faultProxy(s3.server.endpoint);
      onTestFinished(() => proxy.close());
      const store = await storeAt(proxy.endpoint);
      const isNextPage = ({ query }: { query: URLSearchParams }) =>
        query.has("continuation-token");
      // The first page of all was read; what it listed becomes another.
      proxy.before(isNextPage, () =>
        at.under.write("main", { "model/a/config.py": "x = 2\n" }),
      );
      expect(await store.head("main")).toBe(await at.store.head("main"));

      for (let round = 0; round < 9; round++)
        proxy.before(isNextPage, () =>
          at.under.write("main", { "model/a/config.py": `x = ${round}0\n` }),
        );
      await expect(store.head("main")).rejects.toMatchObject({
        ...{ exitCode: 3, code: "changed-under-us" },
      });
    },
  );

  test("never lists what lies beside models and publications", async () => {
    const beside = Array.from({ length: 50 }, (_, index) => `data/d${index}`);
    await at.under.write(
      "main",
      Object.fromEntries(beside.map((name) => [name, "foreign"])),
    );
    const proxy = await faultProxy(s3.server.endpoint);
    onTestFinished(() => proxy.close());
    const store = await storeAt(proxy.endpoint);
    await pathsOf(await store.snapshot("main"), "model/");
    await pathsOf(await store.snapshot("main"), "edge/");
    const prefixes = proxy.exchanges
      .filter(({ query }) => query.get("list-type") === "2")
      .map(({ query }) => query.get("prefix") ?? "");
    const root = `${at.under.prefix}main/`;
    expect(new Set(prefixes)).toEqual(
      new Set([`${root}model/`, `${root}edge/`, `${root}evidence/`]),
    );
    // A branch that has more than that is not deleted.
    const head = (await at.store.head("main")) ?? "";
    expect(await at.store.deleteBranch("main", head)).toBe("uncommitted");
  });

  test("an index of a newer version is not called damaged: nobody shall remove it", async () => {
    const newer = '{"kind":"s3-index","version":9}';
    await at.under.write(".model-to-edge", { "branches/main.json": newer });
    await expect(at.store.snapshot("main")).rejects.toMatchObject({
      ...{ exitCode: 2, code: "document-version" },
      message: expect.stringContaining("branches/main.json has version 9"),
    });
  });

  test.each(["{", "[]", "null", "{}", '{"kind":"x","version":1}'])(
    "an index that someone damaged to %s is named, with the way out",
    async (damage) => {
      await at.publish({ m: "1" });
      await at.under.write(".model-to-edge", { "branches/main.json": damage });
      await expect(at.store.snapshot("main")).rejects.toMatchObject({
        ...{ exitCode: 2, code: "index-damaged" },
        message: expect.stringContaining("branches/main.json"),
        hint: expect.stringContaining("list-object-versions"),
      });
      await at.under.write(".model-to-edge", { "branches/main.json": null });
      expect((await at.publish({ m: "2" })).status).toBe("published");
    },
  );

  test("published bytes that someone changed or removed are listed as such, and published again", async () => {
    await at.publish({ m: "good" });
    const [good] = await objectsOf(await at.store.snapshot("main"), "edge/");
    const key = `objects/${good?.token.replace("sha256:", "")}`;

    await at.under.write(".model-to-edge", { [key]: "evil" });
    const changed = await at.store.snapshot("main");
    const [evil] = await objectsOf(changed, "edge/");
    expect(evil?.token).not.toBe(good?.token);
    await expect(changed.read("edge/a/m", 99)).rejects.toMatchObject({
      code: "corrupt-object",
    });
    await expect(
      changed.download([good ?? never()], at.place()),
    ).rejects.toMatchObject({ exitCode: 3 });
    await at.publish({ m: "good" });
    expect(await objectsOf(await at.store.snapshot("main"), "edge/")).toEqual([
      good,
    ]);

    await at.under.write(".model-to-edge", { [key]: null });
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([]);
    await at.publish({ m: "good" });
    expect(await objectsOf(await at.store.snapshot("main"), "edge/")).toEqual([
      good,
    ]);
  });

  test("refuses a draft whose bytes someone changed, of the same length too", async () => {
    const { draft, ref } = await at.newDraft();
    const keep = await draft.put(
      await at.folder({ m: "good" }),
      ["m"],
      "edge/a/",
    );
    const key = `objects/${keep[0]?.sha256}`;
    await at.under.write(".model-to-edge", { [key]: "evil" });
    for (const each of [draft, at.store.draft(ref)])
      await expect(
        each.publish([], () => ({ keep, remove: [], write: new Map() }), {
          ...{ message: "", metadata: {} },
        }),
      ).rejects.toMatchObject({ exitCode: 3, code: "draft-lost" });
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([]);
  });
});

describe.skipIf(!hasS3("moto"))("a bucket with object lock", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() =>
    s3UnderTest({ ...s3.server, bucket: () => lockedBucket(s3.server) }),
  );

  test("publishes into a bucket with object lock, again and again", async () => {
    for (const text of ["1", "2"])
      expect((await at.publish({ m: text })).status).toBe("published");
    expect(await textAt(await at.store.snapshot("main"), "edge/a/m")).toBe("2");
  });
});

/** What is written there can be removed by nobody, for a day. */
async function lockedBucket(server: S3Server): Promise<string> {
  const Bucket = await server.bucket(true);
  const client = clientOf(server);
  await client.send(
    new PutObjectLockConfigurationCommand({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: "Enabled",
        Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 1 } },
      },
    }),
  );
  client.destroy();

  return Bucket;
}

function never(): never {
  throw new Error("nothing was listed");
}
