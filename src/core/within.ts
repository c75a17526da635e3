/** Resolves when one of these has, and at the latest after so many milliseconds. Rejects when one rejects before. */
export async function within(milliseconds: number, ...ends: readonly (Promise<void> | undefined)[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([...ends, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
