/**
 * What to do about uncommitted objects of a lakeFS branch. lakeFS does not know who uploaded what, and commits or resets
 * a branch as a whole: so nobody is told to commit before having looked.
 */
export function uncommittedHint(address: string): string {
  return (
    `\`lakectl diff ${address}\` shows them. A commit takes all of them, whoever uploaded them: where each is yours, ` +
    `\`lakectl commit ${address} -m "new model"\`; else ask their owners to, and take back single ones of your own with ` +
    `\`lakectl branch reset ${address} --object PATH\``
  );
}
