// Images as OCI archives: files that are there, or saved by skopeo, podman or docker.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Programs that save an image of a registry, the first that is there is taken. */
const SAVERS = [
  {
    program: "skopeo",
    steps: (image, file) => [
      ["copy", "--quiet", `docker://${image}`, `oci-archive:${file}:latest`],
    ],
  },
  {
    program: "podman",
    steps: (image, file) => [
      ["pull", "--quiet", image],
      ["save", "--quiet", "--format", "oci-archive", "--output", file, image],
    ],
  },
  {
    // Its archive holds an OCI layout from version 25 on.
    program: "docker",
    steps: (image, file) => [
      ["pull", "--quiet", image],
      ["save", "--output", file, image],
    ],
  },
];

/** Writes `images/NAME.oci.tar` for each `NAME=FILE` or `NAME=REFERENCE`; gives the names. Throws with what is wrong. */
export function saveImages(wishes, folder) {
  mkdirSync(join(folder, "images"), { recursive: true });

  return wishes.map((wish) => {
    const [, name, source] = /^([a-z0-9][a-z0-9-]*)=(.+)$/.exec(wish) ?? [];
    if (!name)
      throw new Error(`--image ${wish}: write NAME=FILE or NAME=REFERENCE`);

    const file = join(folder, "images", `${name}.oci.tar`);
    if (existsSync(source)) copyFileSync(source, file);
    else save(source, file);

    if (!isOciArchive(file))
      throw new Error(
        `--image ${wish}: not an OCI archive (no oci-layout in it); skopeo copy docker-archive:FILE oci-archive:OTHER makes one of an older docker's`,
      );
    return name;
  });
}

function save(image, file) {
  const saver = SAVERS.find(
    ({ program }) => !spawnSync(program, ["--version"]).error,
  );
  if (!saver)
    throw new Error(
      `${image} is not a file, and there is no skopeo, podman or docker to save it: install skopeo`,
    );

  for (const words of saver.steps(image.replace(/^docker:\/\//, ""), file)) {
    const { status } = spawnSync(saver.program, words, { stdio: "inherit" });
    if (status !== 0)
      throw new Error(
        `${saver.program} ${words.join(" ")} ended with ${status}`,
      );
  }
}

function isOciArchive(file) {
  return ["oci-layout", "./oci-layout"].some((name) => {
    const { status, stdout } = spawnSync("tar", ["-xOf", file, name], {
      encoding: "utf8",
    });
    return status === 0 && stdout.includes("imageLayoutVersion");
  });
}
