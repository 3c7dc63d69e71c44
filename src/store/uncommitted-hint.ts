/**
 * What to do about uncommitted objects of a lakeFS branch. lakeFS does not know who uploaded what, and commits or resets
 * a branch as a whole: so nobody is told to commit before having looked.
 */
export function uncommittedHint(address: string): string {
  return (
    `look at them with \`lakectl diff ${address}\`. A commit includes all of them, no matter who uploaded them: if all are yours, ` +
    `\`lakectl commit ${address} -m "new model"\`; otherwise ask their owners to commit, and discard your own ones with ` +
    `\`lakectl branch reset ${address} --object PATH\``
  );
}
