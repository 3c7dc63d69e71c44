import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OPTION = "DPkg::Lock::Timeout=";
/** `apt-get` where a shell reads a command, up to the command's end. */
const CALL = /(?:^|RUN|&&|\|\||[;{]|\$\(|sudo|then|do) *apt-get\b[^\n;&|]*/gm;
/** In a list of words for a child process. */
const SPAWNED = /["']apt(?:-get)?["'],\s*\[[^\]]*\]/g;
const hasApt = spawnSync("apt-get", ["--version"]).status === 0;
if (!hasApt && process.env.MODEL_TO_EDGE_TEST_REAL === "required")
  throw new Error("apt-get is missing: use Debian");

function calls(): { file: string; call: string }[] {
  const files = execFileSync(
    "git",
    [
      "ls-files",
      "--",
      "scripts",
      "src",
      "components",
      "templates",
      ".ci",
      "*.yml",
    ],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  return files
    .trim()
    .split("\n")
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      return [...text.matchAll(CALL), ...text.matchAll(SPAWNED)].map(
        ([call]) => ({ file, call: call.trim() }),
      );
    });
}

test("every call of apt-get in the project waits for another installer", () => {
  const found = calls();
  const files = [...new Set(found.map(({ file }) => file))].sort();
  const known = [
    "components/mmdeploy/Dockerfile",
    "components/mmdeploy/install.sh",
    "components/runner/Dockerfile",
    "scripts/parts/debian-packages.mjs",
  ];
  expect(files).toEqual(expect.arrayContaining(known));
  expect(
    found.filter(
      ({ call }) => !call.includes(OPTION) && !call.includes("...LOCK"),
    ),
  ).toEqual([]);
});

test.runIf(hasApt)(
  "tools from Debian are installed once another installer gives the lists and dpkg's lock back",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "apt-"));
    const lists = join(folder, "state/lists/lock");
    const dpkg = join(folder, "dpkg/lock-frontend");
    for (const path of [
      "state/lists/partial",
      "cache/archives/partial",
      "dpkg",
    ])
      mkdirSync(join(folder, path), { recursive: true });
    copyFileSync("/var/lib/dpkg/status", join(folder, "dpkg/status"));
    const settings = {
      "Dir::State": join(folder, "state"),
      "Dir::State::status": join(folder, "dpkg/status"),
      "Dir::Cache": join(folder, "cache"),
      "Dir::Etc::sourcelist": "/dev/null",
      "Dir::Etc::sourceparts": "/dev/null",
    };
    writeFileSync(
      join(folder, "apt.conf"),
      Object.entries(settings)
        .map(([name, value]) => `${name} "${value}";\n`)
        .join(""),
    );
    // They let go when they were waited for, not by the clock.
    const [listsHolder, dpkgHolder] = [await hold(lists), await hold(dpkg)];
    const module = join(ROOT, "scripts/parts/debian-packages.mjs");
    const program = `import(${JSON.stringify(module)}).then((m) => m.installPackages(["hostname"], console.log))`;
    const installer = spawn(process.execPath, ["-e", program], {
      env: { ...process.env, APT_CONFIG: join(folder, "apt.conf") },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let stdout = "";
    installer.stdout.on("data", (data) => {
      stdout += String(data);
      if (!stdout.includes("once more")) return;
      listsHolder.kill();
      setTimeout(() => dpkgHolder.kill(), 7000);
    });
    const [status] = await once(installer, "close");
    for (const holder of [listsHolder, dpkgHolder]) holder.kill();
    rmSync(folder, { recursive: true });
    expect(status).toBe(0);
    expect(stdout).toMatch(/waits up to 10 minutes for another installer/);
    expect(stdout).toMatch(/apt-get update failed .* once more in 5 s/);
  },
);

/** Holds a lock as apt does, in a process of its own, a minute at most. */
async function hold(file: string) {
  const program =
    "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)";
  const child = spawn("python3", ["-c", program, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}
