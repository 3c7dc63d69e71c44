import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { commandLine } from "../support/command-line.ts";
import {
  ID_TOKEN,
  type IdentityWish,
  identityFront,
} from "../support/identity-front.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();

describe.skipIf(!parts)("a job with an ID token for lakeFS, no keys", () => {
  const lakefs = useLakefs(parts);
  const cwd = mkdtempSync(join(tmpdir(), "identity-"));
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  async function jobBehind(wish?: IdentityWish) {
    const repository = await lakefs.server.repository();
    const branch = new DataBranch(lakefs.server, repository, "main");
    await branch.commit({
      "model/det/model.json": '{"channels":4}',
      "model/det/toy.weights": GOOD_WEIGHTS,
    });
    const front = await identityFront(lakefs.server, wish);
    onTestFinished(() => front.close());

    const done = await commandLine(
      [
        ...["run", "--store", `lakefs://${repository}`],
        ...["--model-branch", "main", "--isolation", "none"],
      ],
      { cwd, env: front.env },
    );

    return { ...done, front, text: done.stdout + done.stderr };
  }

  it("reads, converts and publishes by a bearer token and temporary keys", async () => {
    const { code, text, front } = await jobBehind();
    expect({ code, text }).toMatchObject({ code: 0 });
    expect(text).toMatch(/published/);
    expect(new Set(front.proofs)).toEqual(
      new Set(["Bearer", "AWS4-HMAC-SHA256"]),
    );
    expect(text).not.toContain(ID_TOKEN);

    const logins = front.calls.filter((call) => call.endsWith("/jwt/login"));
    expect(logins).toHaveLength(1);
  });

  it("logs in again before the token expires", async () => {
    const { code, front } = await jobBehind({ seconds: 61 });
    expect(code).toBe(0);

    const logins = front.calls.filter((call) => call.endsWith("/jwt/login"));
    expect(logins.length).toBeGreaterThan(1);
  });

  it.each([
    ["refuses the token", { login: 401 }, "does not take the ID token"],
    ["has no such login", { login: 404 }, "does not take the ID token"],
    [
      "exchanges it for no keys",
      { exchange: 403 },
      "gives no temporary keys for the ID token",
    ],
  ])("says so where the server %s", async (_what, wish, says) => {
    const { code, text } = await jobBehind(wish);
    expect({ code, text }).toMatchObject({ code: 2 });
    expect(text).toContain(says);
    expect(text).toContain("LAKEFS_ID_TOKEN");
    expect(text).not.toContain(ID_TOKEN);
    expect(text).not.toMatch(/^\s+at .*\.js:/m);
  });

  it("says exit code 3 where the server is away", async () => {
    const { code } = await commandLine(
      [
        ...["run", "--store", "lakefs://vision", "--model-branch", "main"],
        ...["--isolation", "none", "--patience", "2s"],
      ],
      {
        cwd,
        env: {
          LAKECTL_SERVER_ENDPOINT_URL: "http://127.0.0.1:4",
          LAKEFS_ID_TOKEN: ID_TOKEN,
        },
      },
    );
    expect(code).toBe(3);
  });
});
