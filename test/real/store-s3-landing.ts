import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { LandOutcome, Store } from "../../src/store/store.ts";
import { bytesOf, type StoreHarness, textAt } from "../store/harness.ts";
import { type S3UnderTest, s3StoreAt } from "../store/s3-under-test.ts";
import {
  type Exchange,
  type Fault,
  faultProxy,
} from "../support/fault-proxy.ts";
import type { S3Server } from "../support/s3-servers.ts";
import { wishOf } from "./landing-wish.ts";

/** Files of the one model: a landing writes two, leaves one, and removes one. */
const SAME = "model/a/labels.txt";
const GONE = "model/a/old.txt";

/** Gives up at the first failure: a process that was killed does nothing after it. */
const IMPATIENT = {
  ...{ attempts: 1, patienceMs: 1, brokenMs: 1, farewellMs: 20 },
};

export interface Break {
  /** The first request, of this index, that meets the fault; nothing gets through after it. */
  from: (exchange: Exchange, index: number) => boolean;
  fault?: Fault;
}

/** A landing puts a file into its target. */
export const isIntoModel = ({ method, path }: Exchange) =>
  method === "PUT" && path.includes("/main/model/");

/** Steps of a test that lands: `text` is in each file of the model, and in what is published of it. */
export function landingSteps(at: StoreHarness<S3UnderTest>) {
  async function prove(branch: string, text: string): Promise<string> {
    const { draft } = await at.newDraft(branch);
    const folder = await at.folder({ m: text });
    const keep = await draft.put(folder, ["m"], "edge/a/");
    const write = bytesOf({ "edge/a/manifest.json": text });
    await draft.publish([], () => ({ keep, remove: [], write }), {
      ...{ message: "prove", metadata: {} },
    });
    await draft.discard();
    return (await at.store.head(branch)) ?? "";
  }

  async function branchWith(name: string, text = name): Promise<string> {
    await at.under.write("main", { [GONE]: "old" });
    await at.store.createBranch(name, "main");
    await at.under.write(name, { ...modelOf(text), [GONE]: null });
    return prove(name, text);
  }

  async function start(text: string): Promise<void> {
    await at.under.write("main", { ...modelOf(text), [SAME]: "same" });
    await prove("main", text);
  }

  return {
    prove,
    /** `main` with this text, ready to be landed in. */
    start,
    /** A branch with this text, made from `main`, which gets a file that the branch does not have. */
    branchWith,
    /** `main` is "old", and the landing of `topic`, which is "new", ends as for a job that is killed. */
    async broken(server: S3Server, { from, fault = "reset" }: Break) {
      await start("old");
      const head = await branchWith("topic", "new");
      const proxy = await faultProxy(server.endpoint);
      const variables = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
      const store = await s3StoreAt(
        at.store.url,
        { ...server.env, ...variables },
        IMPATIENT,
      );
      let count = 0;
      let isBroken = false;
      const isFirst = (exchange: Exchange) => {
        isBroken = from(exchange, count++);
        return isBroken;
      };
      proxy.fail((exchange) => !isBroken && isFirst(exchange), fault);
      proxy.fail(() => isBroken, "reset", Number.POSITIVE_INFINITY);
      await store.land(wishOf("topic", head)).catch(() => null);
      await store.close();
      await proxy.close();

      return { head, count };
    },
    /** What landings have left, below the place of their own. */
    async left(): Promise<string[]> {
      const { client, bucket, prefix } = at.under;
      const Prefix = `${prefix}.model-to-edge/landings/`;
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix }),
      );
      return (page.Contents ?? []).map(({ Key = "" }) =>
        Key.slice(Prefix.length),
      );
    },
    land(store: Store, source: string, head: string): Promise<LandOutcome> {
      return store.land(wishOf(source, head));
    },
    /** What a run finds on a branch: the text of all its files; throws where they do not belong together. */
    shown(store: Store, branch = "main"): Promise<string> {
      return shownBy(store, branch);
    },
  };
}

function modelOf(text: string): Record<string, string> {
  return { "model/a/config.py": text, "model/a/w.pth": text.repeat(9) };
}

async function shownBy(store: Store, branch: string): Promise<string> {
  const snapshot = await store.snapshot(branch);
  const sizes = new Map<string, number>();
  for await (const { path, size } of snapshot.list("")) sizes.set(path, size);
  const text = (path: string) => textAt(snapshot, path);

  const found = {
    config: await text("model/a/config.py"),
    weights: await text("model/a/w.pth"),
    same: await text(SAME),
    edge: await text("edge/a/m"),
    manifest: await text("edge/a/manifest.json"),
  };
  const name = String(found.config);
  const whole = {
    ...{ config: name, weights: name.repeat(9), same: "same" },
    ...{ edge: name, manifest: name },
  };
  if (JSON.stringify(found) !== JSON.stringify(whole))
    throw new Error(`a mixture: ${JSON.stringify(found)}`);

  const listed = sizes.get("model/a/w.pth");
  if (listed !== name.length * 9)
    throw new Error(`a mixture: w.pth is listed with ${listed} bytes`);

  return sizes.has(GONE) ? `${name} and old.txt` : name;
}
