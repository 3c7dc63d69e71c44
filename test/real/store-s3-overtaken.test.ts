import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONFIG, GOOD, Story } from "../land/story.ts";
import { useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import { ALL_S3, hasS3 } from "../support/s3-servers.ts";
import { useS3 } from "./use-s3.ts";

/** At which request of a landing the other job lands, and removes the data branch. */
const REQUESTS = ALL_S3
  ? Array.from({ length: 40 }, (_, index) => index * 5)
  : [40];

describe.skipIf(!hasS3("moto"))("land in S3, overtaken by another job", () => {
  const s3 = useS3("moto");
  const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));
  let gitlab: FakeProject;
  let story: Story;
  beforeEach(async () => {
    gitlab = await startFakeProject();
    story = new Story(gitlab, at.store.url, s3.server.env);
    await at.under.write("main", {
      ...{ "model/a/config.py": null, "model/a/w.pth": null },
      ...{ "model/a/model.json": CONFIG, "model/a/toy.weights": GOOD(1) },
    });
  });
  afterEach(async () => {
    story.remove();
    await gitlab.close();
  });

  it.each(REQUESTS)(
    "says that it was landed, at request %i",
    async (index) => {
      await at.store.createBranch("feature--x", "main");
      await at.under.write("feature--x", { "model/a/toy.weights": GOOD(5) });
      const green = await story.run("feature/x");
      expect({ code: green.code, log: green.stdout }).toMatchObject({
        code: 0,
      });
      const commit = story.merge("feature/x", 7);
      const proxy = await faultProxy(s3.server.endpoint);
      const others: ReturnType<typeof story.land>[] = [];
      // Where this job changes models already, the other one waits for it: then the request goes on.
      proxy.before(
        () => proxy.exchanges.length === index + 1,
        () =>
          new Promise((goOn, fail) => {
            const other = story.land(commit, [], {}, ({ stdout }) =>
              stdout?.on("data", (text) => {
                if (/this one waits until/.test(String(text))) goOn();
              }),
            );
            others.push(other);
            other.then(() => goOn(), fail);
          }),
      );

      const run = await story.land(commit, [], {
        AWS_ENDPOINT_URL_S3: proxy.endpoint,
      });
      await proxy.close();

      // A landing of fewer requests was not overtaken.
      const ended = await Promise.all(others);
      expect(ended.map(({ code }) => code)).toEqual(
        proxy.exchanges.length > index ? [0] : [],
      );
      expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
      expect(run.document.requests).toMatchObject([
        { status: expect.stringMatching(/^(already|landed)$/) },
      ]);
      expect(await at.store.head("feature--x")).toBeNull();

      const landings: string[] = [];
      for await (const { metadata } of at.store.records(
        (await at.store.head("main")) ?? "",
      ))
        landings.push(metadata["model-to-edge.landed"] ?? "");
      expect(landings.filter((landed) => landed !== "")).toHaveLength(1);
    },
    120_000,
  );
});
