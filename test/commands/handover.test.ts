import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isAlive, waitUntil, withinLimit } from "../child/children.ts";
import { BUILT_IN, FILES, handingOver, sent } from "./handing-over.ts";
import { promotionIn, releaseIn } from "./promoting.ts";

describe("a hand-over", () => {
  it("runs the built-in webauto once for each file that makes the model, and says what is left to do by hand", async () => {
    const { store, registry, promote, webauto, record } =
      await handingOver(BUILT_IN);
    const run = await promote();
    expect(run.code, run.stdout).toBe(0);

    const calls = webauto.calls();
    const [first] = calls;
    const path = first?.argv[8] ?? "";
    expect(first?.argv).toEqual([
      ...["ml", "artifact", "push", "--project-id", "prj"],
      ...["--package-id", "pkg", "--path", path],
      ...["--filename", "contract.json"],
      ...["--description", "CenterPoint t4base 1.0.0"],
    ]);
    expect(path).toMatch(/^\/.*\/contract\.json$/);
    expect(sent(webauto)).toEqual(FILES);
    expect(run.stdout).toContain("webauto: | pushed t4base.onnx");
    expect(run.stdout).toContain(
      "left to do by hand: in Web.Auto, open ML Packages, the package pkg, New Release: select the artifacts of t4base 1.0.0",
    );

    expect(promotionIn(store).handover).toMatchObject([
      { name: "webauto", status: "done", reason: null },
    ]);
    const hashes = releaseIn(registry, "1.0.0").files;
    for (const { name, sha256, status, exit } of record().files) {
      expect([status, exit]).toEqual(["sent", 0]);
      expect(hashes).toContainEqual(expect.objectContaining({ name, sha256 }));
    }
    expect(record().files.map(({ name }) => name)).toEqual(FILES);
    expect(existsSync(join(store.cwd, "model-to-edge-out/work-promote"))).toBe(
      false,
    );
  });

  it("is not run again: the same promotion hands nothing over twice", async () => {
    const { store, promote, webauto, say } = await handingOver(BUILT_IN);
    await promote();
    const again = await promote();
    expect(again.code, again.stdout).toBe(0);
    expect(again.stdout).toContain("toy.weights handed over before");
    expect(sent(webauto)).toEqual(FILES);
    expect(promotionIn(store).handover[0]?.files[0]?.status).toBe("before");

    say(BUILT_IN.replace("pkg", "other"));
    const changed = await promote();
    expect(changed.stdout).toContain(
      "another command than the one in conversion.yaml handed over",
    );
    expect(sent(webauto)).toEqual(FILES);
  });

  it("that fails half-way is exit code 3, is recorded, and a retry sends the rest", async () => {
    const { store, registry, promote, webauto, record } =
      await handingOver(BUILT_IN);
    webauto.does("model.json", "echo 'quota exceeded' >&2; exit 1");
    const run = await promote();
    expect(run.code).toBe(3);
    expect(run.stdout).toContain(
      "the hand-over webauto of t4base 1.0.0 handed over 2 of 5 files: model.json was not handed over: `webauto` exited with 1: quota exceeded",
    );
    expect(run.stdout).toContain("only the rest is handed over");
    expect(releaseIn(registry, "1.0.0").release).toBe("1.0.0");
    expect(record().files.map(({ name, status }) => [name, status])).toEqual([
      ["contract.json", "sent"],
      ["deploy.json", "sent"],
      ["model.json", "failed"],
    ]);
    expect(promotionIn(store)).toMatchObject({
      status: "promoted",
      handover: [
        {
          status: "failed",
          files: [
            { name: "contract.json", status: "sent", exit: 0 },
            { name: "deploy.json", status: "sent", exit: 0 },
            { name: "model.json", status: "failed", exit: 1 },
            { name: "t4base.onnx", status: "waiting", exit: null },
            { name: "toy.weights", status: "waiting", exit: null },
          ],
        },
      ],
    });
    const junit = join(store.cwd, "model-to-edge-out/report/junit.xml");
    expect(readFileSync(junit, "utf8")).toContain(
      '<testcase name="hand-over webauto" classname="CenterPoint"><failure message="model.json was not handed over',
    );

    webauto.does("model.json", "exit 0");
    const retry = await promote();
    expect(retry.code, retry.stdout).toBe(0);
    expect(sent(webauto)).toEqual([
      ...["contract.json", "deploy.json", "model.json"],
      ...["model.json", "t4base.onnx", "toy.weights"],
    ]);
  });

  it("that was killed between two files sends only the rest, and says what may arrive twice", async () => {
    const { promote, killed, webauto, record } = await handingOver(BUILT_IN);
    webauto.does("model.json", "sleep 60");
    expect(await killed("model.json")).toBe("SIGKILL");
    expect(record().files.at(-1)).toMatchObject({
      ...{ name: "model.json", status: "started", exit: null },
    });

    webauto.does("model.json", "exit 0");
    const retry = await promote();
    expect(retry.code, retry.stdout).toBe(0);
    expect(retry.stdout).toContain(
      "a job ended while it handed over model.json, which may arrive twice",
    );
    expect(sent(webauto)).toEqual([
      ...["contract.json", "deploy.json", "model.json"],
      ...["model.json", "t4base.onnx", "toy.weights"],
    ]);
  });

  it("that hangs is stopped at its time limit, with all that it started", async () => {
    const { store, promote, webauto, say } = await handingOver(BUILT_IN);
    const pid = join(store.root, "pid");
    webauto.does(
      "contract.json",
      `sleep 300 & echo $! > ${pid}.new; mv ${pid}.new ${pid}; wait`,
    );
    let seconds = 0;
    const run = await withinLimit(
      (limitMs) => {
        seconds = limitMs / 1000;
        say(BUILT_IN.replace("}}", `}, timeout: ${seconds}s}`));
        return promote();
      },
      () => existsSync(pid),
    );
    expect(run.code).toBe(3);
    expect(run.stdout).toContain(
      `\`webauto\` took longer than ${seconds} s and was stopped with all that it had started`,
    );
    const left = Number(readFileSync(pid, "utf8"));
    await waitUntil(() => !isAlive(left));
  });

  it("prints with --dry-run what would run, and runs and records nothing", async () => {
    const { registry, promote, webauto } = await handingOver(BUILT_IN);
    const run = await promote("--dry-run");
    expect(run.code, run.stdout).toBe(0);
    expect(run.stdout).toMatch(
      /webauto: would run webauto ml artifact push --project-id prj --package-id pkg --path \S+\/t4base\.onnx --filename t4base\.onnx --description 'CenterPoint t4base 1\.0\.0'/,
    );
    expect(webauto.calls()).toEqual([]);
    expect(existsSync(registry)).toBe(false);
  });
});
