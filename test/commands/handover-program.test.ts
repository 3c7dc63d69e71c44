import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BUILT_IN, FILES, handingOver, sent } from "./handing-over.ts";
import { configure, setUp } from "./promoting.ts";

describe("the program of a hand-over", () => {
  it("gets its own credentials and none of ours, and the log masks them", async () => {
    const { promote, webauto } = await handingOver(
      "{name: webauto, with: {project_id: p, package_id: k}, env: [WEBAUTO_LOGIN]}",
    );
    webauto.does("contract.json", 'echo "as $WEBAUTO_LOGIN"; exit 0');
    const run = await promote();
    expect(run.code, run.stdout).toBe(0);
    expect(run.stdout).toContain("webauto: | as [masked]");
    for (const { env } of webauto.calls()) {
      expect(env.WEBAUTO_LOGIN).toBe("webauto-login-1234");
      const names = Object.keys(env).filter((name) =>
        /^(LAKECTL|AWS|CI|MODEL_TO_EDGE|GITLAB)/.test(name),
      );
      expect(names).toEqual([]);
    }
  });

  it("gets each argument whole: no shell reads a name", async () => {
    const odd = 'ep 20\'s "best" ;$(touch pwned) `id`.log';
    const { store, promote, webauto } = await handingOver(
      `{name: fleet, run: [webauto, push, "--filename", "{filename}", "{file}", "{sha256}", "{folder}", '{"v": 1}', "$HOME"], files: ["*.log"]}`,
    );
    const yaml = join(store.cwd, "conversion.yaml");
    writeFileSync(
      yaml,
      readFileSync(yaml, "utf8").replace(
        "name: t4base}",
        'name: t4base, files: {log: "*.log"}}',
      ),
    );
    store.write(`model/det/${odd}`, "epoch 20\n");
    const run = await promote();
    expect(run.code, run.stdout).toBe(0);
    const [{ argv } = { argv: [] }, ...others] = webauto.calls();
    expect(others).toEqual([]);
    expect(argv[2]).toBe(odd);
    expect(argv[3]).toBe(join(argv[5] ?? "", odd));
    expect(argv[4]).toMatch(/^[0-9a-f]{64}$/);
    expect(argv.slice(6)).toEqual(['{"v": 1}', "$HOME"]);
    expect(existsSync(join(store.cwd, "pwned"))).toBe(false);
  });

  it("without a placeholder of a file runs once, and finds the files in a folder by the version's names", async () => {
    const { store, promote, webauto, record } = await handingOver(
      `{name: all, run: [./push.sh, "{folder}", "{algorithm}/{name}/{version}"], files: ["*.onnx", "toy.*"], next: "open {link}"}`,
    );
    writeFileSync(
      join(store.cwd, "push.sh"),
      `#!/bin/sh\nls "$1" > ${store.root}/listed; echo "$2"\n`,
      { mode: 0o755 },
    );
    const run = await promote();
    expect(run.code, run.stdout).toBe(0);
    expect(run.stdout).toContain("all: | CenterPoint/t4base/1.0.0");
    expect(run.stdout).toMatch(/left to do by hand: open file:.*\/1\.0\.0\//);
    expect(readFileSync(join(store.root, "listed"), "utf8")).toBe(
      "t4base.onnx\ntoy.weights\n",
    );
    expect(record("all").files).toMatchObject([{ name: ".", status: "sent" }]);
    expect(webauto.calls()).toEqual([]);
  });

  it("gets the card, too, where a glob names it, and again after a failure", async () => {
    const { promote, webauto } = await handingOver(
      BUILT_IN.replace("}}", '}, files: ["*.md", "manifest.json"]}'),
    );
    webauto.does("README.md", "exit 7");
    expect((await promote()).code).toBe(3);
    webauto.does("README.md", "exit 0");
    const retry = await promote();
    expect(retry.code, retry.stdout).toBe(0);
    expect(sent(webauto)).toEqual(["README.md", "README.md", "manifest.json"]);
  });

  it("of several, one that fails keeps the next one not away", async () => {
    const { promote, webauto } = await handingOver(
      `{name: bad, run: ["false"]}\n${BUILT_IN}`,
    );
    const run = await promote();
    expect(run.code).toBe(3);
    expect(run.stdout).toContain("`false` exited with 1");
    expect(sent(webauto)).toEqual(FILES);
  });

  it("is refused before anything is promoted: no program, no variable, nothing that fits", async () => {
    const { registry, promote, webauto, say } = await handingOver(BUILT_IN);
    rmSync(join(webauto.bin, "webauto"));
    const missing = await promote();
    expect(missing.code).toBe(2);
    expect(missing.stdout).toContain(
      "the hand-over webauto runs `webauto`, which is not on this machine",
    );
    expect(missing.stdout).toContain(
      "install Web.Auto's command line (`webauto`) in the image of the job, and log in with it; nothing was promoted",
    );

    say('{name: x, run: ["true"], env: [NOT_SET]}');
    const unset = await promote();
    expect(unset.code).toBe(2);
    expect(unset.stdout).toContain("the hand-over x needs `NOT_SET`");
    expect(existsSync(registry)).toBe(false);
  });

  it("is left to Git, and not to the model's own conversion.yaml", async () => {
    const { store } = setUp();
    configure(store, "{algorithm: A}");
    store.write(
      "model/det/conversion.yaml",
      `version: 1\ndefaults: {handover: [{name: x, run: [rm]}]}\n`,
    );
    const run = await store.run();
    expect(run.code).toBe(2);
    expect(run.stdout).toContain("handover");
  });
});
