import { accessors } from './cmk/accessors.ts';
import { create } from './cmk/create.ts';
import { remove } from './cmk/delete.ts';
import { get } from './cmk/get.ts';
import { list } from './cmk/list.ts';
import { update } from './cmk/update.ts';
import { accessCheck } from './services/access-check.ts';
import { assign } from './services/assign.ts';
import { services } from './services/services.ts';
import { exportTool } from './terraform/export.ts';
import type { Tool } from './tool.ts';

/** Every tool, in the order of `tools/list`. */
export const TOOLS: readonly Tool[] = [
  accessors,
  create,
  list,
  get,
  update,
  remove,
  services,
  accessCheck,
  assign,
  exportTool,
];

/** Returns the tool of a name. @throws Error for a name that is not in the catalog. */
export function toolNamed(name: string): Tool {
  const tool = TOOLS.find((each) => each.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  return tool;
}
