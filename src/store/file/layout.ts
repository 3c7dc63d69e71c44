import { join } from "node:path";

/**
 * Where things lie in a file store:
 *
 *     DIR/<branch>/model/…                       plain files, people's own
 *     DIR/<branch>/edge      -> .published/edge  fixed links, made once
 *     DIR/<branch>/evidence  -> .published/evidence
 *     DIR/<branch>/.published -> ../.model-to-edge/publications/<id>   the one link that a publication switches
 *     DIR/<branch>/.published.new                the next such link, a moment before; a run that was killed leaves it
 *     DIR/.model-to-edge/publications/<id>/…     whole and never changed
 *     DIR/.model-to-edge/commits/<id>.json       who, when, and the publication before
 *     DIR/.model-to-edge/drafts/<id>/            draft.json, files/… and kept-<n>.json: what a later job can take over
 *     DIR/.model-to-edge/landings/<branch>.open.json   what a landing changes in a branch, until it has ended
 *     DIR/.model-to-edge/landings/<branch>.json        the last landing that ended
 *     DIR/.model-to-edge/lock                    a link to nothing, whose text says who makes a publication
 */
export interface Layout {
  root: string;
  /** Folders of a branch that hold models and what is published: what lies beside them is none of the store's. */
  paths: readonly string[];
  lock: string;
  drafts: string;
  landings: string;
  publications: string;
  commits: string;
}

/** Name of the one link in a branch's folder, and its name before it takes that place. */
export const CURRENT = ".published";
export const NEXT = `${CURRENT}.new`;

/** Whether a name in a branch's folder is the store's own, and so no content of the branch. */
export function isBookkeeping(name: string): boolean {
  return name === CURRENT || name === NEXT;
}

const PATHS = ["model", "edge", "evidence"];

export function layoutOf(
  root: string,
  paths: readonly string[] = PATHS,
): Layout {
  const own = join(root, ".model-to-edge");
  return {
    root,
    paths,
    lock: join(own, "lock"),
    drafts: join(own, "drafts"),
    landings: join(own, "landings"),
    publications: join(own, "publications"),
    commits: join(own, "commits"),
  };
}
