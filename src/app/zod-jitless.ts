import { config } from 'zod/v4/core';

// Before any schema is made: zod would write code for each and have it compiled, which for the few messages of a start takes
// longer than it saves, and which a program with this power had better not do.
config({ jitless: true });
