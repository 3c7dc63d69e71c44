import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  afterAll,
  beforeAll,
  describe,
  expect,
  it,
  onTestFinished,
} from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Says what it was asked, and leaves a digest where one is wanted. */
const BUILDAH = `#!/bin/sh
echo "buildah $*" >&2
for word in "$@"; do
  [ "$before" = --digestfile ] && printf 'sha256:%064d' 7 > "$word"
  before=$word
done
case "$1" in
  from) echo working-container ;;
  run) echo '{"bomFormat": "CycloneDX"}' ;;
esac
`;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-images-"));
  writeFileSync(join(folder, "buildah"), BUILDAH);
  chmodSync(join(folder, "buildah"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function buildImages(words: string[], env: Record<string, string> = {}) {
  const script = ["scripts/build-images.sh", ...words];
  const { stdout, stderr, status } = spawnSync("/bin/bash", script, {
    cwd: ROOT,
    encoding: "utf8",
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      IMAGES: "registry.example/edge",
      CI_COMMIT_SHA: "abc",
      ...env,
    },
  });
  return { stdout, lines: stderr.split("\n").filter(Boolean), status };
}

describe("scripts/build-images.sh", () => {
  it("builds and pushes the runner, then the engines upon it", () => {
    const { lines, status } = buildImages(["cpu"]);
    expect(lines).toEqual([
      "buildah build --file components/runner/Dockerfile --tag registry.example/edge/runner:abc .",
      "buildah push registry.example/edge/runner:abc",
      "buildah build --file components/mmdeploy/Dockerfile --build-arg RUNNER=registry.example/edge/runner:abc --tag registry.example/edge/mmdeploy:abc .",
      "buildah push registry.example/edge/mmdeploy:abc",
      "buildah build --file components/sklearn/Dockerfile --build-arg RUNNER=registry.example/edge/runner:abc --tag registry.example/edge/sklearn:abc .",
      "buildah push registry.example/edge/sklearn:abc",
      "buildah build --file components/tensorflow/Dockerfile --build-arg RUNNER=registry.example/edge/runner:abc --tag registry.example/edge/tensorflow:abc .",
      "buildah push registry.example/edge/tensorflow:abc",
      "buildah build --file components/torch/Dockerfile --build-arg RUNNER=registry.example/edge/runner:abc --tag registry.example/edge/torch:abc .",
      "buildah push registry.example/edge/torch:abc",
    ]);
    expect(status).toBe(0);
  });

  it("takes a company's bases, mirrors and authorities", () => {
    const { lines } = buildImages(["cpu"], {
      NODE_IMAGE: "mirror.example/node:22",
      DEBIAN_IMAGE: "mirror.example/debian:12",
      NPM_CONFIG_REGISTRY: "https://npm.example/",
      PIP_INDEX_URL: "https://pip.example/simple",
      CA_BUNDLE: "/builds/ca.pem",
    });
    for (const line of lines.filter((said) => said.includes("buildah build"))) {
      expect(line).toContain("NPM_CONFIG_REGISTRY=https://npm.example/ ");
      expect(line).toContain("PIP_INDEX_URL=https://pip.example/simple ");
      expect(line).toContain("--volume /builds/ca.pem:/run/authorities.pem:ro");
      expect(line).toContain("NODE_EXTRA_CA_CERTS=/run/authorities.pem ");
    }
    expect(lines[0]).toContain("NODE=mirror.example/node:22 ");
    expect(lines[2]).toContain("BASE=mirror.example/debian:12 ");
  });

  it("builds the engine with CUDA", () => {
    const { lines } = buildImages(["cuda"], { CUDA_IMAGE: "cuda:13" });
    expect(lines[0]).toContain("--build-arg BASE=cuda:13 ");
    expect(lines[0]).toContain("--build-arg FORCE_CUDA=1 ");
    expect(lines[1]).toBe(
      "buildah push registry.example/edge/mmdeploy-cuda:abc",
    );
  });

  it("says each image of a release by its digest, with a bill of what is in it", () => {
    const { stdout, lines, status } = buildImages(["tag", "1.2.0"], {
      CI_PROJECT_URL: "https://gitlab.example/ml/edge",
    });
    onTestFinished(() => rmSync(join(ROOT, "sbom"), { recursive: true }));
    const digest = `sha256:${"7".padStart(64, "0")}`;
    const names = [
      "runner",
      "mmdeploy",
      "mmdeploy-cuda",
      "sklearn",
      "tensorflow",
      "torch",
    ];
    expect(stdout.trim().split("\n")).toEqual(
      names.map(
        (name) =>
          `- \`registry.example/edge/${name}:1.2.0@${digest}\`, [what is in it](https://gitlab.example/ml/edge/-/jobs/artifacts/1.2.0/raw/sbom/${name}.cdx.json?job=tag-images) (CycloneDX)`,
      ),
    );
    for (const name of names)
      expect(
        readFileSync(join(ROOT, `sbom/${name}.cdx.json`), "utf8"),
      ).toContain("CycloneDX");

    const runs = lines.filter((line) => line.startsWith("buildah run"));
    expect(runs.map((line) => line.replace(/.*scripts/, ""))).toEqual(
      [
        "/sbom.mjs runner 1.2.0 ",
        "/sbom.mjs mmdeploy 1.2.0 /opt/engine/bin/python",
        "/sbom.mjs mmdeploy-cuda 1.2.0 /opt/engine/bin/python",
        "/sbom.mjs sklearn 1.2.0 /opt/engine/bin/python",
        "/sbom.mjs tensorflow 1.2.0 /opt/engine/bin/python",
        "/sbom.mjs torch 1.2.0 /opt/engine/bin/python",
      ].map((line) => line.trimEnd()),
    );
    expect(status).toBe(0);
  });

  it("stops where a build fails, and where it does not know what to do", () => {
    expect(buildImages(["gpu"]).status).toBe(2);
    // A failing build, and no buildah at all.
    const failing = mkdtempSync(join(folder, "failing-"));
    expect(buildImages(["cpu"], { PATH: failing }).status).toBe(127);
    writeFileSync(join(failing, "buildah"), "#!/bin/sh\nexit 9\n");
    chmodSync(join(failing, "buildah"), 0o755);
    expect(buildImages(["cpu"], { PATH: failing }).status).toBe(9);
  });
});
