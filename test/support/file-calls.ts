import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const LOOKS = ["lstat", "open", "opendir", "readdir", "readlink", "stat"];

type Look = (...args: unknown[]) => unknown;

/** What the file system was asked while `work` ran: each call that looks at a path counts, and each entry that it gave. */
export async function looksDuring(work: () => Promise<void>): Promise<number> {
  let looks = 0;
  const count = (answer: unknown) => {
    looks += 1 + (Array.isArray(answer) ? answer.length : 0);
    return answer;
  };
  const undo = [
    ...wrap(promises, LOOKS, (asked) =>
      (asked as Promise<unknown>).then(count),
    ),
    ...wrap(
      fs,
      LOOKS.map((name) => `${name}Sync`),
      count,
    ),
  ];
  syncBuiltinESMExports();

  try {
    await work();
  } finally {
    for (const back of undo) back();
    syncBuiltinESMExports();
  }

  return looks;
}

function wrap(
  module: object,
  names: string[],
  onAnswer: (answer: unknown) => unknown,
): (() => void)[] {
  const calls = module as Record<string, Look>;

  return names.map((name) => {
    const genuine = calls[name] as Look;
    calls[name] = (...args) => onAnswer(genuine.apply(module, args));
    return () => {
      calls[name] = genuine;
    };
  });
}
