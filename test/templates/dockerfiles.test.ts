import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { realPart } from "./part.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILES = [
  "components/runner/Dockerfile",
  "components/mmdeploy/Dockerfile",
  "components/sklearn/Dockerfile",
  "components/tensorflow/Dockerfile",
  "components/torch/Dockerfile",
];
const ENGINES = ["mmdeploy", "sklearn", "tensorflow", "torch"];
const hadolint = realPart("hadolint.mjs");

function lint(
  words: string[],
  input = "",
): { stdout: string; status: number | null } {
  const { stdout, status } = spawnSync(hadolint ?? "", words, {
    encoding: "utf8",
    input,
  });
  return { stdout, status };
}

/** Lines of a Dockerfile, those that go on joined, without comments. */
function instructions(file: string): string[] {
  const text = readFileSync(`${ROOT}${file}`, "utf8").replaceAll(
    /^\s*#.*\n/gm,
    "",
  );
  return text.replaceAll("\\\n", " ").split("\n").filter(Boolean);
}

describe.each(FILES)("%s", (file) => {
  it.skipIf(!hadolint)("is fine for hadolint", () => {
    expect(lint([`${ROOT}${file}`])).toEqual({ stdout: "", status: 0 });
  });

  it("copies only what is in the repository", () => {
    const copies = instructions(file).filter(
      (line) => line.startsWith("COPY ") && !line.includes("--from="),
    );
    const sources = copies.flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(sources.length).toBeGreaterThan(1);
    expect(sources.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});

it("gives the runner's build all that it reads", () => {
  const [, build = []] = stagesOf(instructions("components/runner/Dockerfile"));
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-image-"));
  try {
    for (const [sources, target] of copiesOf(build))
      for (const source of sources) copy(source, folder, target);
    symlinkSync(`${ROOT}node_modules`, join(folder, "node_modules"));

    const { status, stderr } = spawnSync(
      process.execPath,
      ["scripts/build.mjs"],
      { cwd: folder, encoding: "utf8" },
    );

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** What stands before the first FROM, and then the instructions of each stage. */
function stagesOf(lines: string[]): string[][] {
  const stages: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith("FROM ")) stages.push([]);
    stages.at(-1)?.push(line);
  }

  return stages;
}

/** Sources and target of each COPY from the repository. */
function copiesOf(lines: string[]): [string[], string][] {
  return lines
    .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
    .map((line) => line.split(/\s+/).slice(1))
    .map((words) => [words.slice(0, -1), words.at(-1) ?? ""]);
}

/** As COPY does: a file goes into a target that ends in a slash, a folder's content into its target. */
function copy(source: string, folder: string, target: string): void {
  const into = target.endsWith("/") ? join(target, basename(source)) : target;
  cpSync(`${ROOT}${source}`, join(folder, into), { recursive: true });
}

describe("the images", () => {
  it.skipIf(!hadolint)(
    "are linted by a tool that notices a shell line without care",
    () => {
      const { stdout, status } = lint(
        ["-"],
        "FROM debian\nRUN cd /tmp && sudo apt-get install x\n",
      );
      expect(status).toBe(1);
      expect(stdout).toMatch(/DL3006[\s\S]*DL3003/);
    },
  );

  it("hold every folder that the package holds", () => {
    const { files } = JSON.parse(
      readFileSync(`${ROOT}package.json`, "utf8"),
    ) as { files: string[] };
    const copied = instructions("components/runner/Dockerfile").filter((line) =>
      line.startsWith("COPY "),
    );
    expect(copied.map((line) => line.split(/\s+/).at(-1))).toEqual(
      expect.arrayContaining(files),
    );
  });

  it("have no root where no engine runs", () => {
    expect(instructions("components/runner/Dockerfile")).toContain(
      "USER 10001:10001",
    );
  });

  it.each(ENGINES)(
    "install %s by the script of engine install, with all that it reads",
    (name) => {
      const engine = JSON.parse(
        readFileSync(`${ROOT}components/${name}/engine.json`, "utf8"),
      );
      const lines = instructions(`components/${name}/Dockerfile`);
      const { script, inputs } = engine.install;
      const copy = lines.find((line) => line.includes(`/${script} `)) ?? "";
      const copied = copy.split(/\s+/).slice(1, -1);
      expect(copied.sort()).toEqual(
        [script, ...inputs].map((file) => `components/${name}/${file}`).sort(),
      );
      expect(lines.join("\n")).toContain(
        `sh /tmp/engine/${script} /opt/engine `,
      );
    },
  );
});
