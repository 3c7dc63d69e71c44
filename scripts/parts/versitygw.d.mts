export function versitygw(options?: { build?: boolean }): string | null;
