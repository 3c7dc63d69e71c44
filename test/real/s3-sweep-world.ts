import { hashBytes } from "../../src/disk/hash-file.ts";
import { nameDraft } from "../../src/store/draft-name.ts";
import type { DraftRef, Store } from "../../src/store/store.ts";
import { sweepDrafts } from "../../src/store/sweep.ts";
import {
  bytesOf,
  edgeChange,
  options,
  type StoreHarness,
  textAt,
} from "../store/harness.ts";
import { type S3UnderTest, s3StoreAt } from "../store/s3-under-test.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import type { S3Server } from "../support/s3-servers.ts";
import { storeContext } from "../support/store-context.ts";
import { s3Files } from "./s3-files.ts";

/** The project whose sweep it is. */
export const OURS = "a/b";

/** Nobody waits for the dead, whatever their age. */
const QUICK = {
  ...{ voidMs: 50, pollMs: 10, helpMs: 50, holdMs: 0 },
};
/** Of the sweep under test, which must not find its own rounds too short. */
export const HURRY = {
  ...{ attempts: 4, pauseMs: 5, longestPauseMs: 20, idleMs: 2_000 },
  ...{ patienceMs: 3_000, brokenMs: 1_000, farewellMs: 4_000 },
  ...{ voidMs: 50, pollMs: 10, helpMs: 50, holdMs: 0 },
};

const OWN = ".model-to-edge/";
/** Of a landing that was killed before its publication. */
const LEFT = "landings/main/0f0f0f0f-0000-4000-8000-000000000000/";

/** What a store looks like that is to be swept, and what must be left of it. */
export function sweepWorld(
  server: () => S3Server,
  at: StoreHarness<S3UnderTest>,
) {
  let foreign: DraftRef;

  const draftOf = (owner: string) => {
    const now = new Date(Date.now() - 48 * 3_600_000);
    const base = "";
    const unique = hashBytes(owner + Math.random()).slice(0, 12);
    return nameDraft({ branch: "main", base, owner, now, unique });
  };

  async function keep(ref: DraftRef, text: string): Promise<void> {
    const draft = at.store.draft(ref);
    const put = await draft.put(await at.folder({ m: text }), ["m"], "edge/a/");
    await draft.keep(edgeChange(put), options);
  }

  /** A branch of which a removal that was killed has left its model. */
  async function halfRemoved(): Promise<void> {
    await at.store.createBranch("gone", "main");
    const head = (await at.store.head("gone")) ?? "";
    const proxy = await faultProxy(server().endpoint);
    const env = { ...server().env, AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const killed = await s3StoreAt(at.store.url, env, {
      ...{ attempts: 1, patienceMs: 1, brokenMs: 1, farewellMs: 20 },
    });
    proxy.fail(
      ({ method, path }) =>
        method === "DELETE" && !path.includes(`${OWN}holds/`),
      "reset",
      Number.POSITIVE_INFINITY,
    );
    await killed.deleteBranch("gone", head).catch(() => null);
    await killed.close();
    await proxy.close();
  }

  /** Names below `.model-to-edge/`, and the models of all branches. */
  async function names(): Promise<string[]> {
    const { bucket, prefix } = at.under;
    return [...(await s3Files(server(), bucket, prefix)).keys()];
  }

  const objects = (texts: readonly string[]) =>
    texts.map((text) => `${OWN}objects/${hashBytes(text)}`);

  return {
    /** Once per store. `isAll`: also what a sweep only takes that counts marks of any age as dead. */
    async fill(isAll: boolean): Promise<void> {
      await at.publish({ m: "shown" });
      foreign = draftOf("c/d:1");
      await keep(draftOf(`${OURS}:1`), "of a dead draft");
      await keep(foreign, "of another project");
      const garbage = at.store.draft(draftOf(`${OURS}:2`));
      await garbage.put(await at.folder({ m: "nobody's" }), ["m"], "edge/a/");
      await garbage.discard();
      if (!isAll) return;

      await halfRemoved();
      await at.under.write(".model-to-edge", {
        [`${LEFT}files/model/a/w.pth`]: "left",
        [`${LEFT}record.json`]: "{}",
        "holds/dead.json": JSON.stringify({
          ...{ kind: "s3-hold", version: 1 },
          objects: [hashBytes("nobody's")],
        }),
      });
    },
    /** What somebody lost, in words. */
    async lost(): Promise<string[]> {
      const quick = await s3StoreAt(at.store.url, server().env, QUICK);
      const shown = await quick.snapshot("main");
      const kept = await quick.kept(foreign);
      const found = {
        shown: await textAt(shown, "edge/a/m"),
        model: await textAt(shown, "model/a/w.pth"),
        kept: kept && (await textAt(kept, "edge/a/m")),
      };
      await quick.close();
      const whole = { shown: "shown", model: "weights" };
      return JSON.stringify(found) ===
        JSON.stringify({ ...whole, kept: "of another project" })
        ? []
        : [`lost: ${JSON.stringify(found)}`];
    },
    /** What a sweep that reported success has left, in words. */
    async left(): Promise<string[]> {
      const dead = ["of a dead draft", "nobody's"];
      const gone = [`/gone/`, LEFT, "holds/", ...objects(dead)];
      const all = (await names()).map((name) => `/${name}`);
      return all.filter((name) => gone.some((each) => name.includes(each)));
    },
    /** A sweep after one that went wrong, and a publication after it: what is wrong with them, in words. */
    async next(): Promise<string[]> {
      const quick = await s3StoreAt(at.store.url, server().env, QUICK);
      const problems: string[] = [];
      try {
        await sweepIn(quick);
        const { draft } = await at.newDraft();
        const write = bytesOf({ "evidence/a/verdict": "after" });
        const mine = quick.draft((await at.newDraft()).ref);
        await mine.publish([], () => ({ keep: [], remove: [], write }), {
          ...{ message: "after", metadata: {} },
        });
        await draft.discard();
        const now = await quick.snapshot("main");
        if ((await textAt(now, "evidence/a/verdict")) !== "after")
          problems.push("the next publication does not show");
      } catch (error) {
        problems.push(`the next one: ${error}`);
      }
      await quick.close();
      return problems;
    },
    sweepIn,
  };
}

/** As the command does in a job of the project. */
async function sweepIn(store: Store) {
  const { log } = storeContext();
  await sweepDrafts(store, {
    ...{ olderThanMs: 0, dryRun: false, now: new Date(), log },
    of: { project: OURS },
  });
  return store.sweepContent?.({ olderThanMs: 0, dryRun: false });
}
