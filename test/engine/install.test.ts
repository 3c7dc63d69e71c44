import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Engine } from "../../src/engine/catalogue.ts";
import {
  engineEnvironment,
  environmentFolder,
} from "../../src/engine/environment.ts";
import { installEngine } from "../../src/engine/install.ts";
import { createLog } from "../../src/log/log.ts";
import { temporaryFolder, waitUntil } from "../child/children.ts";
import { testContext, toyEngine } from "./toy.ts";

const WAITING = "waiting for another process that is installing it";
const MAKE = 'mkdir -p "$1/bin"; ln -sf /usr/bin/python3 "$1/bin/python"';

/** A context whose log is kept, and an engine that installs itself by `script`. */
async function workshop(script: string, env: Record<string, string> = {}) {
  const ctx = testContext(env);
  let text = "";
  const target = {
    isTTY: false,
    write(part: string) {
      text += part;
    },
  };
  const log = createLog(target, {
    sections: false,
    colour: false,
    mask: (line) => line,
    now: ctx.now,
    docs: null,
  });
  const folder = temporaryFolder();
  writeFileSync(join(folder, "install.sh"), script);
  const install = { script: "install.sh", inputs: [], says: "Makes a link." };
  const engine: Engine = {
    ...(await toyEngine()),
    name: "other-one",
    folder,
    install,
  };
  return { ctx: { ...ctx, log }, engine, log: () => text };
}

describe("installing an engine", () => {
  it("runs its script once, shows its steps, and knows its versions afterwards", async () => {
    const { ctx, engine, log } = await workshop(
      `echo run >> "$2/runs"; echo "==> a step (3 s)"; echo quiet; ${MAKE}`,
    );
    expect(await engineEnvironment(ctx, engine)).toMatchObject({
      installed: false,
      python: null,
    });
    const made = await installEngine(ctx, engine);
    expect(made).toMatchObject({
      installed: true,
      versions: { python: expect.stringMatching(/^3\.\d+/) },
      reads: ["/usr"],
    });
    expect(made.python).toBe(
      join(await environmentFolder(ctx, engine), "bin/python"),
    );
    expect(await installEngine(ctx, engine)).toEqual(made);
    expect(readFileSync(join(ctx.cache, "engines/runs"), "utf8")).toBe("run\n");
    expect(log()).toContain("engine other-one: Makes a link.\n");
    expect(log()).toContain("install other-one: a step (3 s)\n");
    expect(log()).not.toContain("quiet");
  });

  it("that fails names the last lines and the log, is not installed, and goes on next time", async () => {
    const { ctx, engine } = await workshop(
      `${MAKE}; test -e "$2/second" || { touch "$2/second"; echo no space left; exit 7; }`,
    );
    const failed = await installEngine(ctx, engine).catch(
      (error: unknown) => error,
    );
    const logFile = `${await environmentFolder(ctx, engine)}.log`;
    expect(failed).toMatchObject({
      exitCode: 3,
      message:
        "engine other-one: its install script ended with 7\n  no space left",
      hint: expect.stringContaining(logFile),
    });
    expect(readFileSync(logFile, "utf8")).toBe("no space left\n");
    expect((await engineEnvironment(ctx, engine)).installed).toBe(false);
    expect((await installEngine(ctx, engine)).installed).toBe(true);
  });

  it("that leaves no Python is a failure whatever its exit code says", async () => {
    const { ctx, engine } = await workshop("true");
    await expect(installEngine(ctx, engine)).rejects.toThrow(
      "left no Python that runs",
    );
  });

  it("twice at once runs one script, the other waits", async () => {
    const { ctx, engine, log } = await workshop(
      `echo run >> "$2/runs"; until test -e "$2/go"; do sleep 0.05; done; ${MAKE}`,
    );
    const both = [installEngine(ctx, engine), installEngine(ctx, engine)];
    await waitUntil(() => log().includes(WAITING));
    writeFileSync(join(ctx.cache, "engines/go"), "");
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(second);
    expect(readFileSync(join(ctx.cache, "engines/runs"), "utf8")).toBe("run\n");
  });

  it("does not wait for a process that is gone", async () => {
    const { ctx, engine, log } = await workshop(MAKE);
    const lock = `${await environmentFolder(ctx, engine)}.lock`;
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, "");
    utimesSync(lock, new Date(), new Date(Date.now() - 60_000));
    expect((await installEngine(ctx, engine)).installed).toBe(true);
    expect(log()).not.toContain(WAITING);
    expect(existsSync(lock)).toBe(false);
  });

  it("gives the script the job's settings but no secrets", async () => {
    const env = {
      PIP_INDEX_URL: "https://mirror",
      CI_JOB_TOKEN: "secret-1",
      AWS_SECRET_ACCESS_KEY: "secret-2",
    };
    const { ctx, engine } = await workshop(`env > "$2/env"; ${MAKE}`, env);
    await installEngine(ctx, engine);
    const seen = readFileSync(join(ctx.cache, "engines/env"), "utf8");
    expect(seen).toContain("PIP_INDEX_URL=https://mirror");
    expect(seen).not.toContain("secret-");
  });

  it("ends on abort, and can be called again", async () => {
    const { ctx, engine } = await workshop(
      `test -e "$1/x" || { mkdir -p "$1"; touch "$1/x"; sleep 60; }; ${MAKE}`,
    );
    const abort = new AbortController();
    const started = join(await environmentFolder(ctx, engine), "x");
    const timer = setInterval(() => {
      if (existsSync(started)) abort.abort(new Error("SIGTERM"));
    }, 20);
    await expect(
      installEngine({ ...ctx, signal: abort.signal }, engine),
    ).rejects.toThrow("SIGTERM");
    clearInterval(timer);
    expect((await installEngine(ctx, engine)).installed).toBe(true);
  });
});

