/** Runs the commands of this folder: `tsx build/main.ts dist`, `catalog` or `drawing`. */
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
  default:
    throw new Error(`There is no command "${command}": use dist, catalog or drawing.`);
}
