import type { Environment } from './invalid-setting.ts';

/**
 * Whether the person who started this process has a desktop on which a browser can be opened: on Linux and other Unix systems
 * one of X11 or Wayland, on macOS and Windows always. A job of continuous integration (`CI`) has none.
 */
export function hasDesktop({ CI, DISPLAY, WAYLAND_DISPLAY }: Environment, platform: NodeJS.Platform): boolean {
  if (CI) return false;
  return platform === 'darwin' || platform === 'win32' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}
