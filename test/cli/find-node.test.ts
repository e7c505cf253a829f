import { describe, expect, test } from 'bun:test';
import manifest from '../../node_modules/wrangler/package.json' with { type: 'json' };
import { isNewEnough, NODE_ADVICE } from '../../src/cli/find-node.ts';

describe('the Node for wrangler', () => {
  test('is the one that wrangler asks for, or later', () => {
    expect(manifest.engines.node).toBe('>=22.12.0');
    expect(NODE_ADVICE).toContain('22.12');
    expect(['v22.12.0', 'v23.0.0', 'v24.21.0'].filter(isNewEnough).length).toBe(3);
    expect(['v22.11.9', 'v20.19.0', '', 'node'].filter(isNewEnough)).toEqual([]);
  });
});
