import { CmkError } from '../core/errors.ts';

/** The characters of an Aiven project name, with `.` allowed beside what Aiven's Terraform provider accepts. */
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/;

/** The rule above in words, for descriptions and error messages. */
export const SEGMENT_RULE = "1 to 128 letters, digits, '-', '_' or '.', and neither '.' nor '..'";

/** Whether a value is one path segment that every URL parser, proxy and router reads in the same way. */
export function isSegment(value: string): boolean {
  return SEGMENT.test(value);
}

/** The path of a request. */
export interface Route {
  /** Without a leading slash. */
  readonly path: string;
  /** The path with a placeholder for each value, named after what comes before it, such as `/v1/project/{project}`. */
  readonly template: string;
}

/**
 * Returns a request path in which every value is one segment. Encoding alone is not enough: `encodeURIComponent('..')` is
 * `..`, which URL parsing resolves, and a proxy may decode `%2F` again.
 * @throws CmkError `invalid_arguments` for a value that is not a segment.
 */
export function path(literals: TemplateStringsArray, ...values: string[]): Route {
  for (const value of values) {
    if (!isSegment(value)) {
      throw new CmkError('invalid_arguments', `${JSON.stringify(value)} is no id or name: it takes ${SEGMENT_RULE}.`);
    }
  }
  const placeholders = values.map((_value, index) => `{${/(\w+)\/$/.exec(literals[index] ?? '')?.[1] ?? 'value'}}`);
  return {
    path: String.raw({ raw: literals }, ...values),
    template: `/${String.raw({ raw: literals }, ...placeholders)}`,
  };
}
