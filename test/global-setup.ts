/** Builds the program once before all tests, so that what they start is never older than the source. */
export default async function setup(): Promise<void> {
  await import('../build.ts');
}
