import { describe } from 'vitest';
import { requestCases } from '../fixtures/approval-store-cases.ts';
import { transitionCases } from '../fixtures/approval-store-transitions-cases.ts';
import { valkeyKind } from '../fixtures/approval-stores.ts';

describe('requests for approval in Valkey', () => requestCases(valkeyKind()));
describe('their transitions in Valkey', () => transitionCases(valkeyKind()));
