// npm run bench [-- NAME …]: the benches that need nothing but a build, one after the other; fails where one does.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** With the words that keep each within a minute or two. */
const BENCHES = {
  start: [],
  help: [],
  overhead: [],
  plan: ["1000"],
};

const root = fileURLToPath(new URL("..", import.meta.url));
const names = process.argv.slice(2);
const unknown = names.find((name) => !(name in BENCHES));
if (unknown) {
  console.error(
    `bench: unknown bench ${unknown}; there are ${Object.keys(BENCHES).join(", ")}`,
  );
  process.exit(2);
}

for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  const { status } = spawnSync(
    process.execPath,
    [`bench/${name}.mjs`, ...BENCHES[name]],
    { cwd: root, stdio: "inherit" },
  );
  if (status !== 0) process.exitCode = 1;
}
