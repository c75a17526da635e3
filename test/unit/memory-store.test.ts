import { describe } from 'vitest';
import { requestCases } from '../fixtures/approval-store-cases.ts';
import { transitionCases } from '../fixtures/approval-store-transitions-cases.ts';
import { memoryKind } from '../fixtures/approval-stores.ts';

describe('requests for approval in memory', () => requestCases(memoryKind()));
describe('their transitions in memory', () => transitionCases(memoryKind()));
