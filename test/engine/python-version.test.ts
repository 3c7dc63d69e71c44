import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  choosePython,
  PYTHON_VERSIONS,
} from "../../src/engine/python-version.ts";
import { temporaryFolder } from "../child/children.ts";
import { commandLine } from "../support/command-line.ts";
import { testContext } from "./toy.ts";

/** A folder with a program that calls itself Python of a version, as far as it is asked. */
function pythonOf(version: string, name = "python3"): string {
  const folder = temporaryFolder();
  const file = join(folder, name);
  const described = JSON.stringify({
    python: file,
    versions: { python: version },
    reads: [folder],
  });
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$*" in *importlib*) echo '${described}' ;; *) echo ${version} ;; esac\n`,
  );
  chmodSync(file, 0o755);
  return folder;
}

const REFUSED =
  /python3 is Python 3\.13\.1; the engines need Python 3\.11 or 3\.12/;

describe("the Python of an engine", () => {
  it.each(["3.10.4", "3.13.1", "3.1.2", "2.7.18"])(
    "is not %s",
    async (version) => {
      const python = join(pythonOf(version), "python3");
      const ctx = testContext({ MODEL_TO_EDGE_PYTHON: python });
      await expect(choosePython(ctx)).rejects.toMatchObject({
        code: "python-version",
        message: expect.stringContaining(`${python} is Python ${version};`),
        hint: expect.stringContaining("MODEL_TO_EDGE_PYTHON="),
      });
    },
  );

  it.each(["3.11.9", "3.12.0"])("may be %s", async (version) => {
    const folder = pythonOf(version);
    const chosen = await choosePython(testContext({ PATH: folder }));
    expect(chosen).toMatchObject({
      python: join(folder, "python3"),
      version,
    });
  });

  it("is the one of a version that is taken where the PATH's python3 is another, and the script is told", async () => {
    const [wrong, right] = [
      pythonOf("3.13.1"),
      pythonOf("3.12.4", "python3.12"),
    ];
    const chosen = await choosePython(
      testContext({ PATH: `${wrong}:${right}` }),
    );
    expect(chosen.isOneOfSeveral).toBe(true);
    expect(chosen.version).toMatch(/^3\.1[12]\./);
  });

  it("is refused by engine install before its script runs, and by doctor", async () => {
    const python = join(pythonOf("3.13.1"), "python3");
    const cwd = temporaryFolder();
    const cache = temporaryFolder();
    const env = { MODEL_TO_EDGE_PYTHON: python, MODEL_TO_EDGE_CACHE: cache };

    const install = await commandLine(["engine", "install", "sklearn"], {
      cwd,
      env,
    });
    expect([install.code, install.stdout]).toEqual([
      2,
      expect.stringMatching(REFUSED),
    ]);
    expect(install.stdout).not.toContain("Makes a Python environment");

    const doctor = await commandLine(["doctor"], { cwd, env });
    expect(doctor.stdout).toMatch(
      /missing +Python: [\s\S]*fix: .*MODEL_TO_EDGE_PYTHON=/,
    );
  });

  it("is refused by npm run demo before npm ci", () => {
    const clone = temporaryFolder();
    cpSync("scripts", join(clone, "scripts"), { recursive: true });
    mkdirSync(join(clone, "src"));
    for (const file of ["package.json", "package-lock.json"])
      cpSync(file, join(clone, file));

    const { status, stderr } = spawnSync(
      process.execPath,
      ["scripts/demo.mjs"],
      {
        cwd: clone,
        encoding: "utf8",
        env: {
          PATH: process.env.PATH,
          MODEL_TO_EDGE_PYTHON: join(pythonOf("3.13.1"), "python3"),
        },
      },
    );
    expect([status, stderr]).toEqual([2, expect.stringMatching(REFUSED)]);
    expect(stderr).toContain("hint: install one of them beside it");
    expect(existsSync(join(clone, "node_modules"))).toBe(false);
  });
});

describe("one range of Python", () => {
  const RANGE = PYTHON_VERSIONS.join(" or ");
  const pair = `((${PYTHON_VERSIONS.map((each) => each.replace(".", ", ")).join("), (")}))`;

  it.each(
    readdirSync("components").filter((name) =>
      existsSync(`components/${name}/install.sh`),
    ),
  )("is what the install script of %s takes", (name) => {
    expect(readFileSync(`components/${name}/install.sh`, "utf8")).toContain(
      `sys.version_info[:2] not in ${pair}`,
    );
  });

  it("is what src/engine/environment.ts says", () => {
    const text = readFileSync("src/engine/environment.ts", "utf8");
    expect(text).toContain(`Python ${RANGE}`);
  });

  it.each(["README.md", "docs/getting-started.md"])(
    "is what %s says, and which of them the tests run on",
    (file) => {
      const [tested, ...others] = PYTHON_VERSIONS;
      expect(readFileSync(file, "utf8")).toContain(
        `Python ${tested} (${others.join(", ")} is accepted, but untested)`,
      );
    },
  );

  it("is the one before npm ci, too", async () => {
    const text = readFileSync("scripts/parts/python-version.mjs", "utf8");
    const [, list = ""] = /PYTHON_VERSIONS = (\[.*\])/.exec(text) ?? [];
    expect(JSON.parse(list)).toEqual(PYTHON_VERSIONS);
  });
});
