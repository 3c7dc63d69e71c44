import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gitIn } from "../real/consumer-project.ts";
import { bringBundle, PROJECT, version } from "./brought-bundle.ts";
import {
  type ClosedNetwork,
  openClosedNetwork,
  whyNoRegistry,
} from "./closed-network.ts";
import { makeTeamProject, runTeamPipeline } from "./team-project.ts";

const SLOW = process.env.INSTALL === "all";
const why = whyNoRegistry();
if (why && process.env.MODEL_TO_EDGE_TEST_REAL === "required")
  throw new Error(why);
if (why) console.log(`skipped: ${why}`);

describe.skipIf(why)("a GitLab without internet", () => {
  let work: string;
  let net: ClosedNetwork;
  let unpacked: string;
  let bare: string;
  let prefix: string;
  let digests: Record<string, string> = {};

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), "model-to-edge-install-"));
    chmodSync(work, 0o755);
    ({ unpacked, bare, digests } = bringBundle(work, SLOW));
    prefix = join(work, "global");
    net = await openClosedNetwork(join(work, "registry"));
  }, 600_000);
  afterAll(async () => {
    await net?.close();
    rmSync(work, { recursive: true, force: true });
  });

  const importIt = (env: Record<string, string> = {}) =>
    net.run(["sh", "import.sh"], {
      cwd: unpacked,
      env: {
        GITLAB_URL: pathToFileURL(join(work, "gitlab")).href,
        REGISTRY: net.registry,
        REGISTRY_TLS: "false",
        HOME: work,
        ...env,
      },
    });

  const tool = (words: string[], cwd: string, env = {}) =>
    net.run(["model-to-edge", ...words], {
      cwd,
      env: {
        PATH: `${prefix}/bin:${process.env.PATH}`,
        HOME: work,
        MODEL_TO_EDGE_CACHE: join(work, "cache"),
        ...env,
      },
    });

  it("really has no internet", () => {
    const asked = net.run(
      [
        process.execPath,
        "-e",
        "fetch(process.env.npm_config_registry).then(() => process.exit(0), () => process.exit(7))",
      ],
      { cwd: work },
    );
    expect(asked.status).toBe(7);
    if (net.kind === "namespace")
      expect(net.run(["ip", "route"], { cwd: work }).stdout.trim()).toBe("");
  });

  it("says what is missing before it does anything", () => {
    expect(importIt({ GITLAB_URL: "" })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("GITLAB_URL is not set"),
    });
    expect(importIt({ REGISTRY: "" }).stderr).toContain("REGISTRY is not set");
  });

  it("takes no bundle that was damaged on the way", () => {
    const file = join(unpacked, "images/runner.oci.tar");
    const whole = readFileSync(file);
    appendFileSync(file, "x");
    expect(importIt()).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("the bundle is damaged"),
    });
    writeFileSync(file, whole);
  });

  it("gets images, branch and tag by import.sh, byte by byte, also a second time", () => {
    for (const time of ["first", "second"]) {
      const { status, stdout, stderr } = importIt({
        GITLAB_TOKEN: "glpat-secret",
      });
      expect({ time, status, stderr }).toEqual({ time, status: 0, stderr: "" });
      expect(stdout).toContain(
        `include $CI_SERVER_FQDN/${PROJECT}/convert@${version}`,
      );
      expect(stdout).not.toContain("glpat-secret");
    }

    for (const [name, digest] of Object.entries(digests)) {
      const { stdout } = net.run(
        [
          "skopeo",
          "inspect",
          "--tls-verify=false",
          "--format",
          "{{.Digest}}",
          `docker://${net.registry}/${PROJECT}/${name}:${version}`,
        ],
        { cwd: work, env: { HOME: work } },
      );
      expect([name, stdout.trim()]).toEqual([name, digest]);
    }

    const git = gitIn(bare);
    expect(git("tag", "--list")).toBe(version);
    expect(git("show", `${version}:templates/land.yml`)).toContain(
      `$CI_REGISTRY/${PROJECT}/runner:${version}\n`,
    );
    expect(git("rev-parse", "main")).toBe(
      git("rev-parse", `${version}^{commit}`),
    );
    expect(readFileSync(join(work, "pushes"), "utf8")).toBe(
      `refs/heads/main ci.skip\nrefs/tags/${version} ci.variable=MODEL_TO_EDGE_IMPORTED=true\n`,
    );
  });

  it("has the command line by npm, without a server, a script or a warning", () => {
    const [file = ""] = readdirSync(join(unpacked, "npm"));
    const { status, stdout, stderr } = net.run(
      ["npm", "i", "-g", "--prefix", prefix, `./npm/${file}`],
      { cwd: unpacked, env: { HOME: work } },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.trim()).toMatch(/^added 1 package in \d+m?s$/);

    expect(tool(["--version"], work).stdout).toBe(`${version}\n`);
    expect(tool(["doctor"], work).stdout).toMatch(/ok +ONNX Runtime: \d/);
  });

  it("leads the projects of its teams to itself", () => {
    const folder = join(work, "team");
    mkdirSync(folder);
    expect(tool(["init", "--store", "lakefs://vision"], folder).status).toBe(0);
    expect(readFileSync(join(folder, ".gitlab-ci.yml"), "utf8")).toContain(
      `component: $CI_SERVER_FQDN/${PROJECT}/convert@${version.split(".")[0]}\n`,
    );
  });

  it.skipIf(!SLOW)(
    "installs an engine from the bundle's wheels, and converts in a pipeline",
    async () => {
      const env = {
        PIP_NO_INDEX: "1",
        PIP_FIND_LINKS: join(unpacked, "wheels/sklearn"),
      };
      const installed = tool(["engine", "install", "sklearn"], work, env);
      expect({ code: installed.status, log: installed.stdout }).toMatchObject({
        code: 0,
      });

      const made = tool(["demo", "--engine", "sklearn", "--dir", "made"], work);
      expect({ code: made.status, log: made.stdout }).toMatchObject({
        code: 0,
      });
      const store = pathToFileURL(join(work, "made/sklearn/store")).href;

      const folder = join(work, "models");
      makeTeamProject(folder, () => {
        const words = ["init", "--store", store, "--engine", "sklearn"];
        expect(tool(words, folder).status).toBe(0);
      });
      const ran = runTeamPipeline(net, folder, bare, {
        PATH: `${prefix}/bin:${process.env.PATH}`,
        HOME: work,
        MODEL_TO_EDGE_CACHE: join(work, "cache"),
      });
      expect(ran).toMatchObject({
        code: 0,
        log: expect.stringMatching(
          /sklearn may ship[\s\S]*PASS +model-to-edge-convert/,
        ),
      });
    },
    600_000,
  );

  it.skipIf(!SLOW || process.getuid?.() !== 0)(
    "runs the command line of an image that its registry gives",
    () => {
      const image = join(work, "pulled");
      const pulled = net.run(
        [
          "skopeo",
          "copy",
          "--quiet",
          "--src-tls-verify=false",
          `docker://${net.registry}/${PROJECT}/runner:${version}`,
          `dir:${image}`,
        ],
        { cwd: work, env: { HOME: work } },
      );
      expect(pulled.status).toBe(0);
      const { layers } = JSON.parse(
        readFileSync(join(image, "manifest.json"), "utf8"),
      ) as { layers: { digest: string }[] };
      const root = join(work, "root");
      mkdirSync(root);
      for (const { digest } of layers)
        execFileSync("tar", ["-xf", join(image, digest.slice(7)), "-C", root]);

      const { stdout } = net.run(
        [
          "chroot",
          root,
          "/opt/node",
          "/opt/model-to-edge/dist/cli.js",
          "--version",
        ],
        { cwd: work },
      );
      expect(stdout).toBe(`${version}\n`);
    },
  );
});
