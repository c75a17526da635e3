import { COMMANDS, REQUESTS } from './flags.ts';
import { PROXY_VARIABLES } from './proxies.ts';
import { ROWS } from './settings.ts';
import { TELEMETRY_VARIABLES } from './telemetry-variables.ts';
import { TOKEN_VARIABLES } from './token.ts';

/** Returns the text of `--help`. */
export function usage(): string {
  const flags = ROWS.flatMap(([, { flag, value, help }]) =>
    flag ? [[`--${flag}${value ? ` ${value}` : ''}`, help]] : [],
  );
  const requests = Object.entries(REQUESTS).map(([name, help]) => [`--${name}`, help]);
  const variables = ROWS.flatMap(([, { variable, flag, help, fallback }]) => {
    if (!variable) return [];
    return [[variable, flag ? `as --${flag}` : `${help}${fallback ? `; default ${fallback}` : ''}`]];
  });
  const commands = Object.entries(COMMANDS).flatMap(([name, { words, help, flags: own }]) => {
    if (name === 'serve') return [];
    const more = Object.entries(own).map(([flag, { value, help }]) => [`  --${flag}${value ? ` ${value}` : ''}`, help]);
    return [[`${name}${words ? ` ${words}` : ''}`, help], ...more];
  });
  const table = (rows: (string | undefined)[][]) => rows.map(([name = '', help]) => `  ${name.padEnd(35)}${help}`);
  return [
    'Usage: aiven-cmk-mcp [command] [options]',
    '',
    'An MCP server for Aiven customer managed keys (CMK), over stdio unless --http is given.',
    '',
    'Commands:',
    ...table(commands),
    '',
    'Options:',
    ...table([...flags, ...requests]),
    '',
    'Environment:',
    ...table([
      ...Object.entries(TOKEN_VARIABLES),
      ...variables,
      ...Object.entries(PROXY_VARIABLES),
      ...Object.entries(TELEMETRY_VARIABLES),
    ]),
  ].join('\n');
}
