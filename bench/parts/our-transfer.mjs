// Transfers as a run makes them. Words: up REPOSITORY UNIQUE FOLDER, or down REPOSITORY PREFIX FOLDER; the server by lakectl's variables.
import { readdirSync } from "node:fs";
import { readEnvironment } from "../../src/environment/environment.ts";
import { nameDraft } from "../../src/store/draft-name.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";

const [way, repository, word, folder] = process.argv.slice(2);
const store = await lakefsStore(
  {
    environment: readEnvironment(process.env),
    home: process.env.HOME,
    fetch,
    signal: new AbortController().signal,
    now: () => new Date(),
    log: { warn: console.error },
  },
  repository,
  { webUrl: null },
);

const files = await (way === "up" ? up() : down());
const size = files.reduce((sum, file) => sum + file.size, 0);
console.log(`${files.length} files, ${size} bytes`);
await store.close();

/** Into a draft, hashed and compared with what arrived. */
function up() {
  const draft = nameDraft({
    ...{ branch: "main", base: "", owner: "bench", now: new Date() },
    unique: word,
  });
  return store.draft(draft).put(folder, readdirSync(folder), "edge/");
}

/** What a branch has below a prefix, hashed and compared with the store's checksums. */
async function down() {
  const snapshot = await store.snapshot("main");
  const objects = [];
  for await (const object of snapshot.list(word)) objects.push(object);

  return snapshot.download(objects, folder, {
    rename: (path) => path.slice(word.length),
  });
}
