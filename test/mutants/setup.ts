import { readdirSync } from 'node:fs';

// Loads all guards before the first test: the server loads some within a call, and Stryker takes a constant that is made within a
// test for a part of that test, and switches its mutant on when the constant is there already.
const guard = new URL('../../src/guard/', import.meta.url);
const modules = readdirSync(guard, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /^(?!.*valkey).*\.ts$/.test(name),
);
await Promise.all(modules.map((name) => import(new URL(name, guard).href)));