describe("an engine that an earlier version installed in the cache", () => {
  it("is used there, and moved by install: nothing is made again, and the old place leads to it", async () => {
    const { ctx, engine, log } = await workshop(
      `echo run >> "$2/runs"; touch "$1/x"; chmod 600 "$1/x"; ${MAKE}`,
    );
    const old = { ...ctx, engines: join(ctx.cache, "engines") };
    const before = await installEngine(old, engine);
    expect(await engineEnvironment(ctx, engine)).toEqual(before);

    const after = await installEngine(ctx, engine);
    const folder = await environmentFolder(ctx, engine);
    expect(after).toEqual({
      ...before,
      folder,
      python: join(folder, "bin/python"),
    });
    expect(log()).toContain("where another user can read it");
    expect(statSync(join(folder, "x")).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(ctx.cache, "engines/runs"), "utf8")).toBe("run\n");

    // A checkout of the earlier version on the same machine.
    expect(realpathSync(before.folder ?? "")).toBe(realpathSync(folder));
    expect((await engineEnvironment(old, engine)).python).toBe(after.python);
  });

  it("can be read by another user, whatever the umask", async () => {
    const { ctx, engine } = await workshop(`mkdir "$1/y"; ${MAKE}`);
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    const { folder } = await installEngine(ctx, engine);
    for (const path of [ctx.engines, folder ?? "", join(folder ?? "", "y")])
      expect([path, statSync(path).mode & 0o777]).toEqual([path, 0o755]);
  });
});

describe("an engine's environment", () => {
  it("is the interpreter that a variable names", async () => {
    const env = { MODEL_TO_EDGE_ENGINE_PYTHON_OTHER_ONE: "/usr/bin/python3" };
    const { ctx, engine } = await workshop(MAKE, env);
    expect(await engineEnvironment(ctx, engine)).toMatchObject({
      installed: true,
      python: "/usr/bin/python3",
      folder: null,
    });
  });

  it("is refused where the variable names something else", async () => {
    const { ctx, engine } = await workshop(MAKE, {
      MODEL_TO_EDGE_ENGINE_PYTHON_OTHER_ONE: "/bin/true",
    });
    await expect(engineEnvironment(ctx, engine)).rejects.toMatchObject({
      exitCode: 2,
      message:
        "MODEL_TO_EDGE_ENGINE_PYTHON_OTHER_ONE is /bin/true, which does not run as Python",
    });
  });

  it("is not there any more when its mark is cut off, or its Python is gone", async () => {
    const { ctx, engine } = await workshop(MAKE);
    const { folder } = await installEngine(ctx, engine);
    const mark = join(folder ?? "", "complete.json");
    const whole = readFileSync(mark, "utf8");
    writeFileSync(mark, whole.slice(0, 20));
    expect((await engineEnvironment(ctx, engine)).installed).toBe(false);
    writeFileSync(mark, whole.replace("bin/python", "bin/gone"));
    expect((await engineEnvironment(ctx, engine)).installed).toBe(false);
  });
});
