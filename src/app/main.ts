import './zod-jitless.ts';
import { serve } from './commands/serve.ts';
import type { Command } from './config/config.ts';
import type { ShellTerminal } from './wiring.ts';

/** Runs a command and loads only its modules. Resolves with the exit code. @throws CmkError `invalid_settings` */
export async function run(
  command: Exclude<Command, { kind: 'help' | 'version' }>,
  terminal: ShellTerminal,
): Promise<number> {
  switch (command.kind) {
    case 'serve':
      return serve(command.config, terminal);
    case 'call':
      return (await import('./commands/call.ts')).call(command, terminal);
    case 'tool':
      return (await import('./commands/tool.ts')).callTool(command, terminal);
    case 'doctor':
      return (await import('./commands/doctor.ts')).doctor(command, terminal);
    case 'policy':
      return (await import('./commands/policy.ts')).checkPolicy(command, terminal);
    case 'sandbox':
      return (await import('./commands/sandbox.ts')).serveSandbox(command.config, command.port, terminal);
    case 'audit':
      return (await import('./commands/audit.ts')).verifyAudit(command.verification, terminal);
    case 'completion':
      return (await import('./commands/completion.ts')).complete(command.words, terminal);
  }
}
