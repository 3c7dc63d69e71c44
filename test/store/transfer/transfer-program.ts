import { readFile } from "node:fs/promises";
import { readEnvironment } from "../../../src/environment/environment.ts";
import { nameDraft } from "../../../src/store/draft-name.ts";
import { lakefsStore } from "../../../src/store/lakefs.ts";
import { storeContext } from "../../support/store-context.ts";

// Publishes one file of a folder and downloads it again; prints what it saw and the most memory it used.
const [repository = "", folder = "", file = "", target = ""] =
  process.argv.slice(2);
const store = await lakefsStore(
  storeContext({ environment: readEnvironment(process.env) }),
  repository,
  { webUrl: null },
);
const ref = nameDraft({
  branch: "main",
  base: "",
  owner: "transfer",
  now: new Date(),
  unique: "00c0ffee",
});
const draft = store.draft(ref);
let sent = 0;
const progress = (bytes: number) => {
  sent += bytes;
};
const keep = await draft.put(folder, [file], "edge/", { progress });
process.stdout.write("staged\n");
const outcome = await draft.publish(
  [],
  () => ({ keep, remove: [], write: new Map() }),
  {
    message: "large",
    metadata: {},
  },
);
const objects = [];
const snapshot = await store.snapshot("main");
for await (const object of snapshot.list("edge/")) objects.push(object);
const [back] = await snapshot.download(objects, target);
// The highest RSS of this program: that of `resourceUsage` counts the parent's from before the start.
const status = await readFile("/proc/self/status", "utf8");
const peak = Math.round(Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]) / 1024);
process.stdout.write(
  `${JSON.stringify({ status: outcome.status, up: keep[0], back, sent, peak })}\n`,
);
await store.close();
