import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import { canReach } from "../engine/rungs.ts";
import { CHEAP } from "../fleet/fleet-store.ts";
import { type CommandOptions, commandLine } from "../support/command-line.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { slowFront } from "../support/slow-front.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();
const MIB = 1 << 20;
/** A download of about a second and a half, beside an engine of five. */
const SPEED = 4 * MIB;
const WEIGHTS = GOOD_WEIGHTS + " ".repeat(6 * MIB);
const SLOW = JSON.stringify({ channels: 4, misbehave: "slow", seconds: 5 });

describe.skipIf(!parts || !canReach("bubblewrap"))(
  "a slow download from a real lakeFS server, while the model before is converted",
  () => {
    const lakefs = useLakefs(parts);

    async function place(lost?: string) {
      const repository = await lakefs.server.repository();
      const branch = new DataBranch(lakefs.server, repository, "main");
      for (const name of ["a", "b", "c"])
        await branch.upload({
          [`model/${name}/model.json`]: SLOW,
          [`model/${name}/toy.weights`]: WEIGHTS,
        });
      await branch.commit({});
      const front = await slowFront(lakefs.server.endpoint, {
        bytesPerSecond: SPEED,
        ...(lost ? { lost } : {}),
      });
      const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
      const tmp = join(cwd, "tmp");
      mkdirSync(tmp);
      writeFileSync(join(cwd, "conversion.yaml"), CHEAP);
      onTestFinished(async () => {
        await front.close();
        rmSync(cwd, { recursive: true, force: true });
      });

      const read = (model: string) =>
        JSON.parse(
          readFileSync(
            join(cwd, "model-to-edge-out/models", model, "conversion.json"),
            "utf8",
          ),
        ) as Conversion;
      const run = (options: Partial<CommandOptions> = {}) =>
        commandLine(
          [
            ...["run", "--store", `lakefs://${repository}`],
            ...["--model-branch", "main", "--publish", "passed"],
          ],
          {
            ...{ cwd, ...options },
            env: {
              ...lakefs.server.env,
              LAKECTL_SERVER_ENDPOINT_URL: front.endpoint,
              TMPDIR: tmp,
            },
          },
        );

      return { tmp, read, run };
    }

    it("costs nothing but the first, and the log has one model after the other", async () => {
      const { read, run } = await place();
      const { code, stdout } = await run();
      expect([code, stdout]).toEqual([0, expect.stringMatching(/published/)]);

      for (const [before, next] of [
        ["a", "b"],
        ["b", "c"],
      ] as const) {
        const engine = spanOf(read(before), "engine");
        const download = spanOf(read(next), "download");
        expect(download.end - download.begin).toBeGreaterThan(1000);
        expect(download.begin).toBeGreaterThanOrEqual(engine.begin);
        expect(spanOf(read(next), "engine").begin).toBeGreaterThan(engine.end);
        expect(download.end).toBeLessThan(engine.end);
      }

      const told = stdout
        .split("\n")
        .map((line) => /^(Convert \w|\w: download|\w \(.* may ship)/.exec(line))
        .flatMap((match) => match?.[1] ?? []);
      expect(told).toEqual(
        ["a (1/3)", "b (2/3)", "c (3/3)"].flatMap((title) => {
          const name = title.charAt(0);
          return [
            ...[`Convert ${name}`, `${name}: download`],
            `${title} may ship`,
          ];
        }),
      );
      expect(stdout).toMatch(
        /^b: download: 6\.\d+ MB in \d\.\d s, beside the models before it$/m,
      );
    });

    it("that fails costs its model alone", async () => {
      const { read, run } = await place("model/b/toy.weights");
      const { code, stdout } = await run();
      expect([code, stdout]).toEqual([
        3,
        expect.stringContaining("b (2/3): model/b/toy.weights is listed"),
      ]);
      expect(["a", "b", "c"].map((name) => read(name).status)).toEqual([
        "converted",
        "failed",
        "converted",
      ]);
    });

    it("is stopped with the run, and leaves nothing behind", async () => {
      const { tmp, run } = await place();
      let stopped = 0;
      const { code, stdout } = await run({
        started: (child) => {
          child.stdout?.on("data", (data) => {
            if (!String(data).includes("Convert a")) return;
            // The first one's files take a second and a half, its engine five.
            setTimeout(() => {
              stopped = performance.now();
              child.kill("SIGTERM");
            }, 2300);
          });
        },
      });
      expect(performance.now() - stopped).toBeLessThan(10_000);
      expect([code, stdout]).toEqual([
        3,
        expect.stringContaining("stopped by SIGTERM"),
      ]);
      expect(stdout).not.toContain("Convert b");
      expect(readdirSync(tmp)).toEqual([]);
    });
  },
);

function spanOf({ timeline = [] }: Conversion, step: string) {
  const span = timeline.find((candidate) => candidate.step === step);
  if (!span) throw new Error(`no ${step}`);

  const begin = new Date(span.started).getTime();
  return { begin, end: begin + span.seconds * 1000 };
}
