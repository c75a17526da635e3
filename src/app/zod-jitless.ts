import { config } from 'zod/v4/core';

// Imported before any schema is created: zod would generate and compile code for each schema. For the few messages of a start
// that takes longer than it saves, and a program that holds a token should not evaluate generated code.
config({ jitless: true });
