import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const FOLDER = '.github/ISSUE_TEMPLATE';

/** What GitHub takes as an issue form ("Syntax for issue forms"), reduced to what our forms use. */
const Field = z.strictObject({
  type: z.enum(['input', 'textarea']),
  id: z.string().regex(/^[a-z_-]+$/),
  attributes: z.strictObject({ label: z.string(), description: z.string().optional(), render: z.string().optional() }),
  validations: z.strictObject({ required: z.boolean() }).optional(),
});
const Note = z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: z.string() }) });
const Form = z.strictObject({
  name: z.string().min(3),
  description: z.string().min(3),
  labels: z.array(z.string()),
  body: z.array(z.union([Field, Note])).min(1),
});

describe('issue forms', () => {
  it.each(readdirSync(FOLDER).filter((file) => file !== 'config.yml'))(
    '%s is one, with a name for each field',
    (file) => {
      const { body } = Form.parse(parse(readFileSync(join(FOLDER, file), 'utf8')));
      const ids = body.flatMap((field) => ('id' in field ? [field.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeGreaterThan(0);
    },
  );
});
