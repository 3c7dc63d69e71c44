// Python packages of the engines, each file by the hash that its list names.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** 3 GB, and not needed on Debian, whose own torch is taken. */
const LARGE = "requirements-torch.txt";

/** Downloads into `wheels/ENGINE/` what its install script takes, once for each Python. Throws with pip's call. */
export function downloadWheels(root, folder, { engine, pythons, torch }) {
  const home = join(root, "components", engine);
  if (!existsSync(join(home, "engine.json")))
    throw new Error(`--engine ${engine}: there is no components/${engine}`);

  const { install } = JSON.parse(
    readFileSync(join(home, "engine.json"), "utf8"),
  );
  const lists = (install?.inputs ?? []).filter(
    (file) => file.endsWith(".txt") && file.startsWith("requirements"),
  );
  const wheels = join(folder, "wheels", engine);
  mkdirSync(wheels, { recursive: true });

  for (const python of pythons)
    for (const list of lists)
      if (list !== LARGE || torch) pip(python, join(home, list), wheels);
}

function pip(python, list, wheels) {
  const words = [
    ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check"],
    ...["--require-hashes", "--no-deps", "--dest", wheels, "-r", list],
  ];
  const { status, error } = spawnSync(python, words, { stdio: "inherit" });
  if (status !== 0)
    throw new Error(
      `${python} ${words.join(" ")} failed (${error?.message ?? status})`,
    );
}
