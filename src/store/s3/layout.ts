/**
 * Where things lie below the store's prefix:
 *
 *     <branch>/model/…                       objects that people write with any tool of S3
 *     <branch>/edge/…, evidence/…            people's own; what is published is not there
 *     .model-to-edge/branches/<branch>.json  the index: what `edge/` and `evidence/` of the branch hold; readers follow it
 *     .model-to-edge/commits/<id>.json       each index that there was; `id` begins the sha256 of its bytes
 *     .model-to-edge/chains/<branch>.json    copies of the branch's commits, so that many are read at once
 *     .model-to-edge/objects/<sha256>        the bytes of published files
 *     .model-to-edge/origins/<branch>.json   what the branch was made from
 *     .model-to-edge/landings/<branch>.json  who lands in the branch
 *     .model-to-edge/landings/<branch>/<id>/…  what a landing will change, and the files that it brings
 *     .model-to-edge/drafts/<id>/<n>.json    the content that a draft needs: a sweep leaves it
 *     .model-to-edge/drafts/<id>/kept-<n>.json   the same, with paths: what a later job can take over
 *     .model-to-edge/holds/<n>.json          the same of a publication, while it is made
 *     .model-to-edge/sweep.json              whether a sweep removes content just now
 *     .model-to-edge/probe                   empty: shows whether the server keeps conditions
 */
export const OWN = ".model-to-edge/";
export const OBJECTS = `${OWN}objects/`;
export const DRAFTS = `${OWN}drafts/`;
export const HOLDS = `${OWN}holds/`;
export const LANDINGS = `${OWN}landings/`;
export const SWEEP = `${OWN}sweep.json`;
export const CHAINS = `${OWN}chains/`;
export const BRANCHES = `${OWN}branches/`;
export const PROBE = `${OWN}probe`;

/** Hex digits that name a publication. */
const ID_LENGTH = 16;

export function indexKey(branch: string): string {
  return `${BRANCHES}${branch}.json`;
}

export function commitKey(id: string): string {
  return `${OWN}commits/${id}.json`;
}

export function chainKey(branch: string): string {
  return `${CHAINS}${branch}.json`;
}

export function objectKey(sha256: string): string {
  return OBJECTS + sha256;
}

export function originKey(branch: string): string {
  return `${OWN}origins/${branch}.json`;
}

export function landingKey(branch: string): string {
  return `${LANDINGS}${branch}.json`;
}

/** What everything of one landing in a branch begins with. */
export function landingPrefix(branch: string, id: string): string {
  return `${LANDINGS}${branch}/${id}/`;
}

/** What the marks of a draft begin with. */
export function draftPrefix(id: string): string {
  return `${DRAFTS}${id}/`;
}

/** What names a publication: the beginning of the sha256 of its index. */
export function shortId(sha256: string): string {
  return sha256.slice(0, ID_LENGTH);
}

/** The sha256 that a key of a published file names; null for other keys. */
export function addressedBy(key: string): string | null {
  return (
    /(?:^|\/)\.model-to-edge\/objects\/([0-9a-f]{64})$/.exec(key)?.[1] ?? null
  );
}
