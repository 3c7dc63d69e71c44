import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../child/children.ts";
import { CONFIG, GOOD } from "../land/story.ts";
import { commandLine } from "../support/command-line.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();

describe.skipIf(!parts?.lakectl)("uncommitted objects", () => {
  let server: LakefsServer;
  let repository: string;
  beforeAll(async () => {
    if (!parts) return;
    server = await startLakefs(parts);
    repository = await server.repository();
  });
  afterAll(() => server?.stop());

  const run = (cwd: string) =>
    commandLine(
      ["run", "--store", `lakefs://${repository}`, "--model-branch", "main"],
      { cwd, env: server.env },
    );

  /** Says yes to what lakectl asks. */
  function lakectl(line: string, ...more: string[]): string {
    const [, ...words] = line.match(/"[^"]*"|\S+/g) ?? [];
    const { status, stdout, stderr } = spawnSync(
      parts?.lakectl ?? "",
      [...words.map((word) => word.replaceAll('"', "")), ...more],
      { encoding: "utf8", env: { HOME: "/nonexistent", ...server.env } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  }

  it("are looked at before they are committed: each printed line, in order", async () => {
    const main = new DataBranch(server, repository, "main");
    await main.upload({
      "model/a/model.json": CONFIG,
      "model/a/toy.weights": GOOD(1),
      "reports/half-written.csv": "somebody else's",
    });

    const cwd = temporaryFolder();
    const { code, stdout } = await run(cwd);
    expect(code).toBe(2);
    const lines = [...stdout.matchAll(/`(lakectl [^`]+)`/g)].map(
      ([, line = ""]) => line,
    );
    const [look = "", commit = "", reset = ""] = lines;
    expect(lines).toEqual([
      expect.stringContaining("lakectl diff "),
      expect.stringContaining("lakectl commit "),
      expect.stringContaining(" --object PATH"),
    ]);

    expect(lakectl(look)).toContain("reports/half-written.csv");
    lakectl(reset.replace("PATH", "reports/half-written.csv"), "--yes");
    expect(lakectl(look)).not.toContain("half-written");
    lakectl(commit);
    expect((await run(cwd)).code).toBe(0);
  });
});
