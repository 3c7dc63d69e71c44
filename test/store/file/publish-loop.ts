import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nameDraft } from "../../../src/store/draft-name.ts";
import { fileStore } from "../../../src/store/file.ts";
import { storeContext } from "../../support/store-context.ts";

// Publishes one generation after the other until it is killed: three files that belong together.
const [root = "", work = ""] = process.argv.slice(2);
const store = fileStore(storeContext(), "file://", root);
const options = { message: "generation", metadata: {} };

for (;;) {
  const generation = randomBytes(8).toString("hex");
  const folder = join(work, generation);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "weights"), generation.repeat(2_000));
  await writeFile(join(folder, "config"), generation);
  const ref = nameDraft({
    branch: "main",
    base: "",
    owner: "loop",
    now: new Date(),
    unique: generation,
  });
  const draft = store.draft(ref);
  const keep = await draft.put(folder, ["weights", "config"], "edge/a/");
  const write = new Map([["evidence/a/verdict", Buffer.from(generation)]]);
  await draft.publish([], () => ({ keep, remove: [], write }), options);
  await draft.discard();
  process.stdout.write(".");
}
