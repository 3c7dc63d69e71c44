export function runsOn(range: string, version: string): boolean;
export function nodeWords(range: string): string;
