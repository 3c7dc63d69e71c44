/** For Amazon's client, which else writes its warnings to the job's log. */
export const SILENT_LOGGER = {
  ...{ trace: silent, debug: silent, info: silent },
  ...{ warn: silent, error: silent },
};

function silent(): void {}
