import { plainUrl } from "./plain-url.ts";

/** What the address of the documentation is made from. */
export interface DocsQuestion {
  /** As the input `docs-url` has it; null where it is not set. */
  wanted: string | null;
  /** Address of the GitLab server that the pipeline runs on, whose catalog holds the component; null outside of one. */
  server: string | null;
  /** `repository.url` of package.json: a release stamps it with the component's project. */
  repository: string;
  version: string;
}

/**
 * Where the pages of the documentation are, without a `/` at the end: as asked, else in the component's project at this
 * version.
 */
export function docsAddress({
  wanted,
  server,
  repository,
  version,
}: DocsQuestion): string {
  if (isWeb(wanted)) return wanted.replace(/\/+$/, "");

  const { origin, pathname } = new URL(repository.replace(/^git\+/, ""));
  const project = pathname.replace(/\.git$/, "");
  const host = isWeb(server) ? plainUrl(server).replace(/\/+$/, "") : origin;

  return `${host}${project}/-/blob/${version}/docs`;
}

/** The page about an error's code, relative to the documentation's folder. */
export function errorPage(word: string): string {
  return `errors.md#${encodeURIComponent(word)}`;
}

/** The page about landing. */
export const LANDING_PAGE = "landing.md";

/** The page about versions and the registry. */
export const REGISTRY_PAGE = "registry.md";

/** What to do when nothing was landed. */
export const LANDING_HELP = `${LANDING_PAGE}#for-the-person-on-call`;

/** An address that may stand in a link. */
function isWeb(text: string | null): text is string {
  return text !== null && /^https?:\/\/[^\s<>()[\]"'`\\]+$/.test(text);
}
