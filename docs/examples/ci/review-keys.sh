#!/bin/sh
# Reviews the keys of a project and changes nothing. Its arguments are those of `aiven-cmk-mcp list`, such as --project NAME.
# Exit codes: 0 if no key needs attention, 3 if a key needs attention; 1 if the call failed, 2 for wrong usage, as aiven-cmk-mcp has them.
set -eu
code=0
keys=$(aiven-cmk-mcp list --include-services --read-only --json "$@") || code=$?
if [ "$code" -ne 0 ]; then
  printf '%s\n' "$keys" >&2
  exit "$code"
fi
printf '%s\n' "$keys" | node "$(dirname "$0")/review-keys.mjs"
