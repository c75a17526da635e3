/** Runs the commands of this folder: `tsx build/main.ts dist`, `catalog`, `drawing` or `reference`. */
const [command = ''] = process.argv.slice(2);
switch (command) {
  case 'dist':
    await (await import('./build.ts')).buildDist();
    break;
  case 'catalog':
    (await import('./catalog.ts')).writeCatalog();
    break;
  case 'drawing':
    (await import('./drawing.ts')).writeDrawing();
    break;
  case 'reference':
    await (await import('./reference/reference.ts')).writeReference();
    break;
  default:
    throw new Error(`There is no command "${command}": use dist, catalog, drawing or reference.`);
}
