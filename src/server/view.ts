import type { McpServer } from '@modelcontextprotocol/server';
import type { Caller } from '../core/caller.ts';
import type { CurrentPolicy } from '../guard/access-policy/access-policy.ts';
import type { ToolPolicy } from '../guard/policy.ts';
import { SCOPES } from '../guard/scopes.ts';
import { allowedProjects, availableTools, type Viewer, whyUnavailable } from '../tools/catalog.ts';
import { instructionsFor } from './instructions.ts';
import { type ListedTool, type ListedToolWithUi, toListed, toListedWithUi } from './listed-tools.ts';
import { prepareRunbooks, RUNBOOKS, type Runbook, usableRunbooks } from './prompts.ts';

/** What one caller sees of this server: nothing that it may use nowhere. */
export interface View {
  readonly tools: ListedTool[];
  /** The same tools for clients with MCP Apps, with `_meta.ui`. */
  readonly toolsWithUi: ListedToolWithUi[];
  /** The URIs of the views that show results of these tools. */
  readonly uiResources: readonly string[];
  /** The instructions for the caller's model, which name these tools alone. */
  readonly instructions: string;
  readonly runbooks: readonly Runbook[];
  /** The projects to complete. */
  readonly projects: readonly string[];
  /** Whether the policy lets the caller list the keys of a project. */
  readonly mayListKeys: (project: string) => boolean;
  /** Whether the caller may see the projects of the token. */
  readonly mayReadProjects: boolean;
  /** Whether the caller may use some tool in a project. */
  readonly mayUse: (project: string) => boolean;
  readonly registerRunbooks: (server: McpServer) => void;
}

/** Returns what gives each caller its view. The policy of the moment is asked at each call. */
export function createViews(settings: ToolPolicy, current: CurrentPolicy | undefined): (caller: Caller) => View {
  // Prepared once for each set of tools: preparing prompts for each request would take longer than all the rest.
  const prepared = new Map<string, View['registerRunbooks']>();
  const byScopes = new Map<string, View>();

  function createView(viewer: Viewer): View {
    const { policy } = viewer;
    const visible = availableTools(settings, viewer);
    const isAvailable = (name: string) => visible.some((tool) => tool.name === name);
    const runbooks = policy ? usableRunbooks(isAvailable) : RUNBOOKS;
    const key = visible.map(({ name }) => name).join();
    const registerRunbooks =
      prepared.get(key) ??
      prepareRunbooks({
        isAvailable,
        whyMissing: (name) => whyUnavailable(name, settings, viewer),
        projects: settings.projects,
        listed: runbooks,
      });
    prepared.set(key, registerRunbooks);
    const isUsable = (project: string) => visible.some((tool) => allowedProjects(tool, [project], viewer).length > 0);
    const projects = settings.projects.length > 0 ? settings.projects : (policy?.projects ?? []);
    const list = visible.find(({ name }) => name === 'aiven_cmk_list');
    return {
      tools: visible.map(toListed),
      toolsWithUi: visible.map(toListedWithUi),
      uiResources: visible.flatMap(({ resourceUri }) => resourceUri ?? []),
      instructions: instructionsFor(isAvailable),
      runbooks,
      projects: policy ? projects.filter(isUsable) : projects,
      mayListKeys: (project) => !policy || (list !== undefined && allowedProjects(list, [project], viewer).length > 0),
      mayReadProjects: visible.some(({ annotations }) => annotations.readOnlyHint),
      mayUse: isUsable,
      registerRunbooks,
    };
  }

  return (caller) => {
    const policy = current?.();
    if (policy) return createView({ caller, policy });
    const scopes = SCOPES.filter((scope) => caller.scopes?.includes(scope) ?? true).join();
    const view = byScopes.get(scopes) ?? createView({ caller });
    byScopes.set(scopes, view);
    return view;
  };
}
