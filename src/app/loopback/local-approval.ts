import type { Dependencies } from '../../calls/dependencies.ts';
import { CmkError } from '../../core/errors.ts';
import type { DecisionPage } from '../../guard/approval/approval.ts';
import type { Config } from '../config/config.ts';
import { type ApprovalPages, orRestart } from '../wiring.ts';
import type { LoopbackPage } from './loopback-page.ts';

/** Approval by the person at this machine, over stdio and from a shell. */
export interface LocalApproval {
  /** The pages that the mode takes; none where nobody can be shown one. */
  readonly pages: () => ApprovalPages;
  /** Withdraws what is pending, and closes the page. No request is taken from then on. */
  close(): Promise<void>;
}

/** Creates it. The page and all it takes are loaded with the first request; `once` is for a process that makes one alone. */
export function createLocalApproval(config: Config, dependencies: () => Dependencies, once: boolean): LocalApproval {
  let page: Promise<LoopbackPage> | undefined;
  let closed = false;
  const local: DecisionPage = {
    rule: { who: 'self', needed: 1 },
    takesOthers: false,
    async approve(request, call) {
      if (closed) throw new CmkError('approval_unavailable', 'The server is ending, and asks nobody any more.');
      page ??= loadPage(config, dependencies(), once);
      return (await page).approve(request, call);
    },
  };
  return {
    pages: () => ({
      ...(config.approval === 'page' && { page: local }),
      ...(config.desktop && { fallbackPage: local }),
    }),
    async close() {
      closed = true;
      await (await page?.catch(() => undefined))?.close();
    },
  };
}

async function loadPage(config: Config, dependencies: Dependencies, once: boolean): Promise<LoopbackPage> {
  const { LoopbackPage: Page } = await orRestart(import('./loopback-page.ts'));
  return new Page({ ...config, once }, dependencies);
}
