interface ToyStore {
  reset(): void;
  /** Words of the command line. */
  run: string[];
  env: Record<string, string>;
}

export function withToyStore(
  work: (store: ToyStore) => Promise<void>,
): Promise<void>;
