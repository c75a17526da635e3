import type { Tool } from '../tool.ts';
import { accessCheck } from './access_check.ts';
import { accessors } from './accessors.ts';
import { assign } from './assign.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { services } from './services.ts';
import { update } from './update.ts';

/** Every tool, in the order in which clients see them. */
export const TOOLS: readonly Tool[] = [accessors, create, list, get, update, remove, services, accessCheck, assign];

/** The tool that clients know by this name from the list. */
export function toolNamed(name: string): Tool {
  const tool = TOOLS.find((each) => each.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  return tool;
}
