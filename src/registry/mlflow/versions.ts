import type { Answer, MlflowClient } from "./client.ts";

/** A version of a registered model that a promotion wrote. */
export interface MlflowVersion {
  /** MLflow's own count: 1, 2, 3. */
  number: number;
  release: string;
  digest: string;
  /** As MLflow has it: `mlflow-artifacts:/…/model`. */
  source: string;
  tags: ReadonlyMap<string, string>;
}

export const RELEASE_TAG = "edge.release";
export const DIGEST_TAG = "edge.digest";
const PAGE = 200;

/** All of a registered model, the first ones first; those that others registered are left out. */
export async function promotedVersions(
  client: MlflowClient,
  name: string,
): Promise<MlflowVersion[]> {
  const found = await pages(client, {
    ...{ path: "model-versions/search", key: "model_versions" },
    filter: `name='${name}'`,
  });

  return found
    .flatMap((each) => {
      const tags = tagsIn(each.tags);
      const release = tags.get(RELEASE_TAG);
      if (release === undefined) return [];

      const digest = tags.get(DIGEST_TAG) ?? "";
      const source = String(each.source);
      return [{ number: Number(each.version), release, digest, source, tags }];
    })
    .sort((a, b) => a.number - b.number);
}

/** All entries of a search, page by page. */
export async function pages(
  client: MlflowClient,
  { path, key, filter }: { path: string; key: string; filter: string },
): Promise<Answer[]> {
  const all: Answer[] = [];
  let token: unknown = "";
  do {
    const answer = await client.call({
      ...{ method: "GET", path, what: `listing ${key}` },
      data: {
        max_results: PAGE,
        ...(filter && { filter }),
        ...(token ? { page_token: token } : {}),
      },
    });
    const entries = answer?.[key];
    if (Array.isArray(entries)) all.push(...entries);
    token = answer?.next_page_token;
  } while (token);

  return all;
}

/** MLflow's list of keys and values. */
export function tagsIn(tags: unknown): Map<string, string> {
  return new Map(
    (Array.isArray(tags) ? tags : []).map(
      ({ key, value }: { key: unknown; value: unknown }) => [
        ...([String(key), String(value)] as const),
      ],
    ),
  );
}
