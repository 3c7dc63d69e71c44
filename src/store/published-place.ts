import { UsageError } from "../errors.ts";

/** Where published models lie: a store, a branch of it, and one model or (null) all. */
export interface PublishedPlace {
  store: string;
  branch: string;
  model: string | null;
}

const FORM = "STORE/BRANCH/MODEL, or STORE/BRANCH/ for all models";

/**
 * Reads `lakefs://vision/main/detector`, or `file:///data/models/main/detector`; a `/` at the end names all models of the
 * branch. Throws `UsageError` that says the form.
 */
export function parsePublishedPlace(place: string): PublishedPlace {
  const [, scheme = "", path = ""] =
    /^([a-z0-9]+:\/\/)(.+)$/s.exec(place) ?? [];
  const parts = path.split("/");
  // A repository has no folders: a `/` behind the model's name can mean nothing else.
  if (scheme === "lakefs://" && parts.length === 4 && parts[3] === "")
    parts.pop();
  const last = parts.pop() ?? "";
  const branch = parts.pop() ?? "";
  const store = parts.join("/");

  if (scheme === "" || branch === "" || store === "")
    throw new UsageError(
      `${JSON.stringify(place)} does not name a published model`,
      {
        code: "place-unknown",
        hint: `write ${FORM}, such as lakefs://vision/main/detector`,
      },
    );

  return { store: scheme + store, branch, model: last === "" ? null : last };
}
