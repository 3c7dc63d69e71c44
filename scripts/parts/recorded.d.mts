export const LOADED_BYTES: { help: number; run: number };
export function limitOf(recorded: number): number;
