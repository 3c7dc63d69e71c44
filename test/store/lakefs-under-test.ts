import { readEnvironment } from "../../src/environment/environment.ts";
import { lakefsStore } from "../../src/store/lakefs.ts";
import { TIMING, type Timing } from "../../src/store/transfer/timing.ts";
import type { LakefsServer } from "../support/lakefs-server.ts";
import { storeContext } from "../support/store-context.ts";
import type { StoreUnderTest } from "./harness.ts";

export interface LakefsUnderTest extends StoreUnderTest {
  repository: string;
  /** An address below the repository, for the server's API. */
  path(rest: string): string;
  /** Uploads without a commit, as a person who forgot it. */
  upload(
    branch: string,
    files: Record<string, string | Uint8Array | null>,
  ): Promise<void>;
}

/** A store on a fresh repository; `through` is another address of the same server, such as a proxy's. */
export async function lakefsUnderTest(
  server: LakefsServer,
  timing: Partial<Timing> = {},
  through: string = server.endpoint,
): Promise<LakefsUnderTest> {
  const repository = await server.repository();
  const env = { ...server.env, LAKECTL_SERVER_ENDPOINT_URL: through };
  const opened = () =>
    lakefsStore(
      storeContext({ environment: readEnvironment(env) }),
      repository,
      { webUrl: null },
      { ...TIMING, ...timing },
    );
  const store = await opened();
  const upload: LakefsUnderTest["upload"] = async (branch, files) => {
    for (const [path, content] of Object.entries(files)) {
      const query = `path=${encodeURIComponent(path)}`;
      const place = `/repositories/${repository}/branches/${branch}/objects?${query}`;
      if (content === null) await server.call("DELETE", place);
      else await server.upload(place, content);
    }
  };
  return {
    store,
    opened,
    repository,
    path: (rest) => `/repositories/${repository}${rest}`,
    upload,
    async write(branch, files) {
      await upload(branch, files);
      await server.call(
        "POST",
        `/repositories/${repository}/branches/${branch}/commits`,
        { message: "by hand" },
      );
    },
    close: () => store.close(),
  };
}
