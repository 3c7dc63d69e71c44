import { mkdtempSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONFIG, GOOD, Story } from "../land/story.ts";
import { makeCertificates } from "../support/certificates.ts";
import {
  type FakeProject,
  PROJECT_TOKEN,
  startFakeProject,
} from "../support/fake-project.ts";
import { type Front, passTo, startFront } from "../support/fronts.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import {
  hasTinyproxy,
  startTinyproxy,
  type Tinyproxy,
} from "../support/tinyproxy.ts";
import { DataBranch } from "./data-branch.ts";

const parts = hasTinyproxy() ? await realLakefs() : null;

/** One side of lakeFS alone: the other one is not found at this address. */
function only(isApi: boolean, target: string): RequestListener {
  const pass = passTo(target);
  return (request, answer) => {
    if ((request.url ?? "").startsWith("/api/v1/") === isApi)
      return pass(request, answer);
    answer.writeHead(404).end("not here");
  };
}

const REQUEST = {
  CI_PIPELINE_SOURCE: "merge_request_event",
  CI_MERGE_REQUEST_IID: "7",
  CI_MERGE_REQUEST_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
  CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "feature/x",
  CI_COMMIT_REF_NAME: "feature/x",
  MODEL_TO_EDGE_TOKEN: PROJECT_TOKEN,
};

describe.skipIf(!parts)(
  `behind a proxy, with an authority and an S3 address of the company's own, on Node ${process.versions.node}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "networks-company-"));
    let server: LakefsServer;
    let gitlab: FakeProject;
    let fronts: { api: Front; s3: Front; gitlab: Front };
    let proxy: Tinyproxy;
    let story: Story;
    let feature: DataBranch;
    let main: DataBranch;
    beforeAll(async () => {
      if (!parts) return;
      server = await startLakefs(parts);
      gitlab = await startFakeProject();
      const tls = makeCertificates(folder);
      fronts = {
        api: await startFront(only(true, server.endpoint), tls),
        s3: await startFront(only(false, server.endpoint), tls),
        gitlab: await startFront(passTo(gitlab.api), tls),
      };
      const ports = Object.values(fronts).map(({ port }) => port);
      proxy = await startTinyproxy(folder, ports);

      const at = ({ port }: Front) => `https://localhost:${port}`;
      const repository = await server.repository();
      story = new Story(
        Object.assign(Object.create(gitlab) as FakeProject, {
          api: `${at(fronts.gitlab)}/api/v4`,
        }),
        `lakefs://${repository}`,
        {
          ...server.env,
          LAKECTL_SERVER_ENDPOINT_URL: at(fronts.api),
          MODEL_TO_EDGE_S3_ENDPOINT: at(fronts.s3),
          HTTPS_PROXY: proxy.url,
          CI_SERVER_TLS_CA_FILE: tls.ca,
        },
      );
      main = new DataBranch(server, repository, "main");
      feature = main.onBranch("feature--x");
      await main.commit({
        "model/a/model.json": CONFIG,
        "model/a/toy.weights": GOOD(1),
      });
      await feature.create("main");
      await feature.commit({ "model/a/toy.weights": GOOD(5) });
    });
    afterAll(async () => {
      story?.remove();
      await proxy?.stop();
      await Promise.all(Object.values(fronts ?? {}).map((f) => f.close()));
      await gitlab?.close();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Each of the three was asked, and through the proxy alone. */
    function expectAsked(...names: (keyof typeof fronts)[]): void {
      const tunnels = proxy.seen().join("\n");
      for (const name of names) {
        const { port, calls } = fronts[name];
        expect([name, calls.length]).not.toEqual([name, 0]);
        expect(tunnels).toContain(`CONNECT localhost:${port}`);
        calls.length = 0;
      }
      proxy.forget();
    }

    it("doctor asks both sides of lakeFS", async () => {
      const { stdout } = await story.command(["doctor"]);
      expect(stdout).toMatch(/ok +store: lakefs:.* answers/);
      expectAsked("api", "s3");
    });

    it("run converts and publishes, and writes its note", async () => {
      const args = ["run", "--isolation", "none"];
      const { code, stdout } = await story.command(args, REQUEST);
      expect({ code, stdout }).toMatchObject({ code: 0 });
      expect(fronts.s3.calls.some((call) => call.startsWith("PUT "))).toBe(
        true,
      );
      expectAsked("api", "s3", "gitlab");
      expect(gitlab.notes.map(({ body }) => body)).toEqual([
        expect.stringContaining("may ship"),
      ]);
      expect(Object.keys(await feature.hashes(["edge/"]))).toContain(
        "edge/a/end2end.onnx",
      );
    });

    it("land lands it, and writes its note", async () => {
      const proved = await feature.hashes(["model/", "edge/", "evidence/"]);
      const run = await story.land(story.merge("feature/x", 7));
      expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
      expect(run.document.requests).toMatchObject([{ status: "landed" }]);
      expect(await main.hashes(["model/", "edge/", "evidence/"])).toEqual(
        proved,
      );
      expectAsked("api", "s3", "gitlab");
      expect(gitlab.notes.at(-1)?.body).toContain("✅ Landed");
    });

    it("without the authority each of them says at once what is missing, and is not retried", async () => {
      const none = { CI_SERVER_TLS_CA_FILE: "" };
      for (const words of [["run", "--model-branch", "main"], ["doctor"]]) {
        const { code, stdout, stderr } = await story.command(words, none);
        expect([words[0], code]).toEqual([words[0], 2]);
        expect(stdout + stderr).toContain("NODE_EXTRA_CA_CERTS");
        expect(stdout + stderr).not.toContain("trying again");
      }
    });
  },
);
