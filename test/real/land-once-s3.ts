import { readEnvironment } from "../../src/environment/environment.ts";
import { openStore } from "../../src/store/open.ts";
import { storeContext } from "../support/store-context.ts";
import { wishOf } from "./landing-wish.ts";

// A landing in a process of its own, which a test kills.
const [url = "", source = "", head = ""] = process.argv.slice(2);
const environment = readEnvironment(process.env);
const store = await openStore(storeContext({ environment }), url, {
  webUrl: null,
});
const { status } = await store.land(wishOf(source, head));
console.log(status);
await store.close();
