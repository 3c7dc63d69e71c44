import { join } from "node:path";

/**
 * Where things lie in a file store:
 *
 *     DIR/<branch>/model/…                       plain files, people's own
 *     DIR/<branch>/edge      -> .published/edge  fixed links, made once
 *     DIR/<branch>/evidence  -> .published/evidence
 *     DIR/<branch>/.published -> ../.model-to-edge/publications/<id>   the one link that a publication switches
 *     DIR/.model-to-edge/publications/<id>/…     whole and never changed
 *     DIR/.model-to-edge/commits/<id>.json       who, when, and the publication before
 *     DIR/.model-to-edge/drafts/<id>/            draft.json and files/…
 *     DIR/.model-to-edge/lock                    held while a publication is made
 */
export interface Layout {
  root: string;
  lock: string;
  drafts: string;
  publications: string;
  commits: string;
}

/** Name of the one link in a branch's folder. */
export const CURRENT = ".published";

export function layoutOf(root: string): Layout {
  const own = join(root, ".model-to-edge");
  return {
    root,
    lock: join(own, "lock"),
    drafts: join(own, "drafts"),
    publications: join(own, "publications"),
    commits: join(own, "commits"),
  };
}
