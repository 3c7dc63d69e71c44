import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import type { Publication } from "../../src/publish/publication.ts";
import { CHEAP } from "../fleet/fleet-store.ts";
import { fleetSteps } from "../fleet/steps.ts";
import {
  AUDIENCE,
  ID_TOKEN,
  identityFront,
} from "../support/identity-front.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();

type Job = { extends?: string; id_tokens?: Record<string, { aud: string }> };

describe.skipIf(!parts)("a fleet whose first job has an ID token", () => {
  const lakefs = useLakefs(parts);

  async function world() {
    const repository = await lakefs.server.repository();
    const branch = new DataBranch(lakefs.server, repository, "main");
    await branch.commit({
      "model/a/model.json": '{"channels":4}',
      "model/a/toy.weights": GOOD_WEIGHTS,
    });
    const front = await identityFront(lakefs.server);
    const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
    onTestFinished(async () => {
      await front.close();
      rmSync(cwd, { recursive: true, force: true });
    });
    writeFileSync(join(cwd, "conversion.yaml"), CHEAP);
    const { LAKEFS_ID_TOKEN: _, ...env } = front.env;
    const place = { cwd, url: `lakefs://${repository}` };
    const first = fleetSteps({ ...place, env: front.env });

    /** The jobs of the child, by what GitLab gives a job: a token where the job asks for one with lakeFS's audience. */
    const jobOf = (name: string) => {
      const file = readFileSync(first.at("child-pipeline.yml"), "utf8");
      const jobs = parse(file) as Record<string, Job>;
      const chain: Job[] = [];
      for (let at: string | undefined = name; at; at = jobs[at]?.extends)
        chain.unshift(jobs[at] ?? {});
      const { id_tokens = {} }: Job = Object.assign({}, ...chain);
      const given = Object.entries(id_tokens).filter(
        ([, { aud }]) => aud === AUDIENCE,
      );
      const tokens = given.map(([variable]) => [variable, ID_TOKEN]);

      return fleetSteps({
        ...place,
        env: { ...env, ...Object.fromEntries(tokens) },
      });
    };

    return { first, front, jobOf };
  }

  it("converts, publishes and reports by tokens of the jobs' own, without keys", async () => {
    const { first, front, jobOf } = await world();
    const runs = [
      await first.plan(),
      await first.fleet(),
      await jobOf("fleet-plan-start").convert(0),
      await jobOf("convert 1: a").convert(1),
      await jobOf("fleet-plan-publish").publish(),
      await jobOf("fleet-plan-report").report(),
    ];
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(first.json<Publication>("publication.json").status).toBe(
      "published",
    );

    // The rest of the calls prove who they are by what the token was exchanged for.
    expect(new Set(front.proofs)).toEqual(
      new Set(["Bearer", "AWS4-HMAC-SHA256"]),
    );
    // Of the jobs that reach the store: plan, convert, publish.
    const logins = front.calls.filter((call) => call.endsWith("/jwt/login"));
    expect(logins).toHaveLength(3);
    const file = readFileSync(first.at("child-pipeline.yml"), "utf8");
    for (const text of [file, ...runs.map(({ stdout }) => stdout)])
      expect(text).not.toContain(ID_TOKEN);
  });
});
