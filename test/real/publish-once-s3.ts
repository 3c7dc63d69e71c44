import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readEnvironment } from "../../src/environment/environment.ts";
import { nameDraft } from "../../src/store/draft-name.ts";
import { openStore } from "../../src/store/open.ts";
import { storeContext } from "../support/store-context.ts";

// A publication in a process of its own, which a test kills.
const [url = "", name = "", folder = ""] = process.argv.slice(2);
const environment = readEnvironment(process.env);
const store = await openStore(storeContext({ environment }), url, {
  webUrl: null,
});

await mkdir(folder, { recursive: true });
await writeFile(join(folder, "weights"), name.repeat(2_000));
await writeFile(join(folder, "config"), name);
const ref = nameDraft({
  ...{ branch: "main", base: "", owner: "loop", now: new Date() },
  unique: Buffer.from(name).toString("hex").padStart(8, "0"),
});
const draft = store.draft(ref);
const keep = await draft.put(folder, ["weights", "config"], "edge/a/");
const write = new Map([["evidence/a/verdict", Buffer.from(name)]]);
await draft.publish([], () => ({ keep, remove: [], write }), {
  ...{ message: "generation", metadata: {} },
});
await draft.discard();
await store.close();
