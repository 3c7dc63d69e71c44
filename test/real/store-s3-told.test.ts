import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { textAt, useStore } from "../store/harness.ts";
import {
  type S3UnderTest,
  s3StoreAt,
  s3UnderTest,
} from "../store/s3-under-test.ts";
import { hasS3 } from "../support/s3-servers.ts";
import { storeContext } from "../support/store-context.ts";
import { wishOf } from "./landing-wish.ts";
import { useS3 } from "./use-s3.ts";

describe.skipIf(!hasS3("moto"))("what is told of objects that are gone", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));

  async function remove(pattern: RegExp): Promise<string[]> {
    const { client, bucket, prefix } = at.under;
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
    );
    const keys = Contents.map(({ Key = "" }) => Key).filter((key) =>
      pattern.test(key.slice(prefix.length)),
    );
    for (const Key of keys)
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    return keys;
  }

  /** By another process: the lines of its log, too. */
  async function opened() {
    const { lines, ...ctx } = storeContext();
    const { env } = s3.server;
    const store = await s3StoreAt(at.store.url, env, {}, { log: ctx.log });
    return { store, lines };
  }

  const idOf = (commit: string) => commit.split("-")[1] ?? "";
  const published = async (text: string) => {
    const outcome = await at.publish({}, [], { "edge/a/m": text });
    if (!("commit" in outcome)) throw new Error(outcome.status);
    return idOf(outcome.commit);
  };
  async function recordOf(id: string): Promise<unknown> {
    const { client, bucket, prefix } = at.under;
    const Key = `${prefix}.model-to-edge/commits/${id}.json`;
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key }),
    );
    return JSON.parse((await Body?.transformToString()) ?? "");
  }
  const changes = async ({ store }: Awaited<ReturnType<typeof opened>>) =>
    (
      await store.changesOf((await store.head("main")) ?? "", "edge/a/m", 10)
    ).map(({ id }) => id);

  test("a record in the middle of a chain: the history ends there, once in words", async () => {
    await published("1");
    const second = await published("2");
    const third = await published("3");
    expect(await remove(new RegExp(`commits/${second}`))).toHaveLength(1);

    const reader = await opened();
    expect(await changes(reader)).toEqual([third]);
    await changes(reader);
    expect(reader.lines).toEqual([
      expect.stringContaining(
        `.model-to-edge/commits/${second}.json was removed from the store: what was published before it is not known`,
      ),
    ]);
    await reader.store.close();
  });

  test("a record of which the branch's list has a copy: nothing is lost", async () => {
    const ids = [];
    for (const text of ["1", "2", "3"]) ids.unshift(await published(text));
    const records = await Promise.all(ids.map(recordOf));
    const list = { kind: "s3-chain", version: 1, branch: "main", records };
    await at.under.write(".model-to-edge", {
      "chains/main.json": JSON.stringify(list),
    });
    expect(await remove(/commits/)).toHaveLength(3);

    const reader = await opened();
    expect(await changes(reader)).toEqual(ids);
    expect(reader.lines).toEqual([]);
    await reader.store.close();
  });

  test("content that a branch shows: named, with what to do", async () => {
    await published("1");
    expect((await remove(/objects\/6b86b273/)).length).toBe(1);

    const reader = await opened();
    for (const ref of ["main", "main"]) {
      const snapshot = await reader.store.named(ref);
      for await (const _ of snapshot.list("edge/"));
    }
    expect(reader.lines).toEqual([
      "edge/a/m: published from branch main, but the content below .model-to-edge/objects/ is gone; the branch's pipeline publishes again what it should show",
    ]);
    await reader.store.close();
  });

  test("what a branch was made from: a landing is refused in those words", async () => {
    await published("1");
    await at.store.createBranch("topic", "main");
    await at.under.write("topic", { "model/a/w.pth": "new" });
    expect(await remove(/origins\/topic/)).toHaveLength(1);

    const head = (await at.store.head("topic")) ?? "";
    expect(await at.store.land(wishOf("topic", head))).toMatchObject({
      ...{ status: "conflict", paths: ["model/a/w.pth"] },
      message:
        "the store has no record of the state of main from which branch topic was made, and both have other files of the same model",
    });
    expect(await textAt(await at.store.named("main"), "model/a/w.pth")).toBe(
      "weights",
    );
  });
});
