import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { hashBytes } from "../../disk/hash-file.ts";
import { UsageError } from "../../errors.ts";
import { orMissing } from "../../node-error.ts";
import { shellQuote } from "../../text/shell-quote.ts";
import { topOf } from "../paths.ts";
import { CURRENT, type Layout } from "./layout.ts";
import { isOurLink, linkText } from "./publication.ts";

/**
 * Refuses a branch whose `edge` (or `evidence`) is a folder that people made: it could not be switched in one step. The
 * hint is the command that turns it into a publication, its files kept; of a folder that holds the models as well, what
 * to set instead.
 */
export async function refuseOwnFolder(
  layout: Layout,
  branch: string,
  top: string,
): Promise<void> {
  const stats = await orMissing(lstat(join(layout.root, branch, top)));
  if (stats === null || (await isOurLink(layout, branch, top))) return;
  // Of `p/model`, `p/edge` and `p/evidence` the one link would be `p`.
  if (layout.paths.every((path) => topOf(path) === top))
    throw new UsageError(
      `${top} on branch ${branch} holds the models, and a store in a folder publishes by switching all of the first folder of \`edge-path\``,
      {
        code: "edge-is-a-folder",
        hint: "choose an `edge-path` that begins with another folder than `model-path`, such as `published/NAME/edge`",
      },
    );

  throw new UsageError(
    `${top} on branch ${branch} is your own folder, not a published one`,
    {
      code: "edge-is-a-folder",
      hint: `to keep its files beside the published ones, run: ${adoptCommand(layout, branch, top)}`,
    },
  );
}

function adoptCommand(layout: Layout, branch: string, top: string): string {
  const folder = join(layout.root, branch);
  const adopted = hashBytes(`adopted ${branch}`).slice(0, 16);

  return [
    `cd ${shellQuote(folder)}`,
    `{ [ -L ${CURRENT} ] || { mkdir -p ../.model-to-edge/publications/${adopted} && ln -s ../.model-to-edge/publications/${adopted} ${CURRENT}; }; }`,
    `mkdir -p ${shellQuote(linkText(top))}`,
    `cp -a ${shellQuote(top)}/. ${shellQuote(linkText(top))}/`,
    `mv ${shellQuote(top)} ${shellQuote(`${top}.before`)}`,
    `ln -s ${shellQuote(linkText(top))} ${shellQuote(top)}`,
  ].join(" && ");
}
