/** Returns the instructions for a client's model (MCP, `InitializeResult`), under 120 words, which name only available tools. */
export function instructionsFor(isAvailable: (tool: string) => boolean): string {
  const has = (name: string) => isAvailable(`aiven_cmk_${name}`);
  const move = has('assign')
    ? 'move services with aiven_cmk_assign'
    : 'the user moves services elsewhere, or with --toolsets cmk,services';
  return [
    'Customer managed keys (CMK, "bring your own key") of Aiven projects.',
    ...(has('create')
      ? [
          `To add a key: aiven_cmk_accessors, let the user grant those principals access in the cloud's KMS, aiven_cmk_create, then aiven_cmk_update if it is to be the default for new services.`,
        ]
      : []),
    ...(has('list')
      ? [
          'Projects: resource aiven://projects. To review keys: aiven_cmk_list with include_services; next_cursor means that there are more.',
        ]
      : []),
    ...(has('delete')
      ? [
          `To retire a key: aiven_cmk_get with include_services shows the services that use it; ${move}; only on the user's explicit wish aiven_cmk_delete, which is final.`,
        ]
      : []),
    'A failed call returns {"error": {code, message, hint, retryable}}: follow the hint.',
    ...(has('create') ? ['Never repeat a create or delete whose outcome is unclear; read back first.'] : []),
  ].join('\n');
}
